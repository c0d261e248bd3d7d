import type { WireReply } from "../../../src/sandbox/index.ts";
import { failure, Refused } from "./failures.ts";
import type { Actor, Switches } from "./schema.ts";

/** What every record has. */
export interface Stored {
  readonly id: string;
  readonly uri: string;
  readonly createdAt: string;
  updatedAt: string;
  readonly createdBy: Actor;
  lastUpdatedBy: Actor;
}

/** What the two kinds of records share. */
export interface Surroundings {
  readonly switches: Switches;
  /** Ids that an access key's configuration refers to. */
  readonly routed: ReadonlySet<string>;
  /** The time now, as it is shown. */
  timestamp(): string;
  /** A link to a path. What a `uri` and an actor point at is not documented; clients must treat both as opaque. */
  uri(path: string): string;
}

/** Whoever makes a request. */
export const user: Actor = { id: "sandbox-user", uri: "https://api.ngrok.ai/users/sandbox-user" };

interface Page {
  readonly limit?: number | undefined;
  readonly beforeId?: string | undefined;
}

/** The records of one path, newest first, which in the vendor's lists means descending ids. */
export class Collection<Kind extends Stored> {
  readonly #records: Kind[] = [];
  #made = 0;

  constructor(
    readonly path: string,
    /** What a refusal calls a record. */
    private readonly noun: string,
    /** What new ids begin with. */
    private readonly idPrefix: string,
    private readonly surroundings: Surroundings,
  ) {}

  all(): readonly Kind[] {
    return this.#records;
  }

  add(record: Kind): void {
    this.#records.push(record);
    this.#records.sort((one, other) => (one.id < other.id ? 1 : -1));
  }

  one(id: string): Kind {
    const found = this.#records.find((record) => record.id === id);
    if (found !== undefined) return found;
    throw new Refused(failure(404, `The ${this.noun} was not found.`, "ERR_NGROK_27611"));
  }

  remove(record: Kind): WireReply {
    this.#records.splice(this.#records.indexOf(record), 1);
    return { status: 204, text: "" };
  }

  /** What a new or a planted record has beside its own members. */
  history(
    id: string,
    given: { readonly [Name in Exclude<keyof Stored, "id" | "uri">]?: Stored[Name] | undefined },
  ): Stored {
    const { createdAt = this.surroundings.timestamp(), createdBy = user } = given;
    const { updatedAt = createdAt, lastUpdatedBy = createdBy } = given;
    return { id, uri: `${this.path}/${encodeURIComponent(id)}`, createdAt, updatedAt, createdBy, lastUpdatedBy };
  }

  /** An id that no record has. Its form is not documented. */
  newId(): string {
    for (;;) {
      this.#made += 1;
      const id = `${this.idPrefix}new_${String(this.#made).padStart(4, "0")}`;
      if (!this.#records.some((record) => record.id === id)) return id;
    }
  }

  touch(record: Kind): void {
    record.updatedAt = this.surroundings.timestamp();
    record.lastUpdatedBy = user;
  }

  /** One page of a list. `filter` goes into the next page's link. */
  page(
    member: string,
    { limit = 100, beforeId }: Page,
    show: (record: Kind) => unknown,
    filter: { readonly query?: Readonly<Record<string, string>>; takes?(record: Kind): boolean } = {},
  ): WireReply {
    const left = this.#records
      .filter((record) => filter.takes?.(record) ?? true)
      .filter((record) => beforeId === undefined || record.id < beforeId);
    const page = left.slice(0, limit);
    const last = page.at(-1);
    const next = new URLSearchParams({
      ...(last !== undefined && { beforeId: last.id }),
      limit: String(limit),
      ...filter.query,
    });
    const nextPageUri = left.length > limit ? this.surroundings.uri(`${this.path}?${next}`) : null;
    return { status: 200, json: { [member]: page.map(show), uri: this.surroundings.uri(this.path), nextPageUri } };
  }
}
