import { canonicalJson } from "../../../contract/json.ts";
import type { FieldComparison } from "../../../sync/index.ts";
import { holdsKey } from "./age.ts";
import type { DiffLine } from "./page-model.ts";

/** Characters of one value at most: the whole of what any gateway takes, and an end to what is not meant to be read. */
const LONGEST_VALUE = 20_000;

/** A field's difference, line by line: of objects only the members that differ are set off. */
export function diffOf(comparison: FieldComparison, isUnmade: boolean): DiffLine[] {
  const { field, verdict, before, after } = comparison;
  if (verdict === "in-sync") return [];
  if (field === "credential") return credentialLines(comparison, isUnmade);
  if (isUnmade) return [{ sign: "+", text: shown(after) }];
  if (before === undefined) return [{ sign: "-", text: "(not shown)" }, ...added(after)];
  if (isObject(before) && isObject(after)) return memberLines(before, after);
  return [{ sign: "-", text: shown(before) }, ...added(after)];
}

const added = (after: unknown): DiffLine[] => [
  after === null ? { sign: "+", text: "(empty: cleared)" } : { sign: "+", text: shown(after) },
];

// What is desired holds references; what is reported, the gateway's redacted form.
function credentialLines({ verdict, before, after }: FieldComparison, isUnmade: boolean): DiffLine[] {
  const isNew = verdict === "changed" || verdict === "drift";
  const about = isObject(after) ? membersOf(after).join(", ") : shown(after);
  const text = holdsKey(after) ? `${isNew ? "a new key" : "the config's key"}: ${about}` : about;
  const old: DiffLine = { sign: "-", text: before === undefined ? "(not shown)" : shown(before) };
  return [...(isUnmade ? [] : [old]), { sign: "+", text }];
}

function membersOf({ scheme, ...others }: Readonly<Record<string, unknown>>): string[] {
  const names = Object.keys(others).sort();
  return [shown(scheme), ...names.map((name) => `${name} ${shown(others[name])}`)];
}

function memberLines(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): DiffLine[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const [old = [], desired = []] = [before, after].map((side) =>
      Object.hasOwn(side, name) ? [`${name}: ${shown(side[name])}`] : [],
    );
    if (old[0] === desired[0]) return old.map((text): DiffLine => ({ sign: " ", text }));
    return [
      ...old.map((text): DiffLine => ({ sign: "-", text })),
      ...desired.map((text): DiffLine => ({ sign: "+", text })),
    ];
  });
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (canonicalJson(value) ?? "");
  if (text === "") return '""';
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}… (${text.length} characters)`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
