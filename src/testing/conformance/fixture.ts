import type { ProviderCreation } from "../../contract/creation.ts";
import type { CredentialScheme } from "../../contract/credential.ts";
import type { GatewayError, Issue } from "../../contract/errors.ts";
import type { ProviderId, UsingProvider } from "../../contract/gateway.ts";
import type { ProviderState } from "../../contract/state.ts";
import type { Field, ProviderUpdate } from "../../contract/update.ts";
import type { TestGateway } from "../fake/start-fake.ts";

/**
 * What a vendor's documents say of one resource kind, told independently of its adapter: the conformance kit holds the adapter
 * against it. What the adapter's capabilities declare must be here, and nothing that they do not declare.
 */
export interface AdapterFixture {
  /** The vendor's page that it follows; a part may name its own. */
  readonly source: string;
  /** Starts the vendor's gateway with all objects in it: a fresh one for every case. See `startFake`. */
  start(): Promise<TestGateway>;
  /** The settings that lead there, the token among them. */
  settings(gateway: Pick<TestGateway, "url" | "token">): Readonly<Record<string, unknown>>;
  /** At least two of its objects. The first is the one that is written to. */
  readonly objects: readonly [ObjectFixture, ObjectFixture, ...ObjectFixture[]];
  /** How many objects its list gives: more than one page of them. */
  readonly listed: number;
  /** Members of a stored object that every write changes by itself: the time of the last write, a revision. */
  readonly keptByGateway: readonly string[];
  /** An id of the right kind that no object has. */
  readonly absentId: ProviderId;
  /** What `parseId` must refuse. */
  readonly refusedIds: readonly unknown[];
  /** Every field that can be written. */
  readonly fields: { readonly [Name in Field]?: FieldFixture };
  /** Every credential scheme that can be written. */
  readonly schemes: { readonly [Scheme in CredentialScheme]?: WriteFixture };
  /** Every error that the documents show. */
  readonly errors: readonly ErrorFixture[];
  /** Objects that can be made, where the capabilities declare a creation: together they have every field that it takes. */
  readonly creations?: readonly [CreationFixture, ...CreationFixture[]];
  /** How objects are removed, where the capabilities say that they can be. */
  readonly removal?: RemovalFixture;
  /** What uses objects, where the capabilities say that they are shared: of one that is used, and of one that is not. */
  readonly users?: readonly [UsersFixture, UsersFixture, ...UsersFixture[]];
}

/** One creation, and exactly what must go over the wire for it. */
export interface CreationFixture {
  /** Of an object that is not there yet. */
  readonly creation: ProviderCreation;
  /** All of them, in order: those that only read may go before the one that makes it. */
  readonly requests: readonly [WireLine, ...WireLine[]];
  /** The new object's id, where whoever creates chooses it. Default: it is the vendor's choice. */
  readonly id?: ProviderId;
  /** What the state must show of some fields afterwards, where that is not what was given. `undefined`: nothing. */
  readonly shows?: Readonly<Record<string, unknown>>;
  /** The codes of the notes that the creation gives. Default: none. */
  readonly notes?: readonly string[];
  /** The vendor's page; default: that of the whole fixture. */
  readonly source?: string;
}

/** How an object is removed. */
export interface RemovalFixture {
  /** Of the last of `objects`, or of `id`. */
  readonly requests: readonly [WireLine, ...WireLine[]];
  readonly id?: ProviderId;
  /** An object that the vendor's gateway refuses to remove, such as one that is still used: the error, and what it `says`. */
  readonly refused?: { readonly id: ProviderId; readonly name: GatewayError["name"]; readonly says: string };
  /** The vendor's page; default: that of the whole fixture. */
  readonly source?: string;
}

/** What uses one object, in any order; none where nothing does. */
export interface UsersFixture {
  readonly id: ProviderId;
  /** In any order. */
  readonly users: readonly UsingProvider[];
  /** The vendor's page; default: that of the whole fixture. */
  readonly source?: string;
}

/** An object, and exactly how its state must look before anything is written. */
export interface ObjectFixture {
  readonly id: ProviderId;
  readonly state: ProviderState<ProviderId>;
}

/** How one field is set, and how it is cleared where it can be. */
export interface FieldFixture {
  /** How a value is written. */
  readonly set: WriteFixture;
  /** How `null` is written; absent where it cannot be. */
  readonly clear?: WriteFixture;
}

/** One update, and exactly what must go over the wire for it. */
export interface WriteFixture {
  readonly update: ProviderUpdate;
  /** All of them, in order; those that only read may go before. */
  readonly requests: readonly WireLine[];
  /** The object that is written to; default: the first. */
  readonly id?: ProviderId;
  /** What the state must show of the field afterwards, where that is not the written value. */
  readonly shows?: unknown;
  /** The codes of the notes that the update gives. Default: none. */
  readonly notes?: readonly string[];
  /** The vendor's page; default: that of the whole fixture. */
  readonly source?: string;
}

/** One request. */
export interface WireLine {
  /** The HTTP method. */
  readonly method: string;
  /** Path and query, exactly as they arrive. */
  readonly path: string;
  /** Those that only this request has, names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent: no body is sent. */
  readonly body?: unknown;
  /**
   * `unsent`: the vendor does not say what a repetition does, so it is repeated only if it certainly had no effect.
   * Default: `unsent` for POST, `safe` for every other method.
   */
  readonly repeat?: "safe" | "unsent";
}

/** A documented error, and what must become of it. */
export interface ErrorFixture {
  /** HTTP status of the reply. */
  readonly status: number;
  /** A text goes out as it is, anything else as JSON. Default: empty. */
  readonly body?: unknown;
  /** Of the reply, besides its type and its length. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The class it becomes. */
  readonly name: GatewayError["name"];
  /** A part of the error's message. */
  readonly says?: string;
  /** The vendor's own code that the error must have. */
  readonly vendorCode?: string;
  /** The vendor's words per field, where the body has them. */
  readonly fieldErrors?: readonly Issue[];
  /** The stated wait that the error must have, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The vendor's page; default: that of the whole fixture. */
  readonly source?: string;
}
