import { validateHeaderName, validateHeaderValue } from "node:http";
import { isRecord, SandboxConfigurationError } from "./configuration.ts";

/** Which requests a fault strikes; without `method` and `path`, any request to the gateway. */
export interface FaultMatch {
  /** How many matching requests it strikes before it is spent. Default 1. */
  readonly times?: number;
  /** The HTTP method, e.g. `PATCH`. */
  readonly method?: string;
  /** A part of the path with query, e.g. `/rotate`. */
  readonly path?: string;
}

/**
 * Something that goes wrong on the way: plain data, so it can stand in a YAML file.
 *
 * `kind` tells what; `ms` is in milliseconds, `status` and `headers` are those of the answer, `body` is its JSON or its text, and
 * `location` is where a redirect points.
 *
 * One request is struck by at most one `latency` and one other fault, each the first that matches.
 */
export type Fault = FaultMatch &
  (
    | /** Waits before the request is handled; it is handled even if the client has gone by then. */
    { readonly kind: "latency"; readonly ms: number }
    /** Answers in the gateway's place; the write does not take effect. A text `body` is sent as it is. */
    | {
        readonly kind: "status";
        readonly status: number;
        readonly headers?: Readonly<Record<string, string>>;
        readonly body?: unknown;
      }
    /** Points elsewhere; the write does not take effect. Default status 307. */
    | { readonly kind: "redirect"; readonly location: string; readonly status?: number }
    /** Destroys the connection; the write does not take effect. */
    | { readonly kind: "reset" }
    /** The write takes effect, then the connection is destroyed without an answer. */
    | { readonly kind: "lost-reply" }
    /** The write takes effect; the answer is a 200 with a web page. */
    | { readonly kind: "html" }
    /** The write takes effect; the answer is the first half of the JSON. */
    | { readonly kind: "truncated" }
    /** The write takes effect; headers and half the body arrive, then nothing until the connection closes. */
    | { readonly kind: "slow-body" }
    /** The write takes effect; the answer is the JSON padded with blanks to more than 10 MiB. */
    | { readonly kind: "huge-body" }
  );

export type LatencyFault = Extract<Fault, { kind: "latency" }>;
export type OtherFault = Exclude<Fault, { kind: "latency" }>;

export interface StruckBy {
  readonly latency: LatencyFault | undefined;
  readonly other: OtherFault | undefined;
}

/** The faults still to come at one gateway, in the order they were given. */
export class FaultQueue {
  #pending: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#pending.push({ fault, left: fault.times ?? 1 });
  }

  take(method: string, path: string): StruckBy {
    let latency: LatencyFault | undefined;
    let other: OtherFault | undefined;
    for (const entry of this.#pending) {
      const { fault } = entry;
      if (!matches(fault, method, path)) continue;
      if (fault.kind === "latency") {
        if (latency !== undefined) continue;
        latency = fault;
      } else {
        if (other !== undefined) continue;
        other = fault;
      }
      entry.left -= 1;
    }
    this.#pending = this.#pending.filter(({ left }) => left > 0);
    return { latency, other };
  }
}

function matches(fault: Fault, method: string, path: string): boolean {
  return (fault.method === undefined || fault.method === method) && path.includes(fault.path ?? "");
}

/** Checks one fault; `where` names it in the error. */
export function readFault(value: unknown, where: string): Fault {
  if (!isRecord(value)) throw new SandboxConfigurationError([{ path: where, message: "expected an object" }]);
  const fields = new FaultFields(value, where);
  const fault = { ...readMatch(fields), ...readKind(fields) };
  fields.refuseUnread();
  return fault;
}

function readMatch(fields: FaultFields): FaultMatch {
  return {
    ...(fields.has("times") && { times: fields.integer("times", 1, Number.MAX_SAFE_INTEGER) }),
    ...(fields.has("method") && { method: fields.text("method").toUpperCase() }),
    ...(fields.has("path") && { path: fields.text("path") }),
  };
}

function readKind(fields: FaultFields): Fault {
  const kind = fields.text("kind");
  switch (kind) {
    case "latency":
      return { kind, ms: fields.integer("ms", 0, 2 ** 31 - 1) };
    case "status":
      return {
        kind,
        status: fields.integer("status", 200, 599),
        ...(fields.has("headers") && { headers: fields.headers("headers") }),
        ...(fields.has("body") && { body: fields.take("body") }),
      };
    case "redirect":
      return {
        kind,
        location: fields.headerValue("location"),
        ...(fields.has("status") && { status: fields.integer("status", 300, 399) }),
      };
    case "reset":
    case "lost-reply":
    case "html":
    case "truncated":
    case "slow-body":
    case "huge-body":
      return { kind };
    default:
      return fields.fail(
        "kind",
        "expected latency, status, redirect, reset, lost-reply, html, truncated, slow-body or huge-body",
      );
  }
}

class FaultFields {
  readonly #read = new Set<string>();

  constructor(
    private readonly fields: Readonly<Record<string, unknown>>,
    private readonly where: string,
  ) {}

  has(name: string): boolean {
    return this.take(name) !== undefined;
  }

  take(name: string): unknown {
    this.#read.add(name);
    return Object.hasOwn(this.fields, name) ? this.fields[name] : undefined;
  }

  text(name: string): string {
    const value = this.take(name);
    return typeof value === "string" && value !== "" ? value : this.fail(name, "expected a non-empty text");
  }

  integer(name: string, least: number, most: number): number {
    const value = this.take(name);
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
    return this.fail(name, `expected an integer from ${least} to ${most}`);
  }

  headerValue(name: string): string {
    const value = this.text(name);
    return isHeader(name, value) ? value : this.fail(name, "expected a text that an HTTP header can carry");
  }

  headers(name: string): Record<string, string> {
    const value = this.take(name);
    if (!isRecord(value)) return this.fail(name, "expected header names with texts");
    const entries = Object.entries(value).map(([header, content]): [string, string] => {
      if (typeof content === "string" && isHeader(header, content)) return [header, content];
      return this.fail(name, "expected valid header names with texts");
    });
    return Object.fromEntries(entries);
  }

  refuseUnread(): void {
    const unread = Object.keys(this.fields).find((name) => !this.#read.has(name));
    if (unread !== undefined) this.fail(unread, "this kind of fault has no such field");
  }

  fail(name: string, message: string): never {
    throw new SandboxConfigurationError([{ path: `${this.where}.${name}`, message }]);
  }
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
