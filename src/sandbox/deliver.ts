import type { ServerResponse } from "node:http";
import type { OtherFault } from "./faults.ts";
import type { OpenRecord } from "./request-log.ts";
import type { WireReply } from "./vendor.ts";

const hugeLength = 11 * 1024 * 1024;

/** Answers one request as the fault bends it. A fault that stands before the gateway never calls `handle`. */
export function deliver(
  outgoing: ServerResponse,
  record: OpenRecord,
  fault: OtherFault | undefined,
  handle: () => WireReply,
): void {
  switch (fault?.kind) {
    case "reset":
      outgoing.socket?.resetAndDestroy();
      return;
    case "status":
      send(outgoing, record, statusReply(fault));
      return;
    case "redirect":
      send(outgoing, record, { status: fault.status ?? 307, headers: { location: fault.location }, text: "" });
      return;
    case "lost-reply":
      handle();
      outgoing.socket?.destroy();
      return;
    case "html":
      handle();
      send(outgoing, record, {
        status: 200,
        headers: { "content-type": "text/html; charset=utf-8" },
        text: "<!doctype html><title>Sign in</title><p>Please sign in to continue.</p>",
      });
      return;
    default:
      send(outgoing, record, handle(), fault?.kind);
  }
}

export function send(
  outgoing: ServerResponse,
  record: OpenRecord,
  reply: WireReply,
  spoilt?: "truncated" | "slow-body" | "huge-body",
): void {
  const isJson = "json" in reply;
  const full = Buffer.from(isJson ? JSON.stringify(reply.json) : reply.text);
  const half = full.subarray(0, Math.ceil(full.length / 2));
  const body = spoilt === "truncated" ? half : spoilt === "huge-body" ? padded(full) : full;

  record.status = reply.status;
  outgoing.writeHead(reply.status, {
    "content-type": isJson ? "application/json" : "text/plain; charset=utf-8",
    "content-length": body.length,
    ...reply.headers,
  });
  if (spoilt === "slow-body") outgoing.write(half);
  else outgoing.end(body);
}

/** Blanks keep the JSON valid: the size alone is what must be refused. */
function padded(body: Buffer): Buffer {
  return Buffer.concat([body, Buffer.alloc(hugeLength, " ")]);
}

function statusReply(fault: Extract<OtherFault, { kind: "status" }>): WireReply {
  const { status, headers = {}, body = "" } = fault;
  return typeof body === "string" ? { status, headers, text: body } : { status, headers, json: body };
}
