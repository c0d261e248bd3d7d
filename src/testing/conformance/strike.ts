import type { Fault } from "../../sandbox/index.ts";
import type { Bench } from "./bench.ts";
import { type NamedWrite, type Subject, targetOf, writesOf } from "./subject.ts";

/** Settings of an adapter that tries nothing again. */
export const ONCE = { retry: { attempts: 0 } };

/** A write that goes to the first object, with as few requests as there are. */
export function simplest(subject: Subject): NamedWrite {
  const candidates = writesOf(subject).filter(({ kind, write }) => kind === "set" && write.id === undefined);
  const [first] = candidates.sort((left, right) => left.write.requests.length - right.write.requests.length);
  if (first !== undefined) return first;
  throw new TypeError("the fixture tells of no field that is set at its first object");
}

/** The requests of a write that change something. */
export const writeLines = ({ write }: NamedWrite) => write.requests.filter(({ method }) => method !== "GET");

/** Strikes the first request of a write that changes something. */
export function strikeWrite({ server }: Bench, named: NamedWrite, fault: Fault): void {
  const [line] = writeLines(named);
  if (line !== undefined) server.inject({ ...fault, method: line.method, path: line.path });
}

/** Makes a write of the fixture through the adapter. */
export const update = (subject: Subject, { gateway }: Bench, { write }: NamedWrite) =>
  gateway.update(targetOf(subject, write), write.update);

/** Whether the vendor does not say what a repetition of the write's first request does. */
export const isSentOnce = (named: NamedWrite) => {
  const [line] = writeLines(named);
  return line !== undefined && (line.repeat ?? (line.method === "POST" ? "unsent" : "safe")) === "unsent";
};
