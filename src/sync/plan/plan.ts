import { createHash } from "node:crypto";
import { type GatewayError, isGatewayError } from "../../contract/errors.ts";
import type { Call, ProviderId, UsingProvider } from "../../contract/gateway.ts";
import { canonicalJson } from "../../contract/json.ts";
import type { ProviderState } from "../../contract/state.ts";
import type { Field } from "../../contract/update.ts";
import type { CheckedBinding, CheckedConfig, UnmadeBinding } from "../config/check.ts";
import type { WrittenCreation } from "../config/config.ts";
import type { Scope } from "../config/scope.ts";
import type { ResolvedSecrets } from "../connect.ts";
import type { Evidence, FieldFingerprints, Happening } from "../journal/event.ts";
import { Fingerprints } from "../journal/fingerprint.ts";
import type { JournalState, OpenCall } from "../journal/state.ts";
import { creationRow } from "./creation-row.ts";
import { type ExceededLimit, exceededLimits, parseAllowances } from "./limits.ts";
import { Lists, lookAlikes } from "./look-alikes.ts";
import { objectOf } from "./object.ts";
import { withReach } from "./reach.ts";
import { type Readers, type Reading, readBindings, readerFor } from "./read.ts";
import { removalRow } from "./removal-row.ts";
import { judgeRow } from "./row.ts";
import { type SettledCreation, type Settlement, settleOpenIntents } from "./settle.ts";
import { settleCreations } from "./settle-creations.ts";
import { withKnownObjects } from "./unmade.ts";
import type { FieldComparison, Verdict } from "./verdict.ts";

/** What a plan says of one binding, or of an object that no binding is about any more. */
export interface PlanRow {
  readonly provider: string;
  readonly gateway: string;
  readonly adapter: string;
  /** Null where the object is to be made. */
  readonly id: ProviderId | null;
  /**
   * The worst of its fields' verdicts. `create`: there is no object yet. `remove`: no binding is about it any more.
   * `blocked`: the desired state contradicts what is there. `failed`: the gateway could not be read.
   */
  readonly status: Verdict | "create" | "remove" | "blocked" | "failed";
  /** What is fixed once the object exists; there where it is to be made. */
  readonly creation?: WrittenCreation;
  readonly fields: readonly FieldComparison[];
  /** What an apply of this plan writes, in one update. */
  readonly writes: readonly Field[];
  /** Whether a secret is among it. */
  readonly writesKey: boolean;
  /** Of what is written, where there can be one: what is resolved when it is applied must be the same. */
  readonly fingerprints: FieldFingerprints;
  /** What tells whether the object moved since. */
  readonly seen: Evidence;
  /** The providers that a write of a shared object reaches. */
  readonly affects?: readonly UsingProvider[];
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
  /** Whether what was made or adopted, and is described no more, is removed. */
  readonly prune?: true;
  /** How many objects would be, were it asked for. */
  readonly removable?: number;
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
  /** Those in scope that have no id in the config. */
  readonly unmade?: readonly UnmadeBinding[];
  /** What is removed: see `removableObjects`. */
  readonly removals?: readonly CheckedBinding[];
  readonly readers: Readers;
  /** What the journal says; absent where there is none. */
  readonly journal?: JournalState | undefined;
  readonly fingerprints?: Fingerprints;
  /** The secrets of the bindings in scope: needed where the fingerprints have a key. */
  readonly secretOf?: ResolvedSecrets;
  /** Whether the requests of an earlier write of unknown outcome are surely over: then what was read settles it. */
  readonly isOver?: (open: OpenCall) => boolean;
}

/** How a plan is made. */
export interface PlanOptions extends Call {
  readonly writeUnverified?: boolean;
  readonly strict?: boolean;
  /** What `removals` has is removed. */
  readonly prune?: boolean;
  /** How many objects could be removed, to be told where nothing is. */
  readonly removable?: number;
  readonly scope?: Scope;
  readonly allow?: readonly string[];
}

/** A plan, and what was learned on the way: for the journal. */
export interface Planned {
  readonly plan: Plan;
  /** Earlier writes of unknown outcome that the reading settled; the fold that was handed in has taken them in. */
  readonly settled: readonly Settlement[];
  /** Earlier creations of unknown outcome that the list settled. */
  readonly settledCreations: readonly SettledCreation[];
  /** What the rows with an id are about: every binding, those included whose object the journal knows, and what is removed. */
  readonly bindings: readonly CheckedBinding[];
  /** What the rows without an id are about. */
  readonly unmade: readonly UnmadeBinding[];
  /** Readable ids that were seen for the first time: a journal that keeps them lets later plans list. */
  readonly observed: readonly Extract<Happening, { type: "observed" }>[];
}

/**
 * Reads every binding in scope and compares. A gateway that cannot be read fails its own rows only.
 * @throws ConfigError for an allowance that cannot be read
 */
