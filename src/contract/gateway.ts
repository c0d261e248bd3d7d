import type { z } from "zod";
import type { Capabilities } from "./capabilities.ts";
import type { ProviderCreation } from "./creation.ts";
import type { Secret } from "./secret.ts";
import type { ListedProvider, Note, ProviderState } from "./state.ts";
import type { Field, ProviderUpdate } from "./update.ts";

/** The kinds of id that vendors have: a positive integer, or a text (a UUID, an opaque id). */
export type ProviderId = number | string;

/** What any call takes. */
export interface Call {
  /** Aborting it ends the call at once, waits included. */
  readonly signal?: AbortSignal;
  /**
   * Secrets that no result or error may show, although this call does not send them: a gateway may echo a key that it holds.
   * What the call sends itself needs no mention.
   */
  readonly secrets?: readonly Secret[];
}

/** One request that an update would make. Secrets show as `[redacted]`, what is read at run time as `‹…›`. */
export interface RequestPreview {
  /** The HTTP method. */
  readonly method: string;
  readonly path: string;
  /** Those of this request alone, such as a precondition. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The JSON that is sent, secrets redacted; absent where there is none. */
  readonly body?: unknown;
  /** The fields that take effect with it; absent for a read. */
  readonly fields?: readonly Field[];
  /** The condition under which it is sent; absent: always. */
  readonly when?: string;
}

/** What an update gives back: the state that the gateway reported after it. */
export interface UpdateResult<Id> {
  readonly provider: ProviderState<Id>;
  readonly notes: readonly Note[];
}

/** One account at a vendor's AI gateway. Every method throws a GatewayError and nothing else. */
export interface Gateway<Id extends ProviderId> {
  readonly adapter: string;
  readonly capabilities: Capabilities;
  /**
   * The id in the form that this gateway takes: `"123"` is 123 where ids are integers.
   * @throws InvalidInputError for an id of the wrong kind.
   */
  parseId(value: unknown): Id;
  /** The requests that an update would make. Sends nothing and needs no working token. */
  explain(id: Id, update: ProviderUpdate): readonly RequestPreview[];
  /**
   * Reads one object.
   * @throws InvalidInputError for an id of another kind, NotFoundError, and every other {@link GatewayError} of a request
   */
  get(id: Id, call?: Call): Promise<ProviderState<Id>>;
  /**
   * Reads all objects, page by page as they are taken, at most 10,000 pages.
   * @throws every {@link GatewayError} of a request, while it is read
   */
  list(call?: Call): AsyncIterable<ListedProvider<Id>>;
  /**
   * Writes the given fields and leaves the others alone, with as many requests as the vendor needs.
   * @throws UnsupportedFieldError, InvalidInputError: nothing was sent. PartialUpdateError: a part took effect. Of every other
   * {@link GatewayError} `outcome` tells what became of the write.
   */
  update(id: Id, update: ProviderUpdate, call?: Call): Promise<UpdateResult<Id>>;
  /** The request that a creation would make, as {@link explain}. There where `capabilities.creation` is. */
  explainCreation?(creation: ProviderCreation): readonly RequestPreview[];
  /**
   * Makes a new object. It is never repeated after a lost reply: the error's outcome is `unknown` then, and only a look at the
   * list can tell. There where `capabilities.creation` is.
   */
  create?(creation: ProviderCreation, call?: Call): Promise<UpdateResult<Id>>;
  /**
   * Removes an object for good. There where `capabilities.removes` says so.
   * @throws NotFoundError where it is gone already, ConflictError with the vendor's words where something still uses it
   */
  remove?(id: Id, call?: Call): Promise<void>;
  /** The providers that use this object, such as those of a shared credential. There where `capabilities.shared` says so. */
  usedBy?(id: Id, call?: Call): Promise<readonly UsingProvider[]>;
}

/** A provider that uses an object of another kind. */
export interface UsingProvider {
  /** Its id at the vendor, as that kind's own adapter reports it. */
  readonly id: ProviderId;
  readonly name: string;
}

/** The version of this contract; an adapter states the one it was written for. */
export const CONTRACT_VERSION = 1;

/** An adapter whose settings and ids are not known at compile time: what a registry lists. */
export interface AnyAdapter {
  readonly name: string;
  /** The version of the contract that the adapter was written for. */
  readonly contractVersion: typeof CONTRACT_VERSION;
  /** The hosts that the vendor documents, `*.` standing for one label or more. A token goes elsewhere only on request. */
  readonly hosts: readonly string[];
  /** The vendor's pages that the adapter follows, the one of an update first. */
  readonly documentation?: readonly string[];
  /** Strict schema of the settings, for validation without a token. */
  readonly settings: z.ZodType;
  /** Strict schema of {@link ProviderUpdate.native}; absent where there is none. A state has the form that it gives. */
  readonly native?: z.ZodType;
  /** What the adapter can do, with these settings where some of it depends on them. Asks nobody. */
  capabilities(settings?: object): Capabilities;
  /**
   * The gateway for settings that were read from somewhere: the same checks as the typed call.
   * @throws MissingSettingError, InvalidInputError
   */
  open(settings: unknown): Gateway<ProviderId>;
}

/** The code for one resource kind of one vendor. Call it with settings to get a {@link Gateway}. */
export interface Adapter<Settings, Id extends ProviderId> extends AnyAdapter {
  /** @throws MissingSettingError, InvalidInputError */
  (settings: Settings): Gateway<Id>;
  readonly settings: z.ZodType<Settings>;
  capabilities(settings?: Partial<Settings>): Capabilities;
  open(settings: unknown): Gateway<Id>;
}
