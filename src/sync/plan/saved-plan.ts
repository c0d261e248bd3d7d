import { StalePlanError } from "../../contract/errors.ts";
import { canonicalJson } from "../../contract/json.ts";
import type { Field } from "../../contract/update.ts";
import type { CheckedBinding, UnmadeBinding } from "../config/check.ts";
import type { InScope } from "../config/scope.ts";
import { digestOf } from "./digest.ts";
import { type PlanDocument, planDocument } from "./document.ts";
import { isActed, type Plan, type Planned, type PlanRow } from "./plan.ts";

// Ten thousand rows and more; what is larger would be held in memory several times.
const LARGEST = 16 * 1024 * 1024;

type SavedRow = PlanDocument["rows"][number];

/** A plan as the text of a file: the same plan gives the same bytes. */
export function renderPlanFile(plan: Plan | PlanDocument): string {
  return render(plan);
}

const render = (plan: unknown) => `${JSON.stringify(plan, null, 2)}\n`;

/**
 * Reads a plan from the text of a file.
 * @throws StalePlanError when it is not, byte for byte, what was written, or has more than 16 MiB
 */
export function readPlanFile(file: string, text: string): PlanDocument {
  if (text.length > LARGEST) {
    throw new StalePlanError(`${file} is larger than 16 MiB; make plans of parts, with --gateway, --provider or --tag`);
  }
  const given = parseJson(text);
  const document = mayBePlan(given) ? planDocument.safeParse(given) : undefined;
  if (!document?.success) throw new StalePlanError(`${file} is not a plan of this version; make it again`);
  const { data } = document;
  // What was checked has its members in the schema's order: the bytes are those of what was given.
  if (render(given) !== text || digestOf(data) !== data.digest) {
    throw new StalePlanError(`${file} was edited after it was made; make it again`);
  }
  return data;
}

// What no run wrote may be nested without end, and the whole check notes every single problem: this one ends at the first.
function mayBePlan(given: unknown): boolean {
  if (canonicalJson(given) === undefined) return false;
  const rows = typeof given === "object" && given !== null && "rows" in given ? given.rows : undefined;
  return Array.isArray(rows) && rows.every((row: unknown) => planDocument.shape.rows.element.safeParse(row).success);
}

/**
 * What a saved plan writes, makes and removes, of what is in its scope now.
 * @throws StalePlanError for what is not there any more
 */
export function partOfPlan(saved: PlanDocument, { bindings, unmade, removals }: InScope): InScope {
  const names = new Set(saved.rows.filter(isActed).map(nameOf));
  const having = <Item extends CheckedBinding | UnmadeBinding>(items: readonly Item[]) =>
    items.filter((binding) => names.has(nameOfBinding(binding)));
  const part = { bindings: having(bindings), unmade: having(unmade), removals: having(removals) };
  const found = new Set([...part.bindings, ...part.unmade, ...part.removals].map(nameOfBinding));
  const lost = [...names].filter((name) => !found.has(name));
  if (lost.length > 0) throw new StalePlanError(`the config has no binding any more for ${lost.join(", ")}`);
  return part;
}

/**
 * What is carried out of a saved plan, after a new look at everything that it writes.
 * @throws StalePlanError when anything of it moved, at a gateway or in the config
 */
export function confirmPlan(saved: PlanDocument, fresh: Planned): Planned {
  const freshRows = new Map(fresh.plan.rows.map((row) => [nameOf(row), row]));
  const moved: string[] = [];
  const rows = saved.rows.flatMap((row): PlanRow[] => {
    if (!isActed(row)) return notPlanned(row);
    const now = freshRows.get(nameOf(row));
    // A gateway that cannot be read now fails its own rows. An object that is gone has moved.
    if (now?.status === "failed" && now.error?.name !== "NotFoundError") return [now];
    if (now === undefined || !isSame(row, now)) {
      moved.push(nameOf(row));
      return [];
    }
    // The saved fingerprints: a secret that differs from the planned one blocks its row.
    return [{ ...now, writes: row.writes, fingerprints: row.fingerprints }];
  });
  if (moved.length > 0) {
    throw new StalePlanError(`changed since the plan was made: ${moved.join(", ")}; make the plan again`);
  }
  return { ...fresh, plan: { ...fresh.plan, rows, digest: saved.digest } };
}

// A row that could not be planned ends with what the plan said of it.
function notPlanned({ error, ...row }: SavedRow): PlanRow[] {
  if (row.status === "blocked") return [row];
  if (row.status !== "failed") return [];
  const reason = `the plan could not read it: ${error?.name ?? "error"}: ${error?.message ?? ""}`;
  return [{ ...row, status: "blocked", reason }];
}

function isSame(saved: SavedRow, now: PlanRow): boolean {
  const foreign = saved.fields
    .map(({ field }) => field)
    .filter((field) => isKeyed(saved.fingerprints[field]) && saved.fingerprints[field] !== now.fingerprints[field]);
  if (now.status === "blocked") return false;
  return canonicalJson(viewOf(saved, foreign)) === canonicalJson(viewOf(now, foreign));
}

const isKeyed = (fingerprint: string | undefined) => fingerprint?.startsWith("keyed:") === true;

// A field whose secret differs from the planned one is not compared: its row is going to be blocked for that.
function viewOf(row: SavedRow | PlanRow, foreign: readonly Field[]): unknown {
  const isCompared = (field: Field) => !foreign.includes(field);
  const fields = row.fields.filter(({ field }) => isCompared(field));
  const fingerprints = Object.entries(row.fingerprints).filter(([field]) => !foreign.some((each) => each === field));
  const whole = foreign.length > 0 ? {} : { status: row.status, writes: row.writes };
  const { adapter, creation, seen, affects } = row;
  return JSON.parse(JSON.stringify({ ...whole, adapter, creation, fields, seen, affects, fingerprints }));
}

const nameOf = ({ provider, gateway, id }: Pick<PlanRow, "provider" | "gateway" | "id">) =>
  id === null ? `${gateway}, which is to make ${provider}` : `${gateway} ${id}`;

const nameOfBinding = (binding: CheckedBinding | UnmadeBinding) =>
  nameOf({ ...binding, id: "providerId" in binding ? binding.providerId : null });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
