import type { CredentialScheme } from "./credential.ts";
import type { JsonObject } from "./json.ts";

/**
 * The normalized view of what a gateway reports. Absent means not reported, `null` means reported as empty.
 * Times are ISO 8601 in UTC with milliseconds. It never holds a secret.
 */
export interface ProviderState<Id> {
  readonly id: Id;
  /** A second, readable id, where the vendor has one. */
  readonly slug?: string;
  readonly name: string;
  /** The upstream's kind in the vendor's words. */
  readonly upstream?: string;
  readonly description?: string | null;
  readonly metadata?: string | JsonObject | null;
  readonly baseUrl?: string | null;
  readonly connectionId?: string | null;
  /** Seconds; `null` is the gateway's default. */
  readonly requestTimeout?: number | null;
  /** Seconds; `null` is the gateway's default. */
  readonly streamIdleTimeout?: number | null;
  readonly enabled?: boolean;
  /** What only this vendor reports. `{ withheld: true }` stands for a value that may be secret. */
  readonly native?: Readonly<Record<string, unknown>>;
  readonly credential: {
    readonly kind: "inline" | "connection" | "none" | "unknown";
    /** Where the reply tells it. */
    readonly scheme?: CredentialScheme;
    /** The vendor's redacted form of the key: opaque display text, never a key. */
    readonly hint?: string;
  };
  /** `healthy` and `unhealthy` mean what they say at every gateway; any other word tells nothing yet. */
  readonly health?: { readonly status: string; readonly detail?: string; readonly checkedAt?: string };
  readonly lastUsedAt?: string | null;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
}

/** One entry of a list. `id` is absent where the vendor does not tell it; match by `slug` then. */
export type ListedProvider<Id> = Omit<ProviderState<Id>, "id"> & { readonly id?: Id };

/** Something a caller should know of an update that was accepted. */
export interface Note {
  readonly code: string;
  readonly message: string;
}
