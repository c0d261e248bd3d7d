import type { ProviderState } from "../../contract/state.ts";
import { all, CONTRACT, expectedLine, lineOf, onBench } from "./bench.ts";
import { secretTexts } from "./canary.ts";
import { type ConformanceCase, LEVELS, requireEqual, requireThat } from "./case.ts";
import { requireExplained } from "./explained.ts";
import { create, explainCreation } from "./more-methods.ts";
import { caseOf, creationsOf, type NamedCreation, type Subject, withoutCreation } from "./subject.ts";
import { lasting } from "./writes.ts";

const [, , LEVEL] = LEVELS;

/** What an adapter sends to make objects, and what it says of it. */
export function creates(subject: Subject): readonly ConformanceCase[] {
  const each = (title: string, run: (subject: Subject, named: NamedCreation) => Promise<void>) =>
    caseOf(
      LEVEL,
      title,
      async () => {
        for (const named of creationsOf(subject)) await run(subject, named);
      },
      withoutCreation(subject),
    );
  return [
    each("a creation sends what is documented, and gives what can be read by its id", sendsExactly),
    each("a creation, explained", explainsTruly),
    each("a creation makes one object, and leaves the others", makesOne),
    each("keeps its own copy of a creation", keepsCopy),
  ];
}

async function sendsExactly(subject: Subject, { sample, title, source }: NamedCreation): Promise<void> {
  await onBench(subject.adapter, subject.fixture, async ({ gateway, server }) => {
    const result = await Promise.resolve(create(gateway, sample.creation)).catch((error: unknown) => ({ error }));
    const lines = server.requests.map((request, index) => lineOf(request, sample.requests[index]));
    requireEqual(lines, sample.requests.map(expectedLine), `${title}: the requests on the wire`, source);
    if ("error" in result) throw result.error;
    const { provider, notes } = result;
    const codes = notes.map(({ code }) => code);
    requireEqual(codes, sample.notes ?? [], `${title}: the codes of the notes`, source);
    if (sample.id !== undefined) requireEqual(provider.id, sample.id, `${title}: the new object's id`, source);
    requireEqual(gateway.parseId(provider.id), provider.id, `${title}: the new object's id, parsed`, CONTRACT);
    const read = await gateway.get(provider.id);
    const what = `${title}: the state of the creation, and of a get after it`;
    requireEqual(lasting(provider), lasting(read), what, CONTRACT);
    showsWhatWasGiven(subject, { sample, title, source }, read);
  });
}

function showsWhatWasGiven(
  { capabilities }: Subject,
  { sample, title, source }: NamedCreation,
  state: ProviderState<unknown>,
): void {
  const { creation, shows = {} } = sample;
  for (const [field, given] of Object.entries(creation)) {
    const shown: unknown = Reflect.get(state, field);
    const what = `${title}: what the state shows of ${field}`;
    if (Object.hasOwn(shows, field)) requireEqual(shown, shows[field], what, source);
    else if (isSurelyShown(capabilities, field, shown)) requireEqual(shown, given, what, source);
  }
}

function isSurelyShown({ fields }: Subject["capabilities"], field: string, shown: unknown): boolean {
  if (field === "credential") return false;
  const read = Object.entries(fields).find(([name]) => name === field)?.[1].read ?? "maybe";
  return read === "yes" || (read === "maybe" && shown !== undefined);
}

/** What `explainCreation` says is what is sent, and it sends nothing itself. */
async function explainsTruly({ adapter, fixture }: Subject, { sample, title }: NamedCreation): Promise<void> {
  await onBench(adapter, fixture, async ({ gateway, server }) => {
    const previews = explainCreation(gateway, sample.creation);
    await create(gateway, sample.creation);
    requireExplained(previews, server.requests, secretTexts(sample.creation), title);
    requireEqual(server.requests.length, sample.requests.length, `${title}: requests that explaining sent`, CONTRACT);
  });
}

async function makesOne({ adapter, fixture, capabilities }: Subject, { sample, title, source }: NamedCreation) {
  await onBench(adapter, fixture, async ({ gateway, server }) => {
    const stored = () => fixture.objects.map(({ id }) => server.stored(id));
    const before = stored();
    const { provider } = await create(gateway, sample.creation);
    requireEqual(stored(), before, `${title}: what it changes of the other objects`, CONTRACT);
    requireThat(server.stored(provider.id) !== undefined, {
      problem: `${title}: the gateway holds no object of the id that the creation gives`,
      found: provider.id,
      source,
    });
    const entries = await all(gateway.list());
    requireEqual(entries.length, fixture.listed + 1, `${title}: how many objects the list gives afterwards`, source);
    const isListed = entries.some(({ id, slug }) =>
      capabilities.list === "ids" ? id === provider.id : slug === provider.slug,
    );
    requireThat(isListed, { problem: `${title}: the list does not give the new object`, source });
  });
}

async function keepsCopy({ adapter, fixture }: Subject, { sample, title, source }: NamedCreation): Promise<void> {
  await onBench(adapter, fixture, async ({ gateway, server }) => {
    const given = { ...sample.creation };
    const pending = create(gateway, given);
    for (const name of Object.keys(given)) Reflect.deleteProperty(given, name);
    Reflect.set(given, "name", "changed by the caller while it was under way");
    await pending;
    const lines = server.requests.map((request, index) => lineOf(request, sample.requests[index]));
    const what = `${title}: the requests of a creation that the caller changed meanwhile`;
    requireEqual(lines, sample.requests.map(expectedLine), what, source);
  });
}
