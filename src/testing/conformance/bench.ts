import { type GatewayError, isGatewayError } from "../../contract/errors.ts";
import type { AnyAdapter, Gateway, ProviderId } from "../../contract/gateway.ts";
import type { TestGateway } from "../fake/start-fake.ts";
import { ConformanceError } from "./case.ts";
import type { AdapterFixture, WireLine } from "./fixture.ts";
import { send } from "./raw-http.ts";

/** Where the rules stand that hold for every adapter. */
export const CONTRACT = "the contract, whatever the vendor";

type Requests = TestGateway["requests"];

/** An adapter that is connected to a fresh gateway of its vendor. */
export interface Bench {
  readonly server: TestGateway;
  readonly gateway: Gateway<ProviderId>;
}

/** Opens a bench, works on it, and closes it whatever happens. `settings` go over those of the fixture. */
export async function onBench<Result>(
  adapter: AnyAdapter,
  fixture: AdapterFixture,
  work: (bench: Bench) => Promise<Result>,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<Result> {
  const server = await fixture.start();
  try {
    const gateway = adapter.open({ rateLimit: false, ...fixture.settings(server), ...settings });
    return await work({ server, gateway });
  } finally {
    await server.close();
  }
}

/** Everything that a list gives. */
export async function all<Item>(list: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of list) items.push(item);
  return items;
}

/** The error that a call ends with. Fails when it ends with none, or with one that is not of the contract. */
export async function failureOf(call: () => unknown, what: string, source: string): Promise<GatewayError> {
  let result: unknown;
  try {
    result = await call();
  } catch (error) {
    if (isGatewayError(error)) return error;
    throw new ConformanceError({
      problem: `${what}: what was thrown is no error of the contract`,
      found: error,
      source,
    });
  }
  throw new ConformanceError({
    problem: `${what}: it did not fail`,
    expected: "a GatewayError",
    found: result,
    source,
  });
}

/** A request as a line, for comparing and for people: only the headers that the expected line names. */
export function lineOf(request: Requests[number], expected?: WireLine): string {
  const names = Object.keys(expected?.headers ?? {});
  const headers = names.map((name) => ` [${name}: ${request.headers[name] ?? ""}]`).join("");
  return `${request.method} ${request.path}${headers}${bodyOf(request)}`;
}

/** The line that is expected. */
export function expectedLine({ method, path, headers = {}, ...body }: WireLine): string {
  const shown = Object.entries(headers).map(([name, value]) => ` [${name}: ${value}]`);
  return `${method} ${path}${shown.join("")}${bodyOf(body)}`;
}

const bodyOf = (part: { readonly body?: unknown }) =>
  Object.hasOwn(part, "body") && part.body !== undefined ? ` ${sortedJson(part.body)}` : "";

/** JSON with its members sorted: their order says nothing. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  );
}

/**
 * Sends lines as somebody else would who follows the vendor's documents, with the headers by which the adapter authenticated.
 * @throws ConformanceError when the gateway does not take one: the fixture contradicts itself
 */
export async function replay(
  bench: Bench,
  lines: readonly WireLine[],
  like: Requests[number],
  source: string,
): Promise<void> {
  const origin = new URL(bench.server.url).origin;
  for (const line of lines) {
    const { status, text } = await send(origin, line, like.headers);
    if (status >= 200 && status < 300) continue;
    const problem = "the fixture's own requests are not taken by the fixture's own gateway";
    throw new ConformanceError({ problem, expected: expectedLine(line), found: `${status} ${text}`, source });
  }
}

/** A request of the adapter, whose headers another one can have. */
export async function anyRequest(bench: Bench, id: ProviderId): Promise<Requests[number]> {
  await bench.gateway.get(id);
  const [first] = bench.server.requests;
  if (first !== undefined) return first;
  throw new ConformanceError({ problem: "a get sends no request to the gateway that it was given", source: CONTRACT });
}
