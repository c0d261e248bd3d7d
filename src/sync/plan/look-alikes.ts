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
  readonly #lists = new Map<string, Promise<Listed>>();

  constructor(readers: Readers, call: Call) {
    this.#readers = readers;
    this.#call = call;
  }

  /** All entries, or why they could not be read. */
  async of(gateway: string): Promise<Listing | GatewayError> {
    const { listing, failure } = await this.#listed(gateway);
    return failure ?? listing;
  }

  /** A reader of the gateway whose list is this one. */
  readerOf(gateway: string): GatewayReader {
    const listed = () => this.#listed(gateway);
    return {
      ...readerFor(this.#readers, { gateway }),
      async *list() {
        const { listing, failure } = await listed();
        yield* listing.entries;
        if (failure !== undefined) throw failure;
      },
    };
  }

  #listed(gateway: string): Promise<Listed> {
    const known = this.#lists.get(gateway) ?? listAll(readerFor(this.#readers, { gateway }), gateway, this.#call);
    this.#lists.set(gateway, known);
    return known;
  }
}

/** What came of a list, and why no more did. */
interface Listed {
  readonly listing: Listing;
  readonly failure?: GatewayError;
}

async function listAll(reader: GatewayReader, gateway: string, call: Call): Promise<Listed> {
  const entries: Entry[] = [];
  try {
    for await (const entry of reader.list(call)) entries.push(entry);
    return { listing: new Listing(entries) };
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    error.gateway = gateway;
    return { listing: new Listing(entries), failure: error };
  }
}

/** A list's entries, to be found by what they are called. */
export class Listing {
  readonly entries: readonly Entry[];
  #places: ReadonlyMap<unknown, readonly number[]> | undefined;

  constructor(entries: readonly Entry[]) {
    this.entries = entries;
  }

  /** What has the slug, or the name at the same kind of upstream; in the list's order. */
  alike({ name, slug, upstream }: Sought): readonly Entry[] {
    this.#places ??= placesOf(this.entries);
    const named = this.#places.get(name) ?? [];
    const places = slug === undefined ? named : [...new Set([...named, ...(this.#places.get(slug) ?? [])])];
    const found = places.toSorted((left, right) => left - right).flatMap((place) => this.entries[place] ?? []);
    return found.filter((entry) => {
      if (slug !== undefined && (entry.slug === slug || entry.id === slug)) return true;
      const isOther = upstream !== undefined && entry.upstream !== undefined && entry.upstream !== upstream;
      return entry.name === name && !isOther;
    });
  }
}

// A list of thousands is looked through for thousands of new names.
function placesOf(entries: readonly Entry[]): ReadonlyMap<unknown, readonly number[]> {
  const places = new Map<unknown, number[]>();
  for (const [place, { id, slug, name }] of entries.entries()) {
    for (const key of new Set([id, slug, name])) {
      const known = places.get(key);
      if (known === undefined) places.set(key, [place]);
      else known.push(place);
    }
  }
  return places;
}

/**
 * What a creation without an answer may have made: what carries its marker, else what has its slug, else its name. A plan makes
 * nothing where such an object is there already, so whatever is there now came with it or after it.
 */
export async function madeBy(
  { name, slug, upstream, marker }: CreationEvent,
  listing: Listing,
  reader: GatewayReader,
  call: Call,
): Promise<readonly Entry[]> {
  const named = { name, ...(upstream === undefined ? {} : { upstream }) };
  const bySlug = slug === undefined ? [] : listing.alike({ slug, name: undefined });
  const candidates = slug === undefined ? listing.alike(named) : bySlug;
  if (marker === undefined) return candidates;
  const marked = listing.entries.filter(({ metadata }) => markerIn(metadata) === marker);
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
