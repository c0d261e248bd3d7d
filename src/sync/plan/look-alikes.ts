import { type GatewayError, isGatewayError } from "../../contract/errors.ts";
import type { Call, ProviderId } from "../../contract/gateway.ts";
import type { ListedProvider } from "../../contract/state.ts";
import type { CreationEvent } from "../journal/event.ts";
import { markerIn } from "./marker.ts";
import { type GatewayReader, type Readers, readerFor } from "./read.ts";

/** An object as a list shows it. */
export type Entry = ListedProvider<ProviderId>;

/** By what an object that is to be made would be known. */
export interface Sought {
  readonly name: unknown;
  readonly slug?: string;
  readonly upstream?: string;
}

/** Everything that a gateway has, each gateway listed at most once. */
export class Lists {
  readonly #readers: Readers;
  readonly #call: Call;
  readonly #lists = new Map<string, Promise<readonly Entry[] | GatewayError>>();

  constructor(readers: Readers, call: Call) {
    this.#readers = readers;
    this.#call = call;
  }

  /** All entries, or why they could not be read. */
  of(gateway: string): Promise<readonly Entry[] | GatewayError> {
    const known = this.#lists.get(gateway) ?? listAll(readerFor(this.#readers, { gateway }), gateway, this.#call);
    this.#lists.set(gateway, known);
    return known;
  }
}

async function listAll(reader: GatewayReader, gateway: string, call: Call): Promise<readonly Entry[] | GatewayError> {
  const entries: Entry[] = [];
  try {
    for await (const entry of reader.list(call)) entries.push(entry);
    return entries;
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    error.gateway = gateway;
    return error;
  }
}

/** What has the slug, or the name at the same kind of upstream. */
export function lookAlikes({ name, slug, upstream }: Sought, entries: readonly Entry[]): readonly Entry[] {
  return entries.filter((entry) => {
    if (slug !== undefined && (entry.slug === slug || entry.id === slug)) return true;
    const isOther = upstream !== undefined && entry.upstream !== undefined && entry.upstream !== upstream;
    return entry.name === name && !isOther;
  });
}

/**
 * What a creation without an answer may have made: what carries its marker, else what has its slug, else its name. A plan makes
 * nothing where such an object is there already, so whatever is there now came with it or after it.
 */
export async function madeBy(
  { name, slug, upstream, marker }: CreationEvent,
  entries: readonly Entry[],
  reader: GatewayReader,
  call: Call,
): Promise<readonly Entry[]> {
  const named = { name, ...(upstream === undefined ? {} : { upstream }) };
  const bySlug = slug === undefined ? [] : lookAlikes({ slug, name: undefined }, entries);
  const candidates = slug === undefined ? lookAlikes(named, entries) : bySlug;
  if (marker === undefined) return candidates;
  const marked = entries.filter(({ metadata }) => markerIn(metadata) === marker);
  if (marked.length > 0) return marked;
  // A list may show less than a read.
  const looked = await Promise.all(candidates.map((entry) => inFull(entry, reader, call)));
  return looked.filter(({ metadata }) => metadata === undefined || markerIn(metadata) === marker);
}

async function inFull(entry: Entry, reader: GatewayReader, call: Call): Promise<Entry> {
  if (entry.metadata !== undefined || entry.id === undefined) return entry;
  try {
    return await reader.get(entry.id, call);
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    return entry;
  }
}

/** Names entries for people: by their ids, as far as these are told. */
export function idsOf(entries: readonly Entry[]): string {
  return entries.map(({ id, slug }) => String(id ?? slug ?? "without an id")).join(", ");
}
