import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import { pipeline, type Readable } from "node:stream";
import { constants, createBrotliDecompress, createUnzip } from "node:zlib";
import { type NoReply, networkFailure } from "./http-failure.ts";

/** Bytes of a reply, unpacked, at most. */
export const REPLY_LIMIT_BYTES = 10 * 1024 * 1024;

/** A request as it is sent, its secrets revealed. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** None where it has no body. */
  readonly content: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A reply with any status, redirects among them. */
export interface Reply {
  readonly kind: "reply";
  readonly status: number;
  readonly text: string;
  readonly retryAfter?: string;
}

/** Sends one request once. Never rejects. */
export type Exchange = (request: WireRequest) => Promise<Reply | NoReply>;

/** Sends requests to one origin, over connections that are kept. */
export function createExchange({ protocol, hostname, port }: URL, timeoutMs: number): Exchange {
  const transport = protocol === "https:" ? https : http;
  const agent = new transport.Agent({ keepAlive: true });
  const origin = { agent, host: hostname.replace(/^\[|\]$/g, ""), ...(port === "" ? {} : { port }) };
  return async (wire) => {
    let request: ClientRequest;
    try {
      const { method, headers } = wire;
      const { pathname, search } = new URL(wire.url);
      request = transport.request({ ...origin, method, path: pathname + search, headers });
    } catch (error) {
      return { ...networkFailure(error), sent: false };
    }
    return answerTo(request, wire, timeoutMs);
  };
}

function answerTo(
  request: ClientRequest,
  { content, signal }: WireRequest,
  timeoutMs: number,
): Promise<Reply | NoReply> {
  return new Promise((resolve) => {
    const finish = (result: Reply | NoReply) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      resolve(result);
    };
    const cut = (result: NoReply) => {
      finish(result);
      request.destroy();
    };
    const abort = () => cut({ kind: "aborted", sent: true });
    const timer = setTimeout(() => cut({ kind: "timeout", sent: true }), timeoutMs);
    signal?.addEventListener("abort", abort);
    request.on("response", (reply) => read(reply, finish, cut));
    request.on("error", (error) => cut(networkFailure(error)));
    // As one text: Node writes it together with the headers.
    request.end(content);
  });
}

/** Reads a reply to its end. */
function read(reply: IncomingMessage, finish: (result: Reply) => void, cut: (result: NoReply) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const body = unpacked(reply, (error) => cut(networkFailure(error)));
  body.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= REPLY_LIMIT_BYTES) return chunks.push(chunk);
    // What came already is not unpacked to its end either.
    body.destroy();
    return cut({ kind: "too-large", sent: true });
  });
  body.on("end", () => {
    const { statusCode: status = 0, headers } = reply;
    const retryAfter = headers["retry-after"];
    finish({ kind: "reply", status, text: textOf(chunks), ...(retryAfter === undefined ? {} : { retryAfter }) });
  });
}

/** The values of `Accept-Encoding` that {@link createExchange} unpacks. */
export const ACCEPTED_ENCODINGS = "gzip, br";

function unpacked(reply: IncomingMessage, fail: (error: unknown) => void): Readable {
  const unpacker = unpackerOf(reply.headers["content-encoding"]?.toLowerCase());
  if (unpacker === undefined) return reply.on("error", fail);
  return pipeline(reply, unpacker, (error) => error && fail(error));
}

// A reply that ends too early is taken as far as it goes: an empty one may say that it is packed, too.
function unpackerOf(encoding: string | undefined) {
  switch (encoding) {
    case "gzip":
    case "x-gzip":
    case "deflate":
      return createUnzip({ finishFlush: constants.Z_SYNC_FLUSH });
    case "br":
      return createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH });
    default:
      return undefined;
  }
}

function textOf(chunks: readonly Buffer[]): string {
  const text = (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString() ?? "";
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}
