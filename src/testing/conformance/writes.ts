import type { ProviderState } from "../../contract/state.ts";
import { type Field, givenFields, type ProviderUpdate, parseUpdate, updateFields } from "../../contract/update.ts";
import { CONTRACT, expectedLine, failureOf, lineOf, onBench, sortedJson } from "./bench.ts";
import { secretTexts } from "./canary.ts";
import { type ConformanceCase, LEVELS, requireEqual, requireThat } from "./case.ts";
import { documentedEffect, effectBetween, storedLeaves, together } from "./effects.ts";
import { requireExplained } from "./explained.ts";
import { caseOf, type NamedWrite, type Subject, targetOf, writesOf } from "./subject.ts";

const [, , LEVEL] = LEVELS;

/** What an adapter sends, field by field and together, and what it says of it. */
export function writes(subject: Subject): readonly ConformanceCase[] {
  const titled = (title: string, run: () => Promise<void>) => caseOf(LEVEL, title, run);
  const singles = writesOf(subject);
  return [
    ...singles.map((named) => titled(named.title, () => sendsExactly(subject, named))),
    ...singles.map((named) => titled(`${named.title}, and nothing else`, () => leavesTheRest(subject, named))),
    ...singles.map((named) => titled(`${named.title}, explained`, () => explainsTruly(subject, named))),
    ...pairsOf(subject, singles).map((pair) =>
      titled(pair.map(({ title }) => title).join(" and "), () => combines(subject, pair)),
    ),
    titled("all fields together", () => combines(subject, widest(subject, singles))),
    titled("the same update twice leaves the same", () => repeats(subject, widest(subject, singles))),
    titled("an update of an id that no object has makes nothing", () => makesNothing(subject)),
    titled("keeps its own copy of an update", () => keepsCopy(subject)),
  ];
}

/** A write by itself: the documented requests and no other, the state it leads to, and its notes. */
async function sendsExactly(subject: Subject, named: NamedWrite): Promise<void> {
  const { write, title, source } = named;
  const id = targetOf(subject, write);
  await onBench(subject.adapter, subject.fixture, async ({ gateway, server }) => {
    const result = await gateway.update(id, write.update).catch((error: unknown) => ({ error }));
    // Whatever came of it: what went over the wire tells more than the error that it led to.
    const lines = server.requests.map((request, index) => lineOf(request, write.requests[index]));
    requireEqual(lines, write.requests.map(expectedLine), `${title}: the requests on the wire`, source);
    if ("error" in result) throw result.error;
    const { provider, notes } = result;
    requireEqual(
      notes.map(({ code }) => code),
      write.notes ?? [],
      `${title}: the codes of the notes`,
      source,
    );
    const read = await gateway.get(id);
    requireEqual(
      lasting(provider),
      lasting(read),
      `${title}: the state of the update, and of a get after it`,
      CONTRACT,
    );
    showsWhatWasWritten(subject, named, read);
  });
}

/** What an update leaves out stays as it is, but for what the capabilities say a write of its fields may reset. */
async function leavesTheRest(subject: Subject, { write, title }: NamedWrite): Promise<void> {
  const id = targetOf(subject, write);
  const { fields } = subject.capabilities;
  const given = givenFields(write.update);
  const touched = new Set<Field>([...given, ...given.flatMap((field) => fields[field].writtenWith ?? [])]);
  // What comes with a connection takes the place of the provider's own.
  if (touched.has("connectionId")) for (const field of ["baseUrl", "credential"] as const) touched.add(field);
  // The state tells of a connection in both.
  if (touched.has("credential")) touched.add("connectionId");
  const rest = (state: ProviderState<unknown>) => {
    const kept = updateFields.filter((field) => !touched.has(field) && Object.hasOwn(state, field));
    return Object.fromEntries(["slug", "upstream", ...kept].map((name) => [name, Reflect.get(state, name)]));
  };
  await onBench(subject.adapter, subject.fixture, async ({ gateway }) => {
    const before = await gateway.get(id);
    await gateway.update(id, write.update);
    requireEqual(rest(await gateway.get(id)), rest(before), `${title}: what the update says nothing of`, CONTRACT);
  });
}

/** The state without what may change between two looks. */
export function lasting({
  health: _health,
  updatedAt: _updatedAt,
  lastUsedAt: _lastUsedAt,
  ...rest
}: ProviderState<unknown>) {
  return rest;
}

function showsWhatWasWritten(
  { capabilities }: Subject,
  { field, write, title, source }: NamedWrite,
  state: ProviderState<unknown>,
) {
  const { read } = capabilities.fields[field];
  if (Object.hasOwn(write, "shows")) {
    requireEqual(state[field], write.shows, `${title}: what the state shows of ${field} afterwards`, source);
    return;
  }
  if (field === "credential" || read === "no" || (read === "maybe" && state[field] === undefined)) return;
  requireEqual(state[field], write.update[field], `${title}: what the state shows of ${field} afterwards`, source);
}

/** What `explain` says is what is sent, but for what it says may be sent or is read first. */
async function explainsTruly(subject: Subject, { write, title }: NamedWrite): Promise<void> {
  const id = targetOf(subject, write);
  await onBench(subject.adapter, subject.fixture, async ({ gateway, server }) => {
    const previews = gateway.explain(id, write.update);
    await gateway.update(id, write.update);
    requireExplained(previews, server.requests, secretTexts(write.update), title);
  });
}

