import { secret } from "../../contract/secret.ts";
import type { Fault } from "../../sandbox/index.ts";
import { all, type Bench, CONTRACT, onBench } from "./bench.ts";
import { CANARY, echoing, marked, secretTexts, shows } from "./canary.ts";
import { type ConformanceCase, LEVELS, requireEqual, requireThat } from "./case.ts";
import { ONCE, simplest, writeLines } from "./strike.ts";
import { caseOf, type NamedWrite, type Subject, targetOf, writesOf } from "./subject.ts";

const [, , , , LEVEL] = LEVELS;
const STATUSES = [301, 400, 401, 403, 404, 409, 422, 429, 500];

/** Nothing that a gateway could echo leaves the adapter. */
export function secrets(subject: Subject): readonly ConformanceCase[] {
  const titled = (title: string, run: () => Promise<void>, skipped?: string) => caseOf(LEVEL, title, run, skipped);
  const holding = writesOf(subject).filter(({ write }) => secretTexts(write.update).length > 0);
  const unhinted = subject.capabilities.hint ? undefined : "no hint of a key is declared";
  return [
    ...holding.map((named) =>
      titled(`${named.title}: the secret shows nowhere, whatever is answered`, () => hides(subject, named)),
    ),
    titled("the token shows nowhere, whatever is answered", () => hidesToken(subject)),
    titled("a secret that the caller names shows nowhere, whatever is answered", () => hidesNamed(subject)),
    titled("a hint is no key, and is never sent back", () => keepsHint(subject), unhinted),
    titled("a key at the gateway shows in no state", () => readsNoKey(subject)),
  ];
}

/** The documented error bodies, and one of no vendor's, as a hostile gateway would fill them. */
export function* hostileAnswers({ fixture }: Subject): Generator<Fault> {
  for (const { status, body = "", headers = {} } of fixture.errors)
    yield { kind: "status", status, headers, body: echoing(body) };
  const generic = echoing({
    error: { message: "no", code: "no", type: "no" },
    message: "no",
    detail: "no",
    errors: { key: ["no"] },
  });
  for (const status of STATUSES) yield { kind: "status", status, body: generic };
  for (const body of [echoing("no"), `<html>${String(echoing("no"))}</html>`])
    yield { kind: "status", status: 400, body };
  yield { kind: "status", status: 200, body: generic };
}

async function hides(subject: Subject, named: NamedWrite): Promise<void> {
  const id = targetOf(subject, named.write);
  const given = marked(named.write.update);
  await onBench(
    subject.adapter,
    subject.fixture,
    async ({ gateway, server }) => {
      requireHidden(gateway.explain(id, given), `${named.title}: what explain gives`);
      requireHidden(await gateway.update(id, given), `${named.title}: what the update gives`);
      const carried = server.requests.some(({ body }) => JSON.stringify(body ?? null).includes(CANARY));
      requireThat(carried, {
        problem: `${named.title}: the key itself never arrived at the gateway`,
        source: named.source,
      });
      for (const fault of hostileAnswers(subject)) {
        for (const line of writeLines(named)) {
          server.inject({ ...fault, method: line.method, path: line.path });
          const result = await gateway.update(id, given).catch((error: unknown) => error);
          requireHidden(result, `${named.title}: what an update gives that is answered ${faultText(fault)}`);
        }
      }
    },
    ONCE,
  );
}

async function hidesToken(subject: Subject): Promise<void> {
  const { adapter, fixture } = subject;
  const [{ id }] = fixture.objects;
  await onBench(
    adapter,
    fixture,
    async (bench) => {
      for (const fault of hostileAnswers(subject)) {
        for (const run of [() => bench.gateway.get(id), () => all(bench.gateway.list())]) {
          bench.server.inject(fault);
          const result = await run().catch((error: unknown) => error);
          requireHidden(result, `what a read gives that is answered ${faultText(fault)}`);
        }
      }
      requireHidden(bench.gateway, "the gateway itself");
    },
    { ...ONCE, token: secret(CANARY) },
  );
}

/** A gateway may quote a key that it holds, in answer to a call that does not carry it. */
async function hidesNamed(subject: Subject): Promise<void> {
  const { adapter, fixture } = subject;
  const [{ id }] = fixture.objects;
  const named = simplest(subject);
  const call = { secrets: [secret(CANARY)] };
  await onBench(
    adapter,
    fixture,
    async ({ gateway, server }) => {
      const calls = {
        get: () => gateway.get(id, call),
        list: () => all(gateway.list(call)),
        update: () => gateway.update(targetOf(subject, named.write), named.write.update, call),
      };
      for (const fault of hostileAnswers(subject)) {
        for (const [what, run] of Object.entries(calls)) {
          server.inject({ ...fault, method: what === "update" ? (writeLines(named)[0]?.method ?? "") : "GET" });
          const result = await run().catch((error: unknown) => error);
          requireHidden(result, `what ${what} gives that is answered ${faultText(fault)}`);
        }
      }
    },
    ONCE,
  );
}

async function keepsHint(subject: Subject): Promise<void> {
  const { adapter, fixture } = subject;
  const [{ id, state }] = fixture.objects;
  const { hint } = state.credential;
  requireThat(hint !== undefined, {
    problem: "a hint is declared, and the fixture's first state has none",
    source: fixture.source,
  });
  const stored = await onBench(adapter, fixture, async ({ server }) => leavesOf(server.stored(id)));
  requireThat(!stored.includes(hint), { problem: "the hint is the stored key itself", source: fixture.source });
  await onBench(adapter, fixture, async (bench) => {
    for (const { write } of writesOf(subject)) {
      if (targetOf(subject, write) !== id) continue;
      await bench.gateway.update(id, write.update).catch(() => undefined);
    }
    const sentBack = bench.server.requests.filter(({ body }) =>
      JSON.stringify(body ?? null).includes(JSON.stringify(hint)),
    );
    requireEqual(
      sentBack.map(({ method, path }) => `${method} ${path}`),
      [],
      "requests that carry the masked key",
      CONTRACT,
    );
  });
}

/** Whatever the replies show, the state of a written key holds nothing of it. */
async function readsNoKey(subject: Subject): Promise<void> {
  const named = writesOf(subject).find(
    ({ field, write }) => field === "credential" && secretTexts(write.update).length > 0,
  );
  if (named === undefined) return;
  await onBench(subject.adapter, subject.fixture, async ({ gateway }: Bench) => {
    const id = targetOf(subject, named.write);
    await gateway.update(id, marked(named.write.update));
    requireHidden(await gateway.get(id), "the state of a provider whose key was written");
    requireHidden(await all(gateway.list()), "the list of providers, one of whose keys was written");
  });
}

export function requireHidden(value: unknown, what: string): void {
  // The value itself is what must not be printed.
  requireThat(!shows(value), { problem: `${what} shows a secret`, source: CONTRACT });
}

export const faultText = (fault: Fault) =>
  fault.kind === "status" ? `${fault.status} with an echo of it` : fault.kind;

function leavesOf(value: unknown): readonly unknown[] {
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leavesOf) : [value];
}
