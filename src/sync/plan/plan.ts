import { createHash } from "node:crypto";
import type { GatewayError } from "../../contract/errors.ts";
import type { Call, ProviderId } from "../../contract/gateway.ts";
import { canonicalJson } from "../../contract/json.ts";
import type { ProviderState } from "../../contract/state.ts";
import type { Field } from "../../contract/update.ts";
import type { CheckedBinding, CheckedConfig } from "../config/check.ts";
import type { Scope } from "../config/scope.ts";
import type { ResolvedSecrets } from "../connect.ts";
import type { Evidence, FieldFingerprints, Happening } from "../journal/event.ts";
import { Fingerprints } from "../journal/fingerprint.ts";
import type { JournalState, OpenIntent } from "../journal/state.ts";
import { type ExceededLimit, exceededLimits, parseAllowances } from "./limits.ts";
import { objectOf } from "./object.ts";
import { type Readers, type Reading, readBindings, readerFor } from "./read.ts";
import { judgeRow } from "./row.ts";
import { type Settlement, settleOpenIntents } from "./settle.ts";
import type { FieldComparison, Verdict } from "./verdict.ts";

/** What a plan says of one binding. */
export interface PlanRow {
  readonly provider: string;
  readonly gateway: string;
  readonly adapter: string;
  readonly id: ProviderId;
  /**
   * The worst of its fields' verdicts. `blocked`: the desired state contradicts what is there.
   * `failed`: the gateway could not be read.
   */
  readonly status: Verdict | "blocked" | "failed";
  readonly fields: readonly FieldComparison[];
  /** What an apply of this plan writes, in one update. */
  readonly writes: readonly Field[];
  /** Whether a secret is among it. */
  readonly writesKey: boolean;
  /** Of what is written, where there can be one: what is resolved when it is applied must be the same. */
  readonly fingerprints: FieldFingerprints;
  /** What tells whether the object moved since. */
  readonly seen: Evidence;
  /** Why the row is blocked, or what a writer should know. */
  readonly reason?: string;
  readonly error?: GatewayError;
}

/** The computed differences of a config. Making it writes nothing. The same inputs give the same plan. */
export interface Plan {
  readonly version: 1;
  /** Whether fields that cannot be verified are written too. */
  readonly writeUnverified: boolean;
  /** Whether a field that may have been changed elsewhere counts as changed. */
  readonly strict: boolean;
  readonly scope: Required<Scope>;
  /** Whether there is a journal that tells of any write: without one nothing is known of what no gateway shows. */
  readonly journal: boolean;
  /** Names the key of the fingerprints, without telling it; null where there is none. */
  readonly fingerprintKey: string | null;
  /** What was allowed beyond the limits, as it was given. */
  readonly allow: readonly string[];
  readonly rows: readonly PlanRow[];
  /** A plan with any of these is not carried out. */
  readonly exceeded: readonly ExceededLimit[];
  /** SHA-256 of everything else in it. */
  readonly digest: string;
}

/** What a plan is made from. It has no method that writes. */
export interface PlanInput {
  readonly checked: CheckedConfig;
  /** Those in scope. */
  readonly bindings: readonly CheckedBinding[];
  readonly readers: Readers;
  /** What the journal says; absent where there is none. */
  readonly journal?: JournalState | undefined;
  readonly fingerprints?: Fingerprints;
  /** The secrets of the bindings in scope: needed where the fingerprints have a key. */
  readonly secretOf?: ResolvedSecrets;
  /** Whether the requests of an earlier write of unknown outcome are surely over: then what was read settles it. */
  readonly isOver?: (open: OpenIntent) => boolean;
}

/** How a plan is made. */
export interface PlanOptions extends Call {
  readonly writeUnverified?: boolean;
  readonly strict?: boolean;
  readonly scope?: Scope;
  readonly allow?: readonly string[];
}

/** A plan, and what was learned on the way: for the journal. */
export interface Planned {
  readonly plan: Plan;
  /** Earlier writes of unknown outcome that the reading settled; the fold that was handed in has taken them in. */
  readonly settled: readonly Settlement[];
  /** Readable ids that were seen for the first time: a journal that keeps them lets later plans list. */
  readonly observed: readonly Extract<Happening, { type: "observed" }>[];
}

/**
 * Reads every binding in scope and compares. A gateway that cannot be read fails its own rows only.
 * @throws ConfigError for an allowance that cannot be read
 */
export async function makePlan(input: PlanInput, options: PlanOptions = {}): Promise<Planned> {
  const { checked, bindings, readers, journal, fingerprints = new Fingerprints(), isOver = () => true } = input;
  const { writeUnverified = false, strict = false, allow = [], scope = {}, signal } = options;
  const allowances = parseAllowances(allow, checked.bindings);
  const { all: secrets = [] } = input.secretOf ?? {};
  const call: Call = { secrets, ...(signal === undefined ? {} : { signal }) };
  const readings = await readBindings(bindings, readers, journal, call);
  const settled = journal === undefined ? [] : settleOpenIntents(bindings, readings, journal, fingerprints, isOver);
  const rows = bindings.map((binding): PlanRow => {
    const reading = readings.get(binding);
    const about = aboutOf(binding);
    if (reading === undefined) throw new Error("a binding was not read");
    if ("error" in reading) return { ...about, ...NOTHING, status: "failed", error: reading.error };
    const knowledge = { journal, fingerprints, secretOf: input.secretOf };
    const { capabilities } = readerFor(readers, binding);
    return { ...about, ...judgeRow(binding, reading.state, capabilities, knowledge, { writeUnverified, strict }) };
  });
  const { gateways = [], providers = [], tags = [] } = scope;
  const body: Omit<Plan, "digest"> = {
    version: 1,
    writeUnverified,
    strict,
    scope: { gateways, providers, tags },
    journal: journal?.hasEvidence === true,
    fingerprintKey: fingerprints.keyId ?? null,
    allow,
    rows,
    exceeded: exceededLimits(checked, rows, allowances),
  };
  const observed = bindings.flatMap((binding) => observationOf(binding, readings.get(binding), journal));
  return { plan: { ...body, digest: digestOf(body) }, settled, observed };
}

/** The same look at things with nothing proposed. */
export function withoutProposal(plan: Plan): Plan {
  const rows = plan.rows.map((row) => ({ ...row, writes: [], writesKey: false, fingerprints: {} }));
  const body = { ...plan, rows, exceeded: [] };
  return { ...body, digest: digestOf(body) };
}

/** SHA-256 over the canonical JSON of a plan without its digest. */
export function digestOf(plan: object): string {
  const { digest: _digest, ...body }: Record<string, unknown> = JSON.parse(JSON.stringify(plan));
  return createHash("sha256")
    .update(canonicalJson(body) ?? "")
    .digest("hex");
}

const NOTHING = { fields: [], writes: [], writesKey: false, fingerprints: {}, seen: {} } as const;

const aboutOf = ({ provider, gateway, entry, providerId }: CheckedBinding) => {
  return { provider, gateway, adapter: entry.adapter, id: providerId };
};

// Only where a list tells no ids is the readable id worth remembering.
function observationOf(
  binding: CheckedBinding,
  reading: Reading | undefined,
  journal: JournalState | undefined,
): Planned["observed"] {
  const state: ProviderState<ProviderId> | undefined =
    reading !== undefined && "state" in reading ? reading.state : undefined;
  const object = objectOf(binding);
  if (state?.slug === undefined || state.slug === state.id || journal?.record(object)?.slug === state.slug) return [];
  return [{ type: "observed", object, slug: state.slug }];
}
