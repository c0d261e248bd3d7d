/** What a vendor documents of its API, as data: `startFake` plays it over real HTTP. */
export interface FakeDescription {
  /** What follows the origin in the base URL that a user configures. */
  readonly basePath?: string;
  /** How a request carries the token; default `bearer`. With `basic` the token is `user:password`; a `header` holds it as it is. */
  readonly authentication?: "bearer" | "basic" | { readonly header: string };
  /** Default `fake-token`. */
  readonly token?: string;
  /** How an object is told from others. */
  readonly id: {
    /** The member of a stored object that holds the id. */
    readonly member: string;
    /** A UUID is found in upper case as well. What is of another kind is no object's id: 404 in a path, 400 in a body. */
    readonly kind: "integer" | "uuid" | "text";
    /** Whether replies show it; default true. */
    readonly shown?: boolean;
  };
  /** Every other member of an object. What is not described here is refused in a write. */
  readonly members: Readonly<Record<string, FakeMember>>;
  /** GET of one object, with `{id}` in its path; absent where the vendor has none. */
  readonly get?: FakePath;
  readonly list: FakeList;
  /** The requests that change one object. */
  readonly writes: readonly FakeWrite[];
  /** How an object is made; absent where it is not, or where a write with `creates` makes it. */
  readonly creation?: FakeCreation;
  /** How an object is removed; absent where it is not. */
  readonly removal?: FakeRemoval;
  /** Lists of other things, which never change: such as of what uses the objects. */
  readonly others?: readonly FakeOthers[];
  readonly errors?: FakeErrors;
  /** At most so many `requests` in any span of `perMs` milliseconds; beyond it 429. Default: none. */
  readonly rateLimit?: { readonly requests: number; readonly perMs: number };
  /** After a write so many reads still show what was before. Default 0. */
  readonly staleReads?: number;
  /** What it holds at the start, secrets included; members that are left out have their default. */
  readonly objects: readonly Readonly<Record<string, unknown>>[];
  /** A rule of the vendor's that no member has by itself: what is wrong with a write, or undefined. */
  check?(body: Readonly<Record<string, unknown>>, stored: Readonly<Record<string, unknown>>): string | undefined;
}

/** A path, and the member that holds the object in a reply, where it is not the reply itself. */
export interface FakePath {
  readonly path: string;
  /** The member that holds the object; absent where the reply is the object itself. */
  readonly envelope?: string;
}

/** One member of an object. */
export interface FakeMember {
  /** What a write may hold; anything else is 400. */
  readonly type: "text" | "integer" | "number" | "boolean" | "object" | "list";
  /** `server`: no write takes it. Default `writes`. */
  readonly from?: "writes" | "server";
  /** How a reply shows it. Default `plain`. */
  readonly shown?: "plain" | "never" | FakeMask;
  /** How a reply shows that it is empty. Default `null`. */
  readonly empty?: "null" | "absent";
  /** What `null` in a write does; `ignored` is as if the member were left out. Default `refused`. */
  readonly null?: "clears" | "refused" | "ignored";
  /** What a write without it does, where that is another than the write's `mode` says for all members. */
  readonly omitted?: "kept" | "reset";
  /** Whether every write must have it. */
  readonly required?: boolean;
  /** What a write leaves of an object in it: default `replaced`. */
  readonly parts?: "merged" | "replaced";
  /** What it is at the start, and after a write that resets it. Default: empty. */
  readonly default?: unknown;
  /** Bounds are inclusive; a length counts characters. */
  readonly minimum?: number;
  /** The largest number that a write may hold. */
  readonly maximum?: number;
  /** Characters of a text. */
  readonly maxLength?: number;
  /** Kept by the server: the time of birth, the time of the last write, or a number that each write raises. */
  readonly stamp?: "created" | "written" | "revision";
}

