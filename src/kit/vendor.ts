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
  /** The hosts that the vendor documents, `*.` standing for one label or more. A token goes elsewhere only on request. */
  readonly hosts: readonly string[];
  /** The vendor's pages that the adapter follows, the one of an update first. */
  readonly documentation?: readonly string[];
  /** Strict: a name that is not known is refused. Spread `commonSettings` into it. */
  readonly settings: z.ZodType<Settings>;
  /** Strict schema of what only this vendor has; absent where there is nothing. */
  readonly native?: z.ZodType<Native>;
  /** What the adapter can do, with these settings where some of it depends on them. */
  capabilities(settings: Partial<Settings>): Capabilities;
  /** The parts for one gateway. Sends nothing. */
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
  /** How all objects are read. */
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
    /** Whether this update needs the read. */
    needed(update: ProviderUpdate): boolean;
    /** What of a reply is of use. */
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
    /** The request of a creation. */
    translate(input: CreationParts & { readonly native: Native | undefined }): Creation;
  };
  /** What DELETE removes; there where the capabilities say so. */
  readonly removal?: { path(id: Id): Path };
  /** What uses an object; there where the capabilities say so. Every entry of the list is asked: `query` is that of its first `page`. */
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
  /** As the creation gives it. */
  readonly slug?: string;
  /** As the creation gives it. */
  readonly upstream?: string;
}

/** The request of a creation. It is sent again only where nothing of it arrived. */
export interface Creation {
  /** The HTTP method. */
  readonly method: "POST";
  readonly path: Path;
  readonly body: WireBody;
  readonly notes: readonly Note[];
}

/** An entry of a list of what may use objects, and the object that it uses; undefined: none. */
export interface User<Id> extends UsingProvider {
  /** The id of the object that it uses. */
  readonly uses: Id | undefined;
}

/** What was read of a list so far, and what its last page said of the whole. */
export interface PagesRead {
  /** Pages that were read. */
  readonly pages: number;
  /** Entries on them. */
  readonly entries: number;
  /** Pages or entries, as the vendor counts. */
  readonly total: number | undefined;
}

/** A valid update, ready to be turned into requests. */
export interface Translatable<Id, Current, Native> {
  /** The object that is written to. */
  readonly id: Id;
  readonly update: ProviderUpdate;
  /** The checked `native` of the update; undefined where it has none. */
  readonly native: Native | undefined;
  /** What the read told; undefined where none was needed. */
  readonly current: Current | undefined;
}

/** The requests of an update, in the order in which they are sent. */
export interface Translation {
  /** At least one. */
  readonly requests: readonly WriteRequest[];
  readonly notes: readonly Note[];
}

/** One write. Its reply is the provider after it. */
export interface WriteRequest {
  /** Several: the vendor's documents disagree; the first is tried, and the next where it turns out to be none of the gateway's. */
  readonly methods: readonly [string, ...string[]];
  readonly path: Path;
  /** What only this request has, such as a precondition (`If-Match`). Never a secret. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: WireBody;
  /** The fields that take effect with it. */
  readonly fields: readonly Field[];
  readonly repeat: Repeat;
}
