import http from "node:http";
import { Socket } from "node:net";

// Every suite starts cut off: a connection that no fixture stands for fails instead of leaving the process.
// A suite of which all is skipped runs no hook: what it left behind is taken off here.
const UNGUARDED = Symbol.for("gatefold.test.unguarded");
const connect: Socket["connect"] = Reflect.get(Socket.prototype.connect, UNGUARDED) ?? Socket.prototype.connect;
const { request, ClientRequest } = http;
const allowed = new Set<string>();

/** Host and port of every connection that this suite tried to make without being let. */
export const refusedPlaces: string[] = [];

/** Lets this suite connect to these hosts and no others. */
export function allowHosts(hosts: readonly string[]): void {
  allowed.clear();
  for (const host of hosts) allowed.add(host);
}

Socket.prototype.connect = Object.assign(guarded, { [UNGUARDED]: connect });

function guarded(this: Socket, ...given: unknown[]): Socket {
  const target = targetOf(given);
  if (target === undefined || allowed.has(target.host)) return Reflect.apply(connect, this, given);
  const place = `${target.host}:${target.port}`;
  refusedPlaces.push(place);
  const error = Object.assign(new Error(`no test may connect to ${place}`), { code: "ENETUNREACH" });
  process.nextTick(() => this.destroy(error));
  return this;
}

/** Where a connection leads, in each of the ways `connect` takes it; undefined for what is no network. */
function targetOf([first, second]: readonly unknown[]): { readonly host: string; readonly port: unknown } | undefined {
  const options: unknown = Array.isArray(first) ? first[0] : first;
  if (typeof options === "object" && options !== null) {
    const { path, host, port }: { path?: unknown; host?: unknown; port?: unknown } = options;
    return path ? undefined : { host: String(host ?? "localhost"), port };
  }
  if (typeof options === "string" && Number.isNaN(Number(options))) return undefined;
  return { host: typeof second === "string" ? second : "localhost", port: options };
}

// Suites share a worker's modules: a patch that stayed would cut off the next suite as well.
afterAll(async () => {
  Socket.prototype.connect = connect;
  // Loaded only where a suite uses it: it takes its time to load, and slows down every request.
  if (http.request !== request || http.ClientRequest !== ClientRequest) (await import("nock")).default.restore();
});
