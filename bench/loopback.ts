import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

/** A server on loopback, in another process, so that its processor time is not counted. */
export interface LoopbackServer {
  readonly url: string;
  close(): void;
}

/** Starts a server that answers every request with the same JSON. */
export async function startServer(reply: string): Promise<LoopbackServer> {
  const child = fork(fileURLToPath(new URL("./loopback.mjs", import.meta.url)), [SERVE, reply]);
  const [port]: unknown[] = await once(child, "message");
  return { url: `http://127.0.0.1:${port}`, close: () => child.disconnect() };
}

const SERVE = "--serve";

function serve(reply: string): void {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.setHeader("content-type", "application/json").end(reply));
  });
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
  process.on("disconnect", () => process.exit());
}

const [, , command, reply = ""] = process.argv;
if (command === SERVE) serve(reply);