/** What a reply shows in the place of a value, under the name `as` where one is given; an empty value shows as empty. `mask` is for texts, `derive` for others. */
export type FakeMask =
  | { mask(text: string): string; readonly as?: string }
  /** For a value that is no text, such as the names in a map of secrets. */
  | { derive(value: unknown): unknown; readonly as?: string };

/**
 * How a list is paged. `size` is the number of entries of a page, `parameter` the name of the query's part that asks for one,
 * `member`, `total` and `pages` the names of the reply's members that tell of the rest.
 */
export type FakePaging =
  /** A member holds the next page's URL, or null. */
  | { readonly kind: "link"; readonly size: number; readonly member: string; readonly parameter: string }
  /** A member holds the next page's cursor, or null. */
  | { readonly kind: "cursor"; readonly size: number; readonly member: string; readonly parameter: string }
  /** The caller counts; a member tells how many there are in all. */
  | { readonly kind: "offset"; readonly size: number; readonly parameter: string; readonly total: string }
  /** Pages are numbered from 1; a member tells how many there are. */
  | { readonly kind: "page"; readonly size: number; readonly parameter: string; readonly pages: string };

/** GET of all objects. */
export interface FakeList {
  readonly path: string;
  /** The member that holds the entries; absent where the reply is the list itself, which has no pages then. */
  readonly items?: string;
  readonly paging?: FakePaging;
  /** Query parameters besides the one of the paging, which are taken and have no effect here. */
  readonly query?: readonly string[];
}

/** A request that changes one object. */
export interface FakeWrite {
  /** The HTTP method. */
  readonly method: string;
  /** With `{id}`, or the id is in the body. */
  readonly path: string;
  /** The member of the body that holds the id, where the path does not. */
  readonly idIn?: string;
  /** `merge` keeps what is left out, `replace` resets it to its default; a member may say otherwise of itself. */
  readonly mode: "merge" | "replace";
  /** The members that it takes; default: all that writes may set. */
  readonly takes?: readonly string[];
  /** Whether it makes an object that is not there. Default false: that is 404. */
  readonly creates?: boolean;
  /** A `header` that must hold the stored value of a `member`, else 412, as for an object that is not there; without it 428. */
  readonly precondition?: { readonly header: string; readonly member: string };
  /** The member that holds the object in the reply, where it is not the reply itself. */
  readonly envelope?: string;
}

/** A POST that makes an object. */
export interface FakeCreation {
  readonly path: string;
  /** Whether the id is in the body, under its own name, or the server chooses it: the next integer, or a UUID or text of its own. */
  readonly id: "caller" | "server";
  /** The members that it takes beside the id; default: all that writes may set. */
  readonly takes?: readonly string[];
  /** Those that it cannot be without, beside the ones that no write can be without. */
  readonly requires?: readonly string[];
  /** What it does where there is an object of that id already; default `refused`, with 409. `updated` answers 200. */
  readonly existing?: "refused" | "updated";
  /** The member that holds the object in the reply, where it is not the reply itself. */
  readonly envelope?: string;
}

/** A DELETE that removes an object. */
export interface FakeRemoval {
  /** With `{id}`. */
  readonly path: string;
  /** Default 204, without a body; 200 comes with the object that was removed. */
  readonly status?: 204 | 200;
  /** Why an object cannot be removed, such as that it is still used: 409 with these words; undefined where it can. */
  refuses?(stored: Readonly<Record<string, unknown>>): string | undefined;
}

/** A list of other things, shown as they are. */
export interface FakeOthers extends FakeList {
  /** As they are shown. */
  readonly entries: readonly Readonly<Record<string, unknown>>[];
}

/** How errors look. */
export interface FakeErrors {
  /** The body; default `{error: {message}}`. */
  body?(status: number, message: string): unknown;
  /** Whether all of them are answered with status 200, the meant one being in the body alone. */
  readonly under200?: boolean;
  /** The member that holds the wait of a 429 in seconds, as `fault.wait`; default: the header `Retry-After`. */
  readonly waitIn?: string;
}
