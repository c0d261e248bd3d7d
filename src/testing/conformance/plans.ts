import type { ProviderId } from "../../contract/gateway.ts";
import { isSecret } from "../../contract/secret.ts";
import type { Field, ProviderUpdate } from "../../contract/update.ts";
import { type CheckedConfig, checkConfig, makePlan, parseConfig, readersOf } from "../../sync/index.ts";
import { isObject } from "../is-object.ts";
import { anyRequest, type Bench, CONTRACT, onBench, replay } from "./bench.ts";
import { type ConformanceCase, LEVELS, requireEqual, requireThat } from "./case.ts";
import { caseOf, type NamedWrite, NOWHERE, type Subject, targetOf, writesOf } from "./subject.ts";
import { joined, widest } from "./writes.ts";

const [, , , , , LEVEL] = LEVELS;

/** What a config-sync job does with an adapter. */
export function plans(subject: Subject): readonly ConformanceCase[] {
  const titled = (title: string, run: () => Promise<void>, skipped?: string) => caseOf(LEVEL, title, run, skipped);
  return [
    titled("a config with its fields is taken", async () => void configOf(subject, widestUpdate(subject))),
    titled("a plan reads, and a second one after the write is empty", () => settles(subject)),
    ...writesOf(subject)
      .filter(({ title }) => !title.includes("scheme"))
      .map((named) => {
        const { read } = subject.capabilities.fields[named.field];
        const isShown = read === "yes" || (read === "maybe" && formerValue(subject, named) !== undefined);
        const skipped = named.field !== "credential" && isShown ? undefined : "a read does not surely show it";
        return titled(`${named.title} by somebody else is seen by a plan`, () => seesDrift(subject, named), skipped);
      }),
  ];
}

/** What the documented state shows of a field, as far as the write's own sample is about it; undefined where that is nothing. */
function formerValue({ fixture }: Subject, { write, field }: NamedWrite): unknown {
  const object = fixture.objects.find(({ id }) => id === (write.id ?? fixture.objects[0].id));
  const value = object?.state[field === "credential" ? "name" : field];
  if (field !== "native" || !isObject(value)) return value;
  // Of what only this vendor has, a null may be no value that can be written, and what is withheld is none.
  const sampled = Object.entries(value).filter(([name, member]) => {
    const isUsable = member !== null && !(isObject(member) && member.withheld === true);
    return isUsable && Object.hasOwn(write.update.native ?? {}, name);
  });
  return sampled.length === 0 ? undefined : Object.fromEntries(sampled);
}

const widestUpdate = (subject: Subject) => joined(widest(subject, writesOf(subject)));

const GATEWAY = "conformance";

/** A config of one provider with these fields; secrets are references, which nothing here resolves. */
function configOf(
  { adapter, fixture }: Subject,
  update: ProviderUpdate,
  id: ProviderId = fixture.objects[0].id,
): CheckedConfig {
  const { token: _token, ...settings } = fixture.settings(NOWHERE);
  const config = {
    version: 1,
    gateways: { [GATEWAY]: { adapter: adapter.name, token: "env:CONFORMANCE_TOKEN", ...settings } },
    providers: { conformance: { gateways: { [GATEWAY]: { id, ...withReferences(update) } } } },
  };
  return checkConfig(parseConfig("conformance.json", JSON.stringify(config), "."), [adapter]);
}

function withReferences(value: object): object;
function withReferences(value: unknown): unknown;
function withReferences(value: unknown): unknown {
  if (isSecret(value)) return "env:CONFORMANCE_KEY";
  if (Array.isArray(value)) return value.map((item: unknown) => withReferences(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withReferences(member)]));
}

/** The fields that a plan would write. */
async function proposed({ gateway }: Bench, checked: CheckedConfig): Promise<readonly Field[]> {
  const readers = readersOf(new Map([[GATEWAY, gateway]]));
  const { plan } = await makePlan({ checked, bindings: checked.bindings, readers });
  const [row] = plan.rows;
  requireThat(row !== undefined && row.status !== "failed" && row.status !== "blocked", {
    problem: "a plan of one provider with all its fields",
    found: row,
    source: CONTRACT,
  });
  return row.writes;
}

async function settles(subject: Subject): Promise<void> {
  const { adapter, fixture, capabilities } = subject;
  const update = widestUpdate(subject);
  const checked = configOf(subject, update);
  const [{ id }] = fixture.objects;
  await onBench(adapter, fixture, async (bench) => {
    const changes = await proposed(bench, checked);
    const sent = new Set(bench.server.requests.map(({ method }) => method));
    requireEqual([...sent], ["GET"], "the methods that a plan used", CONTRACT);
    const shown = Object.keys(update).filter((field) => capabilities.fields[field as Field].read === "yes");
    requireThat(
      shown.every((field) => field === "credential" || changes.includes(field as Field)),
      {
        problem:
          "what a plan would write, before anything is written: the fixture's samples must differ from its objects",
        expected: shown,
        found: changes,
        source: fixture.source,
      },
    );
    await bench.gateway.update(id, update);
    requireEqual(
      await proposed(bench, checked),
      [],
      "what a second plan would write, after the first was carried out",
      CONTRACT,
    );
  });
}

async function seesDrift(subject: Subject, named: NamedWrite): Promise<void> {
  const { adapter, fixture } = subject;
  const { field, write, source } = named;
  const id = targetOf(subject, write);
  await onBench(adapter, fixture, async (bench) => {
    const state = await bench.gateway.get(id);
    // To want no connection is to detach from one, which needs a credential to write in its place.
    const isUnattached = field === "connectionId" && (state.connectionId ?? null) === null;
    const beside = isUnattached ? fixture.fields.credential?.set.update : {};
    // The fields that the sample has beside its own are wanted as they are, too: they must not be the reason for a change.
    const others = Object.entries(withoutDetach(write.update)).map(([name, value]) => [
      name,
      name === "credential" ? value : (Reflect.get(state, name) ?? value),
    ]);
    const before = formerValue(subject, named) ?? null;
    const desired: ProviderUpdate = { ...Object.fromEntries(others), ...beside, [field]: before };
    const checked = configOf(subject, desired, id);
    const was = await proposed(bench, checked);
    requireThat(!was.includes(field), {
      problem: `${field} as the gateway has it is to be changed`,
      found: was,
      source: CONTRACT,
    });
    await replay(bench, write.requests, await anyRequest(bench, id), source);
    const now = await proposed(bench, checked);
    requireThat(now.includes(field), {
      problem: `${field}, changed by somebody else, is not seen by a plan`,
      found: now,
      source: CONTRACT,
    });
  });
}

/** The credential belongs to a detach, which a config of what was before is none of. */
function withoutDetach({ connectionId, ...rest }: ProviderUpdate): ProviderUpdate {
  if (connectionId === undefined) return rest;
  const { credential: _credential, ...others } = rest;
  return others;
}
