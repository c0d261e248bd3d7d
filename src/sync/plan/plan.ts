import { type GatewayError, isGatewayError } from "../../contract/errors.ts";
import type { Call, ProviderId, UsingProvider } from "../../contract/gateway.ts";
import type { ProviderState } from "../../contract/state.ts";
import type { Field } from "../../contract/update.ts";
import type { CheckedBinding, CheckedConfig, UnmadeBinding } from "../config/check.ts";
import type { Binding, WrittenCreation } from "../config/config.ts";
import type { Scope } from "../config/scope.ts";
import type { ResolvedSecrets } from "../connect.ts";
import type { Evidence, FieldFingerprints, Happening } from "../journal/event.ts";
import type { Fingerprints } from "../journal/fingerprint.ts";
import type { JournalState, OpenCall } from "../journal/state.ts";
import type { OnProgress } from "../progress.ts";
import { creationRow } from "./creation-row.ts";
import { digestOf } from "./digest.ts";
import { type ExceededLimit, exceededLimits, parseAllowances } from "./limits.ts";
import { type Look, lookAround, readingOf } from "./look.ts";
import { objectOf } from "./object.ts";
import { withReach } from "./reach.ts";
import { type Readers, type Reading, readerFor } from "./read.ts";
import { removalRow } from "./removal-row.ts";
import { judgeRow } from "./row.ts";
import type { SettledCreation, Settlement } from "./settle.ts";
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
  /** Each field that the config gives. */
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
  /** What it is restricted to. */
  readonly scope: Required<Scope>;
  /** Whether there is a journal that tells of any write: without one nothing is known of what no gateway shows. */
  readonly journal: boolean;
  /** Names the key of the fingerprints, without telling it; null where there is none. */
  readonly fingerprintKey: string | null;
  /** What was allowed beyond the limits, as it was given. */
  readonly allow: readonly string[];
  /** In the order of the config. */
  readonly rows: readonly PlanRow[];
  /** A plan with any of these is not carried out. */
  readonly exceeded: readonly ExceededLimit[];
  /** SHA-256 of everything else in it. */
  readonly digest: string;
}

/** What a plan is made from. It has no method that writes. */
export interface PlanInput {
  /** The whole config, which limits are shares of. */
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
  /** Whether fields that cannot be verified are written too. Default false. */
  readonly writeUnverified?: boolean;
  /** Whether a field that may have been changed elsewhere counts as changed. Default false. */
  readonly strict?: boolean;
  /** What `removals` has is removed. */
  readonly prune?: boolean;
  /** How many objects could be removed, to be told where nothing is. */
  readonly removable?: number;
  /** For the record: what the bindings were restricted to. */
  readonly scope?: Scope;
  /** Limits to go beyond, as `update:GATEWAY=12`. */
  readonly allow?: readonly string[];
  /** Told how many objects are read. */
  readonly onProgress?: OnProgress;
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
  const { checked, removals = [] } = input;
  const { allow = [] } = options;
  const allowances =
    allow.length === 0 ? [] : parseAllowances(allow, [...checked.bindings, ...checked.unmade, ...removals]);
  const look = await lookAround(input, options);
  const ordered = inOrderOf(checked, boundRows(look, options).concat(await newRows(look)));
  const rows = await withReach(ordered.concat(await removalRows(look)), input.readers, look.call);
  const body = { ...headOf(input, options), rows, exceeded: exceededLimits(checked, rows, allowances) };
  const { bindings, unmade, readings, settled, settledCreations } = look;
  return {
    plan: { ...body, digest: digestOf(body) },
    settled,
    settledCreations,
    bindings: [...bindings, ...removals],
    unmade,
    observed: bindings.flatMap((binding) => observationOf(binding, readings.get(binding), input.journal)),
  };
}

function boundRows({ input, fingerprints, readings, bindings }: Look, options: PlanOptions): PlanRow[] {
  const { readers, journal, secretOf } = input;
  const { writeUnverified = false, strict = false } = options;
  const knowledge = { journal, fingerprints, secretOf };
  return bindings.map((binding): PlanRow => {
    const reading = readingOf(binding, readings);
    const { provider, gateway, entry, providerId: id } = binding;
    const { adapter } = entry;
    if ("error" in reading) {
      return { provider, gateway, adapter, id, ...NOTHING, status: "failed", error: reading.error };
    }
    const { capabilities } = readerFor(readers, binding);
    const judged = judgeRow(binding, reading.state, capabilities, knowledge, { writeUnverified, strict });
    const { status, fields, writes, writesKey, fingerprints: prints, seen, reason } = judged;
    const row = { provider, gateway, adapter, id, status, fields, writes, writesKey, fingerprints: prints, seen };
    return reason === undefined ? row : { ...row, reason };
  });
}

