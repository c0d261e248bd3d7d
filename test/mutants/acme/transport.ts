import { request as httpRequest } from "node:http";

/** One request as it goes out. */
export interface Outgoing {
  readonly method: string;
  /** An absolute URL whose path is sent exactly as it stands here. */
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came of one try. */
export type Incoming =
  | {
      readonly kind: "reply";
      readonly status: number;
      readonly text: string;
      readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    }
  | { readonly kind: "timeout" | "aborted" | "lost" | "refused" | "too-large" };

export interface Patience {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

const LARGEST = 10 * 1024 * 1024;

/** Sends one request once, follows nothing, and never throws. */
export function transport(outgoing: Outgoing, { timeoutMs, signal }: Patience): Promise<Incoming> {
  if (signal?.aborted) return Promise.resolve({ kind: "aborted" });
  return new Promise((resolve) => {
    const { origin, path, method, headers, body } = outgoing;
    const { hostname, port } = new URL(origin);
    const sent = httpRequest({ hostname, port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > LARGEST) finish({ kind: "too-large" });
        chunks.push(chunk);
      });
      response.on("error", () => finish({ kind: "lost" }));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        finish({ kind: "reply", status: response.statusCode ?? 0, text, headers: response.headers });
      });
    });
    const finish = (incoming: Incoming) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      sent.destroy();
      resolve(incoming);
    };
    const onAbort = () => finish({ kind: "aborted" });
    const timer = setTimeout(() => finish({ kind: "timeout" }), timeoutMs);
    signal?.addEventListener("abort", onAbort);
    sent.on("error", (error) => {
      finish({ kind: "code" in error && error.code === "ECONNREFUSED" ? "refused" : "lost" });
    });
    sent.end(body);
  });
}
