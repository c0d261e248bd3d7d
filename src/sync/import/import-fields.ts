import type { Capabilities } from "../../contract/capabilities.ts";
import type { AnyAdapter, Gateway, ProviderId } from "../../contract/gateway.ts";
import { canonicalJson, metadataText } from "../../contract/json.ts";
import type { ProviderState } from "../../contract/state.ts";
import { type Field, givenFields, updateFields } from "../../contract/update.ts";
import { issuesIn } from "../config/check.ts";
import { placeholder, withSecrets } from "../config/desired.ts";
import { parseReference } from "../config/reference.ts";
import { compareField } from "../plan/compare.ts";
import { commentText } from "./comment.ts";
import { readBack } from "./yaml-text.ts";

/** The fields of an update, as a config holds them. */
export type WrittenFields = Readonly<Partial<Record<Field, unknown>>>;

/** What a config can say of an object, and why the rest is left out. */
export interface ImportedFields {
  readonly fields: WrittenFields;
  readonly notes: readonly string[];
}

/** What judges fields. */
export interface FieldJudge {
  readonly adapter: AnyAdapter;
  /** It is never called for a request. */
  readonly gateway: Gateway<ProviderId>;
  /** As the config says it; an empty text where it is not known. */
  readonly id: ProviderId;
}

/** One value that may go into the config: a field, or one key of `native`. */
interface Candidate {
  readonly field: Field;
  readonly key?: string;
  readonly value: unknown;
}

/** Every field that the gateway shows, that it can be told, and that then reads back as equal. */
export function importFields(
  state: ProviderState<ProviderId>,
  credential: Readonly<Record<string, string>> | undefined,
  judge: FieldJudge,
): ImportedFields {
  const { capabilities } = judge.gateway;
  const shown = updateFields
    .filter((field) => capabilities.fields[field].set)
    .flatMap((field): readonly (Candidate | string)[] => {
      if (field === "credential") return credential === undefined ? [] : [{ field, value: credential }];
      if (field === "native") return nativeCandidates(state, capabilities, judge.adapter);
      const value = state[field];
      return value === undefined || value === null ? [] : [exact({ field, value }, state)];
    });
  const notes = shown.filter((each) => typeof each === "string");
  const candidates = shown.filter((each) => typeof each !== "string");
  const { taken, refused } = select(candidates, (fields) => problemOf(fields, judge));
  return {
    fields: fieldsOf(taken),
    notes: [...notes, ...refused.map(([candidate, problem]) => `${nameOf(candidate)}: ${problem}`)],
  };
}

function nativeCandidates(
  state: ProviderState<ProviderId>,
  { fields }: Capabilities,
  { native }: AnyAdapter,
): readonly (Candidate | string)[] {
  const isKnown = (key: string, value: unknown) => {
    const result = native?.safeParse({ [key]: value });
    return result !== undefined && !result.error?.issues.some(({ code }) => code === "unrecognized_keys");
  };
  const { mode, writtenWith = [] } = fields.native;
  const loss =
    mode === "replace" ? `; a write of ${[...writtenWith, "native"].join(" or ")} without it may erase it` : "";
  return Object.entries(state.native ?? {})
    .filter(([key, value]) => !isEmpty(value) && isKnown(key, value))
    .map(([key, value]) => {
      const candidate: Candidate = { field: "native", key, value };
      const reads = `${nameOf(candidate)}: its text reads like a reference to a secret, and would be taken for one${loss}`;
      if (parseReference(value) !== undefined) return reads;
      const isShown = compareField("native", { [key]: value }, state).kind !== "unshown";
      return isShown ? exact(candidate, state) : `${nameOf(candidate)}: the gateway does not show its value${loss}`;
    });
}

/** The candidate in a form that a file keeps exactly, or why there is none. */
function exact(candidate: Candidate, state: ProviderState<ProviderId>): Candidate | string {
  const { field, key, value } = candidate;
  const isKept = (written: unknown) => {
    const back = readBack(written);
    return (
      back !== undefined && compareField(field, key === undefined ? back : { [key]: back }, state).kind === "equal"
    );
  };
  if (isKept(value)) return candidate;
  // A number of an object may be too large for a file. The text that is stored says the same.
  const text = field === "metadata" && typeof state.metadata === "object" ? metadataText(state.metadata ?? "") : value;
  return isKept(text) ? { ...candidate, value: text } : `${nameOf(candidate)}: a file cannot hold its value exactly`;
}

type Problem = string | undefined;

interface Selection {
  readonly taken: readonly Candidate[];
  readonly refused: readonly (readonly [candidate: Candidate, problem: string])[];
}

/** As many candidates as go together. One that is refused alone may be taken beside another. */
function select(
  candidates: readonly Candidate[],
  problemWith: (fields: WrittenFields) => Problem,
  earlier: readonly Candidate[] = [],
): Selection {
  const all = [...earlier, ...candidates];
  if (problemWith(fieldsOf(all)) === undefined) return { taken: all, refused: [] };
  const taken = [...earlier];
  const refused = candidates.flatMap((candidate) => {
    const problem = problemWith(fieldsOf([...taken, candidate]));
    if (problem === undefined) taken.push(candidate);
    return problem === undefined ? [] : [[candidate, problem] as const];
  });
  if (refused.length === candidates.length) return { taken, refused };
  return select(
    refused.map(([candidate]) => candidate),
    problemWith,
    taken,
  );
}

/** What the adapter says against an update of these fields. */
function problemOf(fields: WrittenFields, { gateway, id }: FieldJudge): Problem {
  const given = givenFields(fields);
  if (given.length === 0) return undefined;
  try {
    gateway.explain(
      id,
      withSecrets({ fields }, given, (_reference, member) => placeholder(member)),
    );
    return undefined;
  } catch (error) {
    // An id that is not known is no fault of the fields.
    const issues = issuesIn(error).filter(({ path }) => path !== "id");
    return issues.length === 0 ? undefined : issues.map(({ message }) => message).join("; ");
  }
}

function fieldsOf(candidates: readonly Candidate[]): WrittenFields {
  const native = candidates.flatMap(({ key, value }) => (key === undefined ? [] : [[key, value] as const]));
  const fields: Partial<Record<Field, unknown>> = {};
  for (const field of updateFields) {
    const found = candidates.find((candidate) => candidate.field === field);
    if (found !== undefined) fields[field] = field === "native" ? Object.fromEntries(native) : found.value;
  }
  return fields;
}

// Of an object a config says which members must hold: an empty one says nothing.
const isEmpty = (value: unknown) => value === null || canonicalJson(value) === "{}";

const nameOf = ({ field, key }: Candidate) => (key === undefined ? field : `${field}.${commentText(key)}`);
