import type { FakeDescription } from "./description.ts";

type IdKind = FakeDescription["id"]["kind"];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What is wrong with an id as JSON has it, or undefined. */
export function idProblem(kind: IdKind, value: unknown): string | undefined {
  if (value === undefined || value === null) return "is required";
  if (kind === "integer") return Number.isSafeInteger(value) ? undefined : "must be an integer";
  if (typeof value !== "string" || value === "") return "must be a text";
  return kind === "uuid" && !UUID.test(value) ? "must be a UUID" : undefined;
}

/** An id as a path has it: a text that is no integer is no object's id, and stays one. */
export function idInPath(kind: IdKind, text: string): unknown {
  return kind === "integer" && /^[1-9]\d{0,15}$/.test(text) ? Number(text) : text;
}

/** The text under which an object is kept, however its id is written. */
export function keyOf(kind: IdKind, id: unknown): string {
  return kind === "uuid" ? String(id).toLowerCase() : String(id);
}

/** An id that no object has: as a server would choose it, and the same in every run. */
export function newId(kind: IdKind, taken: Iterable<string>): unknown {
  const keys = new Set(taken);
  for (let count = keys.size + 1; ; count++) {
    const digits = String(count).padStart(12, "0");
    const id = { integer: count, uuid: `00000000-0000-4000-8000-${digits}`, text: `new-${count}` }[kind];
    if (!keys.has(String(id))) return id;
  }
}
