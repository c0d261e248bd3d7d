import { isObject } from "../is-object.ts";
import type { FakeDescription, FakeMask, FakeMember, FakeWrite } from "./description.ts";

/** An object as it is stored. A member that is empty holds null. */
export type Stored = Record<string, unknown>;

const OMITTED = { merge: "kept", replace: "reset" } as const;

/** The object that a write leaves, or why it is refused. `former` is undefined for an object that is to be made. */
export function written(
  description: FakeDescription,
  write: FakeWrite,
  body: Readonly<Record<string, unknown>>,
  former: Stored,
): { readonly next: Stored } | { readonly refused: string } {
  const takes = takenBy(description, write);
  const { [write.idIn ?? ""]: _id, ...members } = body;
  const unknown = Object.keys(members).find((name) => !takes.has(name));
  if (unknown !== undefined) return refused(`${unknown}: is not taken here`);
  const next = { ...former };
  for (const [name, member] of takes) {
    const value = Object.hasOwn(members, name) ? members[name] : undefined;
    if (value === undefined || (value === null && member.null === "ignored")) {
      if (member.required === true) return refused(`${name}: is required`);
      if ((member.omitted ?? OMITTED[write.mode]) === "reset") next[name] = member.default ?? null;
      continue;
    }
    const problem = value === null ? nullProblem(member) : valueProblem(member, value);
    if (problem !== undefined) return refused(`${name}: ${problem}`);
    next[name] = value === null ? (member.default ?? null) : merged(member, former[name], value);
  }
  const problem = description.check?.(members, former);
  return problem === undefined ? { next } : refused(problem);
}

/** The members that the server keeps by itself, after a write at this time. */
export function stamped({ members }: FakeDescription, stored: Stored, now: number, isNew: boolean): Stored {
  const next = { ...stored };
  for (const [name, { stamp }] of Object.entries(members)) {
    const former = next[name] ?? null;
    const isKept = former !== null && (isNew || stamp === "created");
    if (stamp === undefined || isKept) continue;
    if (stamp === "revision") next[name] = (typeof former === "number" ? former : 0) + 1;
    else next[name] = new Date(now).toISOString();
  }
  return next;
}

/** An object with every member that the description knows. */
export function complete({ members }: FakeDescription, given: Readonly<Record<string, unknown>>): Stored {
  const defaults = Object.entries(members).map(([name, member]) => [name, member.default ?? null]);
  return { ...Object.fromEntries(defaults), ...structuredClone(given) };
}

/** The object as a reply shows it. */
export function shown({ members, id }: FakeDescription, stored: Stored): Record<string, unknown> {
  const entries = Object.entries(members).flatMap(([name, member]): [string, unknown][] => {
    const value = stored[name] ?? null;
    if (member.shown === "never") return [];
    if (value === null && member.empty === "absent") return [];
    if (typeof member.shown !== "object") return [[name, value]];
    return [[member.shown.as ?? name, masked(member.shown, value)]];
  });
  return Object.fromEntries([...(id.shown === false ? [] : [[id.member, stored[id.member]]]), ...entries]);
}

/** The members that a write takes. */
export function takenBy({ members }: FakeDescription, { takes }: FakeWrite): ReadonlyMap<string, FakeMember> {
  const writable = Object.entries(members).filter(([, { from, stamp }]) => from !== "server" && stamp === undefined);
  return new Map(writable.filter(([name]) => takes === undefined || takes.includes(name)));
}

function masked(mask: FakeMask, value: unknown): unknown {
  if (value === null) return null;
  if ("derive" in mask) return mask.derive(value);
  return typeof value === "string" ? mask.mask(value) : null;
}

const refused = (message: string) => ({ refused: message });

const nullProblem = (member: FakeMember) => (member.null === "clears" ? undefined : "must not be null");

function merged(member: FakeMember, former: unknown, value: unknown): unknown {
  if (member.parts !== "merged" || !isObject(former) || !isObject(value)) return value;
  return { ...former, ...value };
}

/** What is wrong with a value of a member, or undefined. */
export function valueProblem(member: FakeMember, value: unknown): string | undefined {
  if (!isOfType(member.type, value)) return `must be of type ${member.type}`;
  const size = typeof value === "number" ? value : undefined;
  if (size !== undefined && member.minimum !== undefined && size < member.minimum)
    return `must be at least ${member.minimum}`;
  if (size !== undefined && member.maximum !== undefined && size > member.maximum)
    return `must be at most ${member.maximum}`;
  if (typeof value !== "string") return undefined;
  if (value === "") return "must not be empty";
  const isLong = member.maxLength !== undefined && [...value].length > member.maxLength;
  return isLong ? `must have at most ${member.maxLength} characters` : undefined;
}

function isOfType(type: FakeMember["type"], value: unknown): boolean {
  if (type === "text") return typeof value === "string";
  if (type === "integer") return Number.isSafeInteger(value);
  if (type === "list") return Array.isArray(value);
  return type === "object" ? isObject(value) : typeof value === type;
}