async function newRows({ input, fingerprints, lists, unmade, obstacles }: Look): Promise<PlanRow[]> {
  const knowledge = { journal: input.journal, fingerprints, secretOf: input.secretOf };
  const rows: PlanRow[] = [];
  for (const binding of unmade) {
    rows.push(creationRow(binding, await lists.of(binding.gateway), obstacles.get(binding), knowledge));
  }
  return rows;
}

async function removalRows(look: Look): Promise<PlanRow[]> {
  const { readers, journal, removals = [] } = look.input;
  if (removals.length === 0) return [];
  const claimantOf = await claimants(look);
  return removals.map((binding) => {
    const { capabilities } = readerFor(readers, binding);
    return removalRow(binding, readingOf(binding, look.readings), capabilities, journal, claimantOf(binding));
  });
}

/** A plan without what was found. */
function headOf(
  { journal, fingerprints }: PlanInput,
  options: PlanOptions,
): Omit<Plan, "rows" | "exceeded" | "digest"> {
  const { writeUnverified = false, strict = false, prune = false, removable = 0, scope = {}, allow = [] } = options;
  const { gateways = [], providers = [], tags = [] } = scope;
  return {
    version: 1,
    writeUnverified,
    strict,
    ...(prune && { prune }),
    ...(!prune && removable > 0 && { removable }),
    scope: { gateways, providers, tags },
    journal: journal?.hasEvidence === true,
    fingerprintKey: fingerprints?.keyId ?? null,
    allow,
  };
}

/** The providers that would be made under the name of an object that is there, by its gateway and id. */
async function claimants({ lists, unmade }: Look): Promise<(object: CheckedBinding) => string | undefined> {
  const providers = new Map<string, Map<unknown, string>>();
  for (const { gateway, provider, creation, fields } of unmade) {
    const listing = await lists.of(gateway);
    if (isGatewayError(listing)) continue;
    const claimed = providers.get(gateway) ?? new Map<unknown, string>();
    providers.set(gateway, claimed);
    for (const { id } of listing.alike({ ...creation, name: fields.name })) {
      if (!claimed.has(id)) claimed.set(id, provider);
    }
  }
  return ({ gateway, providerId }) => providers.get(gateway)?.get(providerId);
}

// As in the config, so that a row keeps its place when its object is made.
function inOrderOf({ config }: CheckedConfig, rows: readonly PlanRow[]): readonly PlanRow[] {
  if (isInOrder(config.bindings, rows)) return rows;
  const order = new Map(config.bindings.map((binding, index) => [nameOf(binding), index]));
  const ranks = new Map(rows.map((row) => [row, order.get(nameOf(row)) ?? 0]));
  const rank = (row: PlanRow) => ranks.get(row) ?? 0;
  return [...rows].sort((left, right) => rank(left) - rank(right));
}

// Most plans are, and need no maps of all their rows for it.
function isInOrder(bindings: readonly Binding[], rows: readonly PlanRow[]): boolean {
  let place = 0;
  return rows.every(({ provider, gateway }) => {
    const isOther = (each: Binding) => each.provider !== provider || each.gateway !== gateway;
    for (let each = bindings[place]; each !== undefined && isOther(each); each = bindings[place]) place += 1;
    place += 1;
    return place <= bindings.length;
  });
}

const nameOf = ({ provider, gateway }: Pick<PlanRow, "provider" | "gateway">) => `${provider} ${gateway}`;

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

const NOTHING = { fields: [], writes: [], writesKey: false, fingerprints: {}, seen: {} } as const;

// Only where a list tells no ids is the readable id worth remembering.
function observationOf(
  binding: CheckedBinding,
  reading: Reading | undefined,
  journal: JournalState | undefined,
): Planned["observed"] {
  const state: ProviderState<ProviderId> | undefined =
    reading !== undefined && "state" in reading ? reading.state : undefined;
  if (state?.slug === undefined || state.slug === state.id) return [];
  const object = objectOf(binding);
  if (journal?.record(object)?.slug === state.slug) return [];
  return [{ type: "observed", object, slug: state.slug }];
}