/** Several writes in one update do what the documented requests of each do, and no more. */
async function combines(subject: Subject, parts: readonly NamedWrite[]): Promise<void> {
  const [first] = parts;
  if (first === undefined) return;
  const { fixture } = subject;
  const id = targetOf(subject, first.write);
  const title = parts.map((part) => part.title).join(" and ");
  const expected = together(await Promise.all(parts.map((part) => documentedEffect(subject, part))), fixture.source);
  await onBench(subject.adapter, fixture, async (bench) => {
    const before = storedLeaves(bench, id);
    const { provider } = await bench.gateway.update(id, joined(parts));
    const effect = effectBetween(before, storedLeaves(bench, id), fixture);
    requireEqual(asObject(effect), asObject(expected), `${title}: what it changes at the gateway`, fixture.source);
    const read = await bench.gateway.get(id);
    requireEqual(
      lasting(provider),
      lasting(read),
      `${title}: the state of the update, and of a get after it`,
      CONTRACT,
    );
  });
}

async function repeats(subject: Subject, parts: readonly NamedWrite[]): Promise<void> {
  const { fixture, adapter } = subject;
  const [{ id }] = fixture.objects;
  await onBench(adapter, fixture, async (bench) => {
    await bench.gateway.update(id, joined(parts));
    const once = storedLeaves(bench, id);
    await bench.gateway.update(id, joined(parts));
    const effect = effectBetween(once, storedLeaves(bench, id), fixture);
    requireEqual(asObject(effect), {}, "what the same update changes the second time", fixture.source);
  });
}

async function makesNothing(subject: Subject): Promise<void> {
  const { fixture, adapter } = subject;
  await onBench(adapter, fixture, async ({ gateway, server }) => {
    for (const { title, write } of writesOf(subject)) {
      const call = () => gateway.update(fixture.absentId, write.update);
      const error = await failureOf(call, `${title}, of an id that no object has`, fixture.source);
      const { name, outcome } = error;
      requireThat(name === "NotFoundError" && (outcome === "not-applied" || outcome === "not-sent"), {
        problem: `${title}, of an id that no object has`,
        expected: "NotFoundError, not-applied or not-sent",
        found: error,
        source: CONTRACT,
      });
      requireEqual(server.stored(fixture.absentId), undefined, `${title}: what it made`, CONTRACT);
    }
  });
}

async function keepsCopy(subject: Subject): Promise<void> {
  const { fixture, adapter } = subject;
  const named =
    writesOf(subject).find(({ field, kind }) => kind === "set" && field !== "credential") ?? writesOf(subject)[0];
  if (named === undefined) return;
  const { write, source } = named;
  await onBench(adapter, fixture, async ({ gateway, server }) => {
    const given: Record<string, unknown> = { ...write.update };
    const pending = gateway.update(targetOf(subject, write), given);
    for (const name of Object.keys(given)) delete given[name];
    given.name = "changed by the caller while it was under way";
    await pending;
    const lines = server.requests.map((request, index) => lineOf(request, write.requests[index]));
    requireEqual(
      lines,
      write.requests.map(expectedLine),
      "the requests of an update that the caller changed meanwhile",
      source,
    );
  });
}

/** The update of all parts: a later part's fields stand over an earlier one's. */
export const joined = (parts: readonly NamedWrite[]): ProviderUpdate =>
  Object.assign({}, ...parts.map(({ write }) => write.update));

function pairsOf(subject: Subject, singles: readonly NamedWrite[]): readonly NamedWrite[][] {
  const candidates = singles.filter((named) => isCombinable(subject, named));
  return candidates.flatMap((left, index) =>
    candidates.slice(index + 1).flatMap((right) => {
      const isPair = left.field !== right.field && isValid(joined([left, right])) && !overwrites(left, right);
      return isPair ? [[left, right]] : [];
    }),
  );
}

/** As many fields in one update as go together. */
export function widest(subject: Subject, singles: readonly NamedWrite[]): readonly NamedWrite[] {
  const chosen: NamedWrite[] = [];
  for (const named of singles) {
    const isNew =
      isCombinable(subject, named) && named.kind === "set" && !chosen.some(({ field }) => field === named.field);
    if (isNew && isValid(joined([...chosen, named])) && !chosen.some((other) => overwrites(other, named)))
      chosen.push(named);
  }
  return chosen;
}

// Samples of schemes stand for themselves, and so do those that are written to another object.
const isCombinable = ({ fixture }: Subject, { write, title }: NamedWrite) =>
  (write.id ?? fixture.objects[0].id) === fixture.objects[0].id && !title.includes("scheme");

const isValid = (update: ProviderUpdate) => parseUpdate(update).issues.length === 0;

/** Whether one sample brings another value for a field that the other one is about. */
function overwrites(left: NamedWrite, right: NamedWrite): boolean {
  const differs = (one: NamedWrite, other: NamedWrite) =>
    Object.hasOwn(other.write.update, one.field) &&
    sortedJson(one.write.update[one.field]) !== sortedJson(other.write.update[one.field]);
  return differs(left, right) || differs(right, left);
}

const asObject = (effect: ReadonlyMap<string, unknown>) => Object.fromEntries(effect);
