import type { CredentialScheme } from "./credential.ts";
import type { JsonObject } from "./json.ts";

/**
 * The normalized view of what a gateway reports. Absent means not reported, `null` means reported as empty.
 * Times are ISO 8601 in UTC with milliseconds. It never holds a secret.
 */
export interface ProviderState<Id> {
  /** In the vendor's own form. */
  readonly id: Id;
  /** A second, readable id, where the vendor has one. */
  readonly slug?: string;
  readonly name: string;
  /** The upstream's kind in the vendor's words. */
  readonly upstream?: string;
  /** A text for people. */
  readonly description?: string | null;
  /** An object only where the stored text is exactly its canonical JSON. */
  readonly metadata?: string | JsonObject | null;
  /** Where the upstream provider is reached. */
  readonly baseUrl?: string | null;
  /** The shared credential that it refers to. */
  readonly connectionId?: string | null;
  /** Seconds; `null` is the gateway's default. */
  readonly requestTimeout?: number | null;
  /** Seconds; `null` is the gateway's default. */
  readonly streamIdleTimeout?: number | null;
  /** Whether the gateway uses it. */
  readonly enabled?: boolean;
  /** What only this vendor reports. `{ withheld: true }` stands for a value that may be secret. */
  readonly native?: Readonly<Record<string, unknown>>;
  /** How it authenticates to the upstream, as far as a reply tells. */
  readonly credential: {
    /** `inline`: a secret of its own. `connection`: a shared one. `none`: a scheme without a stored secret. */
    readonly kind: "inline" | "connection" | "none" | "unknown";
    /** Where the reply tells it. */
    readonly scheme?: CredentialScheme;
    /** The vendor's redacted form of the key: opaque display text, never a key. */
    readonly hint?: string;
  };
  /** Of `status`, `healthy` and `unhealthy` mean what they say at every gateway; any other word tells nothing yet. `detail` is the vendor's, `checkedAt` when. */
  readonly health?: { readonly status: string; readonly detail?: string; readonly checkedAt?: string };
  /** When the key was last used. */
  readonly lastUsedAt?: string | null;
  /** When it was made. */
  readonly createdAt?: string | null;
  /** When it was last changed, by anybody. */
  readonly updatedAt?: string | null;
}

/** One entry of a list. `id` is absent where the vendor does not tell it; match by `slug` then. */
export type ListedProvider<Id> = Omit<ProviderState<Id>, "id"> & { readonly id?: Id };

/** Something a caller should know of an update that was accepted. */
export interface Note {
  readonly code: string;
  readonly message: string;
}
