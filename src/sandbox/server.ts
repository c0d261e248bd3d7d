import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { deliver, send } from "./deliver.ts";
import { dispatch } from "./dispatch.ts";
import type { FaultQueue } from "./faults.ts";
import { type OpenRecord, readableBody } from "./request-log.ts";
import type { VendorGateway } from "./vendor.ts";

const largestBody = 1024 * 1024;

export interface GatewayServerSetup {
  readonly gateway: VendorGateway;
  readonly faults: FaultQueue;
  /** Called when a request arrives, before its body does. */
  begin(request: Pick<OpenRecord, "method" | "path" | "headers">): OpenRecord;
}

/** One gateway behind a loopback socket. */
export class GatewayServer {
  readonly #server: Server;
  readonly #closing = new AbortController();

  constructor(private readonly setup: GatewayServerSetup) {
    // A client's keep-alive agent must not reuse a socket that the server gave up a moment earlier.
    this.#server = createServer({ keepAliveTimeout: 600_000 }, (incoming, outgoing) => {
      void this.#answer(incoming, outgoing);
    });
  }

  /** Port 0 takes a free one. Answers the port taken. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The sandbox listens on no port.");
    return address.port;
  }

  /** Destroys open connections too, so that a request kept waiting cannot hold the process. */
  async close(): Promise<void> {
    this.#closing.abort();
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = "", url: target = "" } = incoming;
    const headers = flatHeaders(incoming);
    const record = this.setup.begin({ method, path: target, headers });
    const struck = this.setup.faults.take(method, target);
    const body = await readBody(incoming);
    if (body === undefined) return;
    if (body.length > 0) record.body = readableBody(body);
    if (struck.latency !== undefined && !(await this.#waited(struck.latency.ms))) return;

    const request = { method, target, headers, ...(body.length <= largestBody && { body }) };
    try {
      deliver(outgoing, record, struck.other, () => dispatch(this.setup.gateway, request));
    } catch (error) {
      send(outgoing, record, { status: 500, text: `The sandbox itself failed: ${String(error)}` });
    }
  }

  async #waited(ms: number): Promise<boolean> {
    return wait(ms, true, { signal: this.#closing.signal }).catch(() => false);
  }
}

function flatHeaders(incoming: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(incoming.headersDistinct).map(([name, values = []]) => [name, values.join(", ")]),
  );
}

/** Undefined when the client went away before the body was complete. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of incoming) {
      length += chunk.length;
      if (length <= largestBody || chunks.length === 0) chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return length <= largestBody ? Buffer.concat(chunks) : Buffer.alloc(length);
}
