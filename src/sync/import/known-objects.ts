import { isGatewayError } from "../../contract/errors.ts";
import type { Call, ProviderId } from "../../contract/gateway.ts";
import { forEachAtMost } from "../concurrency.ts";
import type { CheckedConfig } from "../config/check.ts";
import type { GatewayEntry } from "../config/config.ts";
import type { JournalEvent, ObjectKey } from "../journal/event.ts";
import { JournalState } from "../journal/state.ts";
import type { GatewayReader } from "../plan/read.ts";

/** What is known of a gateway's objects besides its list. */
export interface KnownObjects {
  /** The ids that the object of this readable id is known to have: more than one where the sources disagree. */
  idsOf(slug: string): readonly ProviderId[];
  /** The provider of the config that manages the object already. */
  managerOf(id: ProviderId): string | undefined;
}

/** Where to look. */
export interface KnownSources {
  readonly checked: CheckedConfig;
  readonly entry: GatewayEntry;
  readonly reader: GatewayReader;
  /** Every event of the journal; absent where there is none. */
  readonly events?: readonly JournalEvent[] | undefined;
}

const READS_AT_ONCE = 8;

/**
 * Collects what the config and the journal know. Where a list tells no ids, each object that the config binds and the
 * journal does not know by its readable id costs one read.
 */
export async function knownObjects(sources: KnownSources, call: Call): Promise<KnownObjects> {
  const { checked, entry, reader } = sources;
  const bindings = checked.bindings.filter(({ gateway }) => gateway === entry.name);
  const managers = new Map(bindings.map(({ providerId, provider }) => [providerId, provider]));
  const managerOf = (id: ProviderId) => managers.get(id);
  if (reader.capabilities.list === "ids") return { idsOf: () => [], managerOf };
  const recorded = recordedSlugs(sources);
  const unnamed = [...managers.keys()].filter((id) => !recorded.has(id));
  const read = await forEachAtMost(READS_AT_ONCE, unnamed, async (id) => [id, await slugOf(reader, id, call)] as const);
  const bound = new Map([...managers.keys()].map((id) => [id, recorded.get(id)]));
  for (const [id, slug] of read) bound.set(id, slug);
  const idsIn = (slugs: ReadonlyMap<ProviderId, string | undefined>, slug: string) =>
    [...slugs].filter(([, each]) => each === slug).map(([id]) => id);
  return {
    managerOf,
    idsOf(slug) {
      // What somebody manages now comes before what was seen at some time.
      const ids = idsIn(bound, slug);
      return ids.length > 0 ? ids : idsIn(recorded, slug);
    },
  };
}

/** The readable ids that the journal knows of this account's objects, by id. */
function recordedSlugs({ entry, reader, events = [] }: KnownSources): ReadonlyMap<ProviderId, string> {
  const { baseUrl } = entry.settings;
  const address = typeof baseUrl === "string" && URL.canParse(baseUrl) ? new URL(baseUrl).href : null;
  const journal = new JournalState(events);
  const slugs = new Map<ProviderId, string>();
  for (const object of events.flatMap(objectsIn)) {
    const isOurs = object.gateway === entry.name && object.adapter === reader.adapter && object.baseUrl === address;
    const slug = isOurs ? journal.record(object)?.slug : undefined;
    if (slug !== undefined) slugs.set(object.id, slug);
  }
  return slugs;
}

const objectsIn = (event: JournalEvent): ObjectKey[] => ("object" in event ? [event.object] : []);

/** Undefined for an object that is not there any more: then no entry of the list is it. */
async function slugOf(reader: GatewayReader, id: ProviderId, call: Call): Promise<string | undefined> {
  try {
    return (await reader.get(id, call)).slug;
  } catch (error) {
    if (isGatewayError(error) && error.name === "NotFoundError") return undefined;
    throw error;
  }
}
