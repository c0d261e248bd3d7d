import { request } from "node:http";
import type { WireLine } from "./fixture.ts";

const NOT_REPEATED = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "accept-encoding",
  "content-type",
]);

/** Sends one request exactly as it is given: nothing of its path is resolved or encoded. */
export async function send(
  origin: string,
  { method, path, headers = {}, body }: Omit<WireLine, "repeat">,
  like: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly text: string }> {
  const { hostname, port } = new URL(origin);
  const repeated = Object.entries(like).filter(([name]) => !NOT_REPEATED.has(name));
  const content = body === undefined ? {} : { "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        method,
        path,
        headers: { ...Object.fromEntries(repeated), ...content, ...headers },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
        response.on("error", reject);
      },
    );
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
