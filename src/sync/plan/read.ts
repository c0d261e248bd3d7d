import { type GatewayError, isGatewayError, UnsafePlanError } from "../../contract/errors.ts";
import type { Call, Gateway, ProviderId } from "../../contract/gateway.ts";
import type { ListedProvider, ProviderState } from "../../contract/state.ts";
import { byGateway } from "../by-gateway.ts";
import { forEachAtMost } from "../concurrency.ts";
import type { CheckedBinding } from "../config/check.ts";
import type { Connections } from "../connect.ts";
import type { JournalState } from "../journal/state.ts";
import { type OnProgress, tell } from "../progress.ts";
import { objectOf } from "./object.ts";

/** What a plan may do with a gateway: it has no method that writes. */
export type GatewayReader = Pick<
  Gateway<ProviderId>,
  "adapter" | "capabilities" | "get" | "list" | "explainCreation" | "usedBy"
>;

/** What a gateway reports of one object, or why it could not be read. */
export type Reading = { readonly state: ProviderState<ProviderId> } | { readonly error: GatewayError };

/** An object to read, and the readable id that it is known to have. */
export interface Wanted {
  readonly id: ProviderId;
  readonly slug: string | undefined;
}

const READS_AT_ONCE = 8;

/** A gateway that can only be read. */
function readerOf(connections: Connections, name: string): GatewayReader {
  const gateway = connections.get(name);
  if (gateway === undefined) throw new Error(`the gateway ${name} was not opened`);
  const guarded = withoutWriting(gateway);
  const { adapter, capabilities } = gateway;
  const reader: GatewayReader = {
    adapter,
    capabilities,
    get: (id, call) => guarded.get(id, call),
    list: (call) => guarded.list(call),
    ...(guarded.explainCreation && { explainCreation: guarded.explainCreation.bind(guarded) }),
    ...(guarded.usedBy && { usedBy: guarded.usedBy.bind(guarded) }),
  };
  return Object.freeze(reader);
}

/**
 * Read-only at run time too: an adapter that tries to write while it reads gets an error. An instance of a class is asked
 * as it is: what is private to it would not be there on anything else.
 */
function withoutWriting(gateway: Gateway<ProviderId>): Gateway<ProviderId> {
  const prototype: unknown = Object.getPrototypeOf(gateway);
  if (prototype !== Object.prototype && prototype !== null) return gateway;
  const value = async () => {
    throw new UnsafePlanError(`${gateway.adapter}: a plan only reads, and something tried to write`);
  };
  return Object.create(gateway, { update: { value }, create: { value }, remove: { value } });
}

/** The gateways in scope, to be read only. */
export type Readers = ReadonlyMap<string, GatewayReader>;

/** Readers of all gateways. */
export function readersOf(connections: Connections): Readers {
  return new Map([...connections.keys()].map((name) => [name, readerOf(connections, name)]));
}

/** The reader of a binding's gateway. */
export function readerFor(readers: Readers, { gateway }: Pick<CheckedBinding, "gateway">): GatewayReader {
  const reader = readers.get(gateway);
  if (reader === undefined) throw new Error(`the gateway ${gateway} was not opened`);
  return reader;
}

/** Reads the objects of all bindings. Errors name the gateway. */
export async function readBindings(
  bindings: readonly CheckedBinding[],
  readers: Readers,
  journal: JournalState | undefined,
  call: Call,
  onProgress?: OnProgress,
): Promise<ReadonlyMap<CheckedBinding, Reading>> {
  const found = new Map<CheckedBinding, Reading>();
  const groups = [...byGateway(bindings)].map(async ([gateway, group]) => {
    const wanted = group.map((binding) => {
      return { id: binding.providerId, slug: journal?.record(objectOf(binding))?.slug };
    });
    const onRead = (done: number) =>
      tell(onProgress, { kind: "work", gateway, work: "read", done, total: group.length });
    onRead(0);
    const readings = await readStates(readerFor(readers, { gateway }), wanted, call, onRead);
    onRead(group.length);
    for (const binding of group) {
      const reading = readings.get(binding.providerId);
      if (reading === undefined) throw new Error(`a binding of ${gateway} was not read`);
      if ("error" in reading) reading.error.gateway = gateway;
      found.set(binding, reading);
    }
  });
  await Promise.all(groups);
  return found;
}

/**
 * Reads objects of one gateway at the least cost that it allows: list pages where a list tells which entry is which object,
 * else one read for each. Listing ends when everything is found, and is given up for single reads once it has cost as much.
 * `onRead` is told how many are read so far.
 */
