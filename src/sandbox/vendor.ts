import { checked, type Shape } from "./configuration.ts";

/** What one simulated gateway answers: JSON, or plain text where the vendor's server does not speak JSON. */
export type WireReply = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
} & ({ readonly json: unknown } | { readonly text: string });

/** A request that found its route, passed authentication and holds well-formed JSON where a body is due. */
export interface RouteCall {
  /** The decoded `{id}` of the path, or an empty string on a route without one. */
  readonly id: string;
  readonly query: ReadonlyMap<string, string>;
  readonly body: unknown;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Route {
  readonly method: string;
  /** Matched segment by segment; `{id}` takes one non-empty segment, a trailing slash counts. */
  readonly path: string;
  /** The query parameters the vendor documents; every other one is refused. */
  readonly query?: readonly string[];
  /** How the body is sent; default `json`. Of a `form` the route gets an object of texts. */
  readonly body?: "json" | "form";
  /** Answers whoever asks, such as a login: it needs no token, and is not told to `admit`. */
  readonly isOpen?: boolean;
  handle(call: RouteCall): WireReply;
}

/** A request turned away before any route saw it; the vendor words the body. */
export interface Refusal {
  readonly kind:
    | "unknown-route"
    | "missing-token"
    | "wrong-token"
    | "wrong-method"
    | "unknown-query"
    | "content-type"
    | "malformed-body"
    | "unexpected-body"
    | "oversized-body";
  readonly status: number;
  readonly message: string;
  /** The token that was presented, for vendors whose error texts quote it. */
  readonly presented?: string;
}

/** One running gateway: its state behind its routes. */
export interface VendorGateway {
  readonly token: string;
  /** How a request carries the token; default `bearer`. With `basic` the token is `user:password`. */
  readonly authentication?: "bearer" | "basic" | { readonly header: string };
  /** Whether it takes a token besides that one, such as one that it gave out and that is still good. */
  accepts?(presented: string): boolean;
  readonly routes: readonly Route[];
  refuse(refusal: Refusal): WireReply;
  /** Called after authentication; a reply turns the request away (a spent rate limit). */
  admit?(): WireReply | undefined;
  /** A copy of the stored record, secret included. */
  stored(id: string | number): Record<string, unknown> | undefined;
}

export interface VendorEnvironment {
  /** The clock, in milliseconds. */
  now(): number;
  /** `http://127.0.0.1:port`; known only once the gateway listens, so ask while answering. */
  origin(): string;
}

/** One vendor's behaviour, as a value: what `openSandbox` puts behind a socket. */
export interface VendorSandbox<Name extends string = string, Seed = unknown, Switches = unknown> {
  readonly name: Name;
  /** What follows the origin in the base URL a user configures. */
  readonly basePath: string;
  readSeed(value: unknown): Seed;
  readSwitches(value: unknown): Switches;
  open(seed: unknown, switches: unknown, environment: VendorEnvironment): VendorGateway;
}

export interface VendorDefinition<Name extends string, Seed, Switches> {
  readonly name: Name;
  readonly basePath?: string;
  readonly seed: Shape<Seed>;
  readonly switches: Shape<Switches>;
  open(seed: Seed, switches: Switches, environment: VendorEnvironment): VendorGateway;
}

/** Puts the check of seed and switches in front of a vendor's `open`, so that none can forget it. */
export function defineVendorSandbox<const Name extends string, Seed, Switches>(
  definition: VendorDefinition<Name, Seed, Switches>,
): VendorSandbox<Name, Seed, Switches> {
  const { name } = definition;
  const readSeed = (value: unknown) => checked(definition.seed, value ?? {}, name, "seed");
  const readSwitches = (value: unknown) => checked(definition.switches, value ?? {}, name, "switches");
  return {
    name,
    basePath: definition.basePath ?? "",
    readSeed,
    readSwitches,
    open: (seed, switches, environment) => definition.open(readSeed(seed), readSwitches(switches), environment),
  };
}
