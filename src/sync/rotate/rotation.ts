import type { GatewayError } from "../../contract/errors.ts";
import type { Call, Gateway, ProviderId, UsingProvider } from "../../contract/gateway.ts";
import type { Secret } from "../../contract/secret.ts";
import type { Note, ProviderState } from "../../contract/state.ts";
import type { Field } from "../../contract/update.ts";
import type { ApplyCall } from "../apply/apply.ts";
import type { CheckedBinding, CheckedConfig } from "../config/check.ts";
import { referenceKey, type SecretReference } from "../config/reference.ts";
import type { Connections, ResolvedSecrets } from "../connect.ts";
import type { Fingerprints } from "../journal/fingerprint.ts";
import type { Journal } from "../journal/journal.ts";
import type { HeldKey } from "../journal/rotation.ts";
import type { OnProgress } from "../progress.ts";
import type { Runtime } from "../runtime.ts";
import type { RotationSelection } from "./select.ts";

/** Which of a rotation's keys. */
export type WhichKey = "new" | "old";

/** A key and the reference to it. */
export interface RotationKey {
  readonly reference: SecretReference;
  readonly secret: Secret;
}

/** What a check of the user's is told: never the key itself. */
export interface VerifyTarget {
  readonly provider: string;
  readonly gateway: string;
  readonly id: ProviderId;
}

/** The user's own check of a key at a gateway, such as a real request through it. Whatever it throws counts as no. */
export type VerifyKey = (target: VerifyTarget, key: Secret, call: Call) => Promise<boolean>;

/** What a rotation works with. */
export interface RotationInput {
  /** The whole config, which limits are shares of. */
  readonly checked: CheckedConfig;
  readonly selection: RotationSelection;
  /** The new key. */
  readonly to: RotationKey;
  /** Absent: nothing can be put back, so `onFailure` is `keep`. */
  readonly from?: RotationKey;
  /**
   * What a failure leads to. `restore` puts the old key back wherever the new one may be. `keep` goes on wherever it can: right
   * where the old key has leaked.
   */
  readonly onFailure: "restore" | "keep";
  /** The user's own check of each key at each gateway. */
  readonly verify?: VerifyKey;
  /** Milliseconds within which a health probe must have found the key good. Default 60,000. */
  readonly probeWithinMs?: number;
  readonly connections: Connections;
  /** Secrets besides the key that some target's write carries along: see `secretsBesideKey`. */
  readonly secretOf: ResolvedSecrets;
  readonly fingerprints: Fingerprints;
  readonly journal: Journal;
  /** Who runs it, for the journal; and its clock. */
  readonly runtime: Pick<Runtime, "actor" | "hostName" | "pid" | "now" | "sleep">;
  /** Why it is done, for the journal. */
  readonly reason?: string;
  /** Limits to go beyond, as `key:GATEWAY=12`. */
  readonly allow?: readonly string[];
  /** Told of the work, and of the waits for health probes and for requests that may still be under way. */
  readonly onProgress?: OnProgress;
}

/** How a rotation ends early: `stopping` leads to its failure, and to the restore of what was written. */
export type RotationCall = Omit<ApplyCall, "onProgress">;

/** One object of a rotation, as it was before it. */
export interface Target {
  readonly binding: CheckedBinding;
  readonly gateway: Gateway<ProviderId>;
  /** Those that hold the key. */
  readonly keyFields: readonly Field[];
  /** What is written with it, because it would be reset or refused otherwise. */
  readonly writes: readonly Field[];
  readonly before: ProviderState<ProviderId>;
}

/** What shows that a write took effect. `read`: the gateway still answers for the object, and nothing better is known. */
export type RotationEvidence = "hint" | "updatedAt" | "health" | "verify" | "read";

/** What is known of one object at the end of a rotation. */
export interface RotatedRow {
  readonly provider: string;
  readonly gateway: string;
  readonly adapter: string;
  readonly id: ProviderId;
  /** The key that it holds. */
  readonly holds: HeldKey;
  /** What shows it, of the last write. */
  readonly evidence: readonly RotationEvidence[];
  /** The gateway says that the key was used since it was written; absent where it does not tell. */
  readonly inUse?: boolean;
  /** The providers that a shared credential reaches; absent where it is none. */
  readonly affects?: readonly UsingProvider[];
  readonly notes: readonly Note[];
  /** What a reader should know. */
  readonly reason?: string;
  readonly error?: GatewayError;
}

/** The outcome of a rotation. It is never a silent mix: what is neither all new nor all old needs an operator. */
export interface RotationResult {
  readonly version: 1;
  /** The name of the run in the journal. */
  readonly run: string;
  /** `needs-operator`: a row says what its object holds as far as anybody knows. */
  readonly status: "all-new" | "all-old" | "needs-operator";
  /** In the order in which they were written. */
  readonly rows: readonly RotatedRow[];
  /** What first stood against the new key. */
  readonly failure?: string;
  /** Other objects of the config that hold the old key by what the journal knows; absent where it cannot know. */
  readonly oldKeyElsewhere?: readonly VerifyTarget[];
  /** It was told to end before everything was done. */
  readonly cancelled: boolean;
  /** It can be gone on with: the journal has no end of it, or it needs an operator. */
  readonly resumable: boolean;
  /** Why the journal could not be written any more: nothing was sent after that. */
  readonly journalError?: string;
}

/** The secrets of a write in which the rotated reference stands for this key. */
export function withKey(
  input: Pick<RotationInput, "selection" | "secretOf" | "to" | "from">,
  which: WhichKey,
): ResolvedSecrets {
  const { selection, secretOf, to, from } = input;
  const key = which === "new" ? to : from;
  if (key === undefined) throw new Error("the old key was not given");
  const rotated = referenceKey(selection.reference);
  const resolve = (reference: SecretReference) =>
    referenceKey(reference) === rotated ? key.secret : secretOf(reference);
  return Object.assign(resolve, { all: allSecrets(input) });
}

/** What no answer of a gateway may show. */
export function allSecrets({ secretOf, to, from }: Pick<RotationInput, "secretOf" | "to" | "from">): readonly Secret[] {
  return [...(secretOf.all ?? []), to.secret, ...(from === undefined ? [] : [from.secret])];
}

/** A binding's place in messages and for the user's check. */
export function placeOf({ provider, gateway, providerId: id }: CheckedBinding): VerifyTarget {
  return { provider, gateway, id };
}

/** A call that either signal ends. */
export function stoppable({ stopping, signal }: RotationCall): Call {
  const signals = [stopping, signal].filter((each) => each !== undefined);
  return signals.length === 0 ? {} : { signal: AbortSignal.any(signals) };
}