export async function readStates(
  reader: GatewayReader,
  wanted: readonly Wanted[],
  call: Call,
  onRead: (done: number) => void = () => undefined,
): Promise<ReadonlyMap<ProviderId, Reading>> {
  const readings: Readings = {
    found: new Map(),
    note(id, reading) {
      readings.found.set(id, reading);
      onRead(readings.found.size);
    },
  };
  const listable = reader.capabilities.list === "ids" ? wanted : withOwnSlug(wanted);
  if (listable.length > 1) {
    const failure = await readByList(reader, listable, readings, call);
    if (failure !== undefined && !isAboutListing(failure)) {
      return new Map(wanted.map(({ id }) => [id, { error: failure }]));
    }
  }
  const left = wanted.filter(({ id }) => !readings.found.has(id)).map(({ id }) => id);
  await readOneByOne(reader, left, readings, call);
  return readings.found;
}

/** What was read so far, told on as it grows. */
interface Readings {
  readonly found: Map<ProviderId, Reading>;
  note(id: ProviderId, reading: Reading): void;
}

// Two objects never have one slug: where they seem to, one of them is gone, and the list would show the other in its place.
function withOwnSlug(wanted: readonly Wanted[]): readonly Wanted[] {
  const counts = new Map<string | undefined, number>();
  for (const { slug } of wanted) counts.set(slug, (counts.get(slug) ?? 0) + 1);
  return wanted.filter(({ slug }) => slug !== undefined && counts.get(slug) === 1);
}

/** Reads each by itself. The first goes ahead: what it meets of the gateway as a whole, the others are not sent to meet. */
async function readOneByOne(
  reader: GatewayReader,
  [first, ...others]: readonly ProviderId[],
  readings: Readings,
  call: Call,
): Promise<void> {
  if (first === undefined) return;
  let failure: GatewayError | undefined;
  const read = async (id: ProviderId) => {
    const reading =
      failure === undefined ? await attempt(async () => ({ state: await reader.get(id, call) })) : { error: failure };
    if ("error" in reading && isAboutGateway(reading.error)) failure ??= reading.error;
    readings.note(id, reading);
  };
  await read(first);
  await forEachAtMost(READS_AT_ONCE, others, read);
}

function isAboutGateway(error: GatewayError): boolean {
  // A 500 may be about one object; the other statuses of this kind are what stands in front of a gateway that is down.
  if (error.name === "UnavailableError") return error.status !== 500;
  return ["AuthenticationError", "RateLimitError", "NetworkError", "TimeoutError", "AbortedError"].includes(error.name);
}

// A gateway that is down or refuses the token would do so for each single read again.
function isAboutListing({ name }: GatewayError): boolean {
  return ["RejectedError", "NotFoundError", "PermissionDeniedError", "InvalidResponseError"].includes(name);
}

async function readByList(
  { capabilities, list }: GatewayReader,
  wanted: readonly Wanted[],
  { found, note }: Readings,
  call: Call,
): Promise<GatewayError | undefined> {
  const byId = capabilities.list === "ids";
  const places = new Map<ProviderId | undefined, ProviderId>();
  for (const { id, slug } of wanted) places.set(byId ? id : slug, id);
  const ambiguous = new Set<ProviderId>();
  const entriesWorthIt = wanted.length * (capabilities.pageSize ?? Number.POSITIVE_INFINITY);
  let entries = 0;
  const result = await attempt(async () => {
    for await (const entry of list(call)) {
      const id = places.get(byId ? entry.id : entry.slug);
      if (id !== undefined) {
        if (found.has(id)) ambiguous.add(id);
        note(id, { state: stateOf(entry, id) });
      }
      entries += 1;
      if (byId && found.size === wanted.length) break;
      if (entries >= entriesWorthIt) break;
    }
    return undefined;
  });
  for (const id of ambiguous) found.delete(id);
  return result?.error;
}

const stateOf = (entry: ListedProvider<ProviderId>, id: ProviderId): ProviderState<ProviderId> =>
  isOf(entry, id) ? entry : { ...entry, id };

const isOf = (entry: ListedProvider<ProviderId>, id: ProviderId): entry is ProviderState<ProviderId> => entry.id === id;

async function attempt<Result>(work: () => Promise<Result>): Promise<Result | { readonly error: GatewayError }> {
  try {
    return await work();
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    return { error };
  }
}
