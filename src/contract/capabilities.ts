import type { CreationField } from "./creation.ts";
import type { CredentialScheme } from "./credential.ts";
import type { Field } from "./update.ts";

/** Limits of one field, checked before anything is sent. Bounds are inclusive. */
export interface Limits {
  /** Seconds, for the timeouts. */
  readonly minimum?: number;
  /** Seconds, for the timeouts. */
  readonly maximum?: number;
  /** Characters (Unicode code points) of the text as it is sent. */
  readonly maxLength?: number;
}

/** What an adapter can do with one field. */
export interface FieldCapability {
  /** A value can be written. */
  readonly set: boolean;
  /** `null` can be written. */
  readonly clear: boolean;
  /** Whether a read shows the field; `maybe` where the vendor's documents disagree. */
  readonly read: "yes" | "no" | "maybe";
  /** `patch`: the rest stays as it is. `replace`: what is written with it and left out may be lost. */
  readonly mode: "patch" | "replace";
  readonly limits?: Limits;
  /** Fields that a write of this one would reset unless they are sent along. */
  readonly writtenWith?: readonly Field[];
  /** Fields that an update with this one must carry as well; without them it is refused before anything is sent. */
  readonly requires?: readonly Requirement[];
  /** A write of this field may cost a read first. */
  readonly needsRead?: boolean;
}

/** A field that another one cannot be written without. */
export interface Requirement {
  /** The field that must come along. */
  readonly field: Field;
  /** For people: what would happen without it, and what else they could do. */
  readonly because: string;
}

/** What an adapter can do: data, and total over all fields and schemes. */
export interface Capabilities {
  /** For every field, whether the adapter takes it or not. */
  readonly fields: Readonly<Record<Field, FieldCapability>>;
  /** For every credential scheme, whether the adapter can write it. */
  readonly schemes: Readonly<Record<CredentialScheme, boolean>>;
  /** What a list gives to recognise an entry by. */
  readonly list: "ids" | "slugs";
  /** Entries of one page of a list; absent where a list comes whole. */
  readonly pageSize?: number;
  /** Whether a read shows a redacted form of the key. */
  readonly hint: boolean;
  /**
   * The gateway refuses a write that is based on a state which somebody else has changed since: a ConflictError, not-applied.
   * Absent: the last write wins.
   */
  readonly detectsConflicts?: boolean;
  /** What a creation needs and takes; absent where the vendor documents none, or where no reply tells the new object's id. */
  readonly creation?: CreationCapability;
  /** Objects can be removed. */
  readonly removes?: boolean;
  /** Objects of this kind are used by providers, so that a write of one reaches all of these. */
  readonly shared?: boolean;
}

/** What the creation of an object needs and takes. */
export interface CreationCapability {
  /** Without any of these it is refused before anything is sent. */
  readonly requires: readonly CreationField[];
  /** What it can hold. Any other field is written by an update after it. */
  readonly takes: readonly CreationField[];
}
