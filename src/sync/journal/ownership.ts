import { canonicalJson } from "../../contract/json.ts";
import type { AccountKey, CreationEvent, Happening, JournalEvent, ObjectKey, RemovalEvent } from "./event.ts";

/** A creation of which nobody knows whether it made anything. */
export interface OpenCreation {
  /** The line that was written before it. */
  readonly creation: CreationEvent;
  /** When the call ended without an answer; absent where the run itself ended before. */
  readonly endedAt?: string;
}

/** A removal of which nobody knows whether it took effect. */
export interface OpenRemoval {
  /** The line that was written before it. */
  readonly removal: RemovalEvent;
  /** When the call ended without an answer; absent where the run itself ended before. */
  readonly endedAt?: string;
}

/** An object that was made, or that somebody said is ours. */
export interface OwnedObject {
  /** Where it is. */
  readonly object: ObjectKey;
  readonly provider: string;
}

/** What a look says of an open creation: the object that it made, or that it made none. */
export type CreationSettlement = Extract<Happening, { type: "made" | "not-made" }>;

/** Which objects a journal's runs made, adopted and removed: a fold over its events. */
export class Ownership {
  readonly #creations = new Map<number, CreationEvent>();
  readonly #removals = new Map<number, RemovalEvent>();
  readonly #openCreations = new Map<number, OpenCreation>();
  readonly #openRemovals = new Map<number, OpenRemoval>();
  /** By the object. */
  readonly #owned = new Map<string, OwnedObject>();
  /** The last object of a provider at an account. */
  readonly #current = new Map<string, ObjectKey>();

  /** Takes in the next event. Gives the object that begins or ceases to be ours: what was known of it before is void. */
  add(event: JournalEvent): ObjectKey | undefined {
    if (event.type === "creation") {
      this.#creations.set(event.seq, event);
      this.#openCreations.set(event.seq, { creation: event });
    } else if (event.type === "made") return this.settle(event);
    else if (event.type === "not-made") {
      const creation = this.#creations.get(event.creation);
      if (event.status === "failed") this.#openCreations.delete(event.creation);
      else if (creation !== undefined) this.#openCreations.set(event.creation, { creation, endedAt: event.at });
    } else if (event.type === "removal") {
      this.#removals.set(event.seq, event);
      this.#openRemovals.set(event.seq, { removal: event });
    } else if (event.type === "removed") return this.#takeRemoved(event);
    else if (event.type === "owned") this.#own(event.object, event.provider);
    return undefined;
  }

  /** Takes in what a look says of an open creation. Gives the object that was found to be ours. */
  settle(settlement: CreationSettlement): ObjectKey | undefined {
    const creation = this.#creations.get(settlement.creation);
    this.#openCreations.delete(settlement.creation);
    if (settlement.type === "not-made" || creation === undefined) return undefined;
    const former = this.objectOf(creation.account, creation.provider);
    // It is made again only where the one before is gone.
    if (former !== undefined) this.#owned.delete(keyOf(former));
    this.#own(settlement.object, creation.provider);
    return settlement.object;
  }

  /** The creation that an event answers. */
  creation(seq: number): CreationEvent | undefined {
    return this.#creations.get(seq);
  }

  /** The object that was made or adopted for a provider at an account, as far as it was not removed. */
  objectOf(account: AccountKey, provider: string): ObjectKey | undefined {
    return this.#current.get(placeOf(account, provider));
  }

  /** Every object that was made or adopted, and not removed. */
  owned(): readonly OwnedObject[] {
    return [...this.#owned.values()];
  }

  /** The creations for a provider at an account of which nobody knows what became. */
  openCreations(account: AccountKey, provider: string): readonly OpenCreation[] {
    const place = placeOf(account, provider);
    return [...this.#openCreations.values()].filter(({ creation }) => {
      return placeOf(creation.account, creation.provider) === place;
    });
  }

  /** The removals at an account of which nobody knows what became: one that is late could meet an object that has its id again. */
  openRemovals(account: AccountKey): readonly OpenRemoval[] {
    const key = keyOf(account);
    return [...this.#openRemovals.values()].filter(({ removal }) => keyOf(accountOf(removal.object)) === key);
  }

  #takeRemoved(event: Extract<JournalEvent, { type: "removed" }>): ObjectKey | undefined {
    const removal = this.#removals.get(event.removal);
    if (removal === undefined) return undefined;
    if (event.status === "unknown") {
      this.#openRemovals.set(event.removal, { removal, endedAt: event.at });
      return undefined;
    }
    this.#openRemovals.delete(event.removal);
    if (event.status === "failed") return undefined;
    const { object } = removal;
    const key = keyOf(object);
    this.#owned.delete(key);
    for (const [place, current] of this.#current) if (keyOf(current) === key) this.#current.delete(place);
    // An earlier try that was never answered is answered by this one.
    for (const [seq, open] of this.#openRemovals)
      if (keyOf(open.removal.object) === key) this.#openRemovals.delete(seq);
    return object;
  }

  #own(object: ObjectKey, provider: string): void {
    const key = keyOf(object);
    for (const [place, current] of this.#current) if (keyOf(current) === key) this.#current.delete(place);
    this.#owned.set(key, { object, provider });
    this.#current.set(placeOf(accountOf(object), provider), object);
  }
}

/** The account that an object is at. */
export function accountOf({ gateway, adapter, baseUrl }: ObjectKey): AccountKey {
  return { gateway, adapter, baseUrl };
}

const keyOf = (key: ObjectKey | AccountKey) => canonicalJson(key) ?? "";

const placeOf = (account: AccountKey, provider: string) => canonicalJson([account, provider]) ?? "";
