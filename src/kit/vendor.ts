import type { z } from "zod";
import type { Capabilities } from "../contract/capabilities.ts";
import type { Issue } from "../contract/errors.ts";
import type { ProviderId, UsingProvider } from "../contract/gateway.ts";
import type { ListedProvider, Note } from "../contract/state.ts";
import type { Field, ProviderUpdate } from "../contract/update.ts";
import type { Authentication } from "./authentication.ts";
import type { WireBody } from "./body.ts";
import type { Login } from "./client-credentials.ts";
import type { VendorError } from "./failure.ts";
import type { Path } from "./path.ts";
import type { RateLimit } from "./rate-budget.ts";
import type { Repeat } from "./retry.ts";
import type { AnySettings } from "./settings.ts";

/** What is known of one resource kind of one vendor before it has settings. */
export interface AdapterDefinition<Settings extends AnySettings, Id extends ProviderId, Reply, Current, Native> {
  /** The adapter's name, as in the registry and the config. */
  readonly name: string;
  readonly hosts: readonly string[];
  readonly settings: z.ZodType<Settings>;
  readonly native?: z.ZodType<Native>;
  capabilities(settings: Partial<Settings>): Capabilities;
  vendor(settings: Settings): Vendor<Id, Reply, Current, Native>;
}

/**
 * The parts of one vendor that the pipeline puts together. All of them are pure, and none can change the order of the steps.
 * `Reply` is the checked wire form of a provider, `Current` what an update may need to know of it, `Native` its native fields.
 */
export interface Vendor<Id extends ProviderId, Reply, Current, Native> {
  /** Where requests go, without a trailing slash. */
  readonly baseUrl: string;
  /** The limit that the vendor documents. */
  readonly rateLimit?: RateLimit;
  /** The id in this vendor's form, or what is wrong with it. */
  parseId(value: unknown): { readonly id: Id } | { readonly problem: string };
  /** How a request says who sends it; default `bearer`. */
  readonly authentication?: Authentication;
  /** How the token is got, where the settings have none. */
  readonly login?: Login;
  /** The item's path: GET answers with a `Reply`. Absent where the vendor has none: the item is looked for in the list then. */
  itemPath?(id: Id): Path;
  /** Tolerant: unknown fields pass, what is used must hold. */
  readonly reply: z.ZodType<Reply>;
  /** Without `id` where the reply does not tell it. */
  normalize(reply: Reply): ListedProvider<Id>;
  readonly list: {
    readonly path: Path;
    /** The first page's query. */
    readonly query?: string;
    /** The entries of a page, and what tells of the next one: its query, or how much there is in all where the caller counts. */
    readonly page: z.ZodType<{
      readonly items: readonly Reply[];
      readonly nextQuery?: string;
      readonly total?: number;
    }>;
    /** Where the caller counts: the query of the page that follows what was read, or undefined at the end. */
    queryAfter?(read: PagesRead): string | undefined;
  };
  /** Conditions of an update that need no read. `update` may lack fields that are invalid by themselves; `given` has all. */
  conditions?(update: ProviderUpdate, given: readonly Field[]): readonly Issue[];
  /** What a read tells for a translation; absent where no update ever needs one. */
  readonly current?: {
    needed(update: ProviderUpdate): boolean;
    from(reply: Reply): Current;
    /** Stands in where nothing is read: every value that a read would give shows as `‹…›`. */
    readonly unread: Current;
    /** Conditions that only the read can judge. */
    conditions?(update: ProviderUpdate, current: Current): readonly Issue[];
  };
  /** The requests of an update, in order. `current` is there if it was needed. */
  translate(input: Translatable<Id, Current, Native>): Translation;
  /** The status that a reply of 2xx stands for where the vendor answers errors with 2xx; undefined for a success. Must not throw. */
  refusedWith?(body: unknown): number | undefined;
  /** How an object is made; there where the capabilities say so. */
  readonly creation?: {
    /** Conditions beyond the capabilities, which the pipeline checks. */
    conditions?(creation: CreationParts, given: readonly Field[]): readonly Issue[];
    translate(input: CreationParts & { readonly native: Native | undefined }): Creation;
  };
  /** What DELETE removes; there where the capabilities say so. */
  readonly removal?: { path(id: Id): Path };
  /** What uses an object; there where the capabilities say so. Every entry of the list is asked. */
  readonly users?: {
    readonly path: Path;
    readonly query?: string;
    readonly page: z.ZodType<{ readonly items: readonly User<Id>[]; readonly nextQuery?: string }>;
  };
  /** What an error body says. Must not throw. */
  readError(body: unknown, status: number): VendorError;
  /** What the caller could do about a refusal, as a possibility; appended to the vendor's message. */
  advise?(status: number, update: ProviderUpdate): string | undefined;
}

/** A valid creation. `update` holds its fields. */
export interface CreationParts {
  readonly update: ProviderUpdate;
  readonly slug?: string;
  readonly upstream?: string;
}

/** The request of a creation. It is sent again only where nothing of it arrived. */
export interface Creation {
  readonly method: "POST";
  readonly path: Path;
  readonly body: WireBody;
  readonly notes: readonly Note[];
}

/** An entry of a list of what may use objects, and the object that it uses; undefined: none. */
export interface User<Id> extends UsingProvider {
  readonly uses: Id | undefined;
}

/** What was read of a list so far, and what its last page said of the whole. */
export interface PagesRead {
  readonly pages: number;
  readonly entries: number;
  /** Pages or entries, as the vendor counts. */
  readonly total: number | undefined;
}

/** A valid update, ready to be turned into requests. */
export interface Translatable<Id, Current, Native> {
  readonly id: Id;
  readonly update: ProviderUpdate;
  readonly native: Native | undefined;
  readonly current: Current | undefined;
}

/** The requests of an update, in the order in which they are sent. */
export interface Translation {
  readonly requests: readonly WriteRequest[];
  readonly notes: readonly Note[];
}

/** One write. Its reply is the provider after it. */
export interface WriteRequest {
  /** Several: the vendor's documents disagree; the first is tried, see {@link chooseMethod}. */
  readonly methods: readonly [string, ...string[]];
  readonly path: Path;
  /** What only this request has, such as a precondition (`If-Match`). Never a secret. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: WireBody;
  /** The fields that take effect with it. */
  readonly fields: readonly Field[];
  readonly repeat: Repeat;
}