export async function makePlan(input: PlanInput, options: PlanOptions = {}): Promise<Planned> {
  const { checked, readers, journal, fingerprints = new Fingerprints(), isOver = () => true } = input;
  const { removals = [], secretOf } = input;
  const {
    writeUnverified = false,
    strict = false,
    allow = [],
    scope = {},
    prune = false,
    removable = 0,
    signal,
  } = options;
  const allowances = parseAllowances(allow, [...checked.bindings, ...checked.unmade, ...removals]);
  const { all: secrets = [] } = secretOf ?? {};
  const call: Call = { secrets, ...(signal === undefined ? {} : { signal }) };
  const lists = new Lists(readers, call);
  const given = withKnownObjects(input.unmade ?? [], checked, journal);
  const creations = { readers, lists, journal, fingerprints, secretOf, isOver, call };
  const { settled: settledCreations, obstacles } = await settleCreations(given.unmade, creations);
  const found = withKnownObjects(given.unmade, checked, journal);
  const known = [...given.known, ...found.known];
  const described = [...input.bindings, ...known];
  const all = [...described, ...removals];
  const readings = await readBindings(all, readers, journal, call);
  const settled = journal === undefined ? [] : settleOpenIntents(all, readings, journal, fingerprints, isOver);
  // What was made once and is gone is made again, as the config says; what has its id there is missed.
  const isLost = (binding: CheckedBinding) => binding.id === undefined && isGone(readings.get(binding));
  const gone = described.filter(isLost).flatMap(unmadeAgain);
  const bindings = described.filter((binding) => !isLost(binding));
  const unmade = [...found.unmade, ...gone];
  const knowledge = { journal, fingerprints, secretOf };
  const rows = bindings.map((binding): PlanRow => {
    const reading = readingOf(binding, readings);
    const about = aboutOf(binding);
    if ("error" in reading) return { ...about, ...NOTHING, status: "failed", error: reading.error };
    const { capabilities } = readerFor(readers, binding);
    return { ...about, ...judgeRow(binding, reading.state, capabilities, knowledge, { writeUnverified, strict }) };
  });
  for (const binding of unmade) {
    rows.push(creationRow(binding, await lists.of(binding.gateway), obstacles.get(binding), knowledge));
  }
  const ordered = inOrderOf(checked, rows);
  for (const binding of removals) {
    const { capabilities } = readerFor(readers, binding);
    const wanted = await claimantOf(binding, unmade, lists);
    ordered.push(removalRow(binding, readingOf(binding, readings), capabilities, journal, wanted));
  }
  const reaching = await withReach(ordered, readers, call);
  const { gateways = [], providers = [], tags = [] } = scope;
  const body: Omit<Plan, "digest"> = {
    version: 1,
    writeUnverified,
    strict,
    ...(prune && { prune }),
    ...(!prune && removable > 0 && { removable }),
    scope: { gateways, providers, tags },
    journal: journal?.hasEvidence === true,
    fingerprintKey: fingerprints.keyId ?? null,
    allow,
    rows: reaching,
    exceeded: exceededLimits(checked, reaching, allowances),
  };
  const observed = bindings.flatMap((binding) => observationOf(binding, readings.get(binding), journal));
  const plan = { ...body, digest: digestOf(body) };
  return { plan, settled, settledCreations, bindings: [...bindings, ...removals], unmade, observed };
}

function readingOf(binding: CheckedBinding, readings: ReadonlyMap<CheckedBinding, Reading>): Reading {
  const reading = readings.get(binding);
  if (reading === undefined) throw new Error("a binding was not read");
  return reading;
}

const isGone = (reading: Reading | undefined) =>
  reading !== undefined && "error" in reading && reading.error.name === "NotFoundError";

function unmadeAgain({ providerId: _id, creation, ...binding }: CheckedBinding): UnmadeBinding[] {
  return creation === undefined ? [] : [{ ...binding, creation }];
}

/** The provider that would be made under the name of an object that is removed. */
async function claimantOf(
  removal: CheckedBinding,
  unmade: readonly UnmadeBinding[],
  lists: Lists,
): Promise<string | undefined> {
  for (const { gateway, provider, creation, fields } of unmade.filter((each) => each.gateway === removal.gateway)) {
    const entries = await lists.of(gateway);
    if (isGatewayError(entries)) continue;
    const alike = lookAlikes({ ...creation, name: fields.name }, entries);
    if (alike.some(({ id }) => id === removal.providerId)) return provider;
  }
  return undefined;
}

// As in the config, so that a row keeps its place when its object is made.
function inOrderOf({ config }: CheckedConfig, rows: readonly PlanRow[]): PlanRow[] {
  const order = new Map(config.bindings.map(({ provider, gateway }, index) => [`${provider} ${gateway}`, index]));
  const rank = ({ provider, gateway }: PlanRow) => order.get(`${provider} ${gateway}`) ?? 0;
  return [...rows].sort((left, right) => rank(left) - rank(right));
}

/** Whether an apply does anything about a row. */
export function isActed({ status, writes }: Pick<PlanRow, "status" | "writes">): boolean {
  return status === "remove" || writes.length > 0;
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
