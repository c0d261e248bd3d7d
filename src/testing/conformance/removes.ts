import type { ProviderId } from "../../contract/gateway.ts";
import { secret } from "../../contract/secret.ts";
import type { Fault } from "../../sandbox/index.ts";
import { all, type Bench, CONTRACT, expectedLine, failureOf, lineOf, onBench } from "./bench.ts";
import { CANARY } from "./canary.ts";
import { type ConformanceCase, LEVELS, type Level, requireEqual, requireThat } from "./case.ts";
import { factsOf, STATUSES } from "./fails.ts";
import type { RemovalFixture } from "./fixture.ts";
import { remove } from "./more-methods.ts";
import { refusedBefore } from "./refusals.ts";
import { faultText, hostileAnswers, requireHidden } from "./secrets.ts";
import { ONCE } from "./strike.ts";
import { caseOf, type Subject } from "./subject.ts";

const [, , WRITES, FAILS, SECRETS] = LEVELS;

/** A removal that the fixture tells of. */
interface Removal extends Subject {
  readonly removal: RemovalFixture;
  readonly id: ProviderId;
  readonly source: string;
}

/** How an adapter removes objects, and what becomes of those that it cannot. */
export function removes(subject: Subject): readonly ConformanceCase[] {
  const { removal, objects, source } = subject.fixture;
  const undeclared = subject.capabilities.removes === true ? undefined : "no removal is declared";
  const reason = undeclared ?? (removal === undefined ? "the fixture tells of no removal" : undefined);
  const titled = (level: Level, title: string, run: (given: Removal) => Promise<void>, skipped = reason) =>
    caseOf(
      level,
      title,
      async () => {
        const id = removal?.id ?? objects.at(-1)?.id;
        if (removal === undefined || id === undefined) return;
        await run({ ...subject, removal, id, source: `removal of the fixture, after ${removal.source ?? source}` });
      },
      skipped,
    );
  const unrefused = removal?.refused === undefined ? "the fixture tells of no object that is kept" : undefined;
  return [
    titled(WRITES, "a removal sends what is documented, and removes that object alone", removesOne),
    titled(WRITES, "a removal of an id that no object has is NotFoundError", findsNothing),
    titled(WRITES, "a removal of an id of another kind is refused", refusesIds),
    titled(WRITES, "an id cannot lead a removal to another object", staysOnPath),
    titled(FAILS, "a lost reply to a removal is no NotFoundError", losesReply),
    titled(FAILS, "every status of a removal becomes its class, with its outcome", mapsStatuses),
    titled(
      FAILS,
      "a removal that the gateway refuses keeps the object, and shows why",
      keepsRefused,
      reason ?? unrefused,
    ),
    titled(FAILS, "a removal that conflicts keeps the object, and shows the vendor's words", keepsConflicting),
    titled(SECRETS, "a removal: a secret that the caller names shows nowhere, whatever is answered", hides),
  ];
}

const removingLine = ({ removal }: Removal) => removal.requests.find(({ method }) => method !== "GET");

function strike({ server }: Bench, given: Removal, fault: Fault): void {
  const line = removingLine(given);
  if (line !== undefined) server.inject({ ...fault, method: line.method, path: line.path });
}

async function removesOne({ adapter, fixture, removal, id, source }: Removal): Promise<void> {
  await onBench(adapter, fixture, async ({ gateway, server }) => {
    const others = fixture.objects.filter((object) => object.id !== id);
    const before = others.map((object) => server.stored(object.id));
    const result = await Promise.resolve(remove(gateway, id)).catch((error: unknown) => ({ error }));
    const lines = server.requests.map((request, index) => lineOf(request, removal.requests[index]));
    requireEqual(lines, removal.requests.map(expectedLine), "the requests on the wire of a removal", source);
    if (result !== undefined) throw result.error;
    requireEqual(server.stored(id), undefined, "what is left of an object that was removed", source);
    const after = others.map((object) => server.stored(object.id));
    requireEqual(after, before, "what a removal changes of the other objects", CONTRACT);
    const { name } = await failureOf(() => gateway.get(id), "get of what was removed", CONTRACT);
    requireEqual(name, "NotFoundError", "get of what was removed", CONTRACT);
    const entries = await all(gateway.list());
    requireEqual(entries.length, fixture.listed - 1, "how many objects the list gives after a removal", source);
  });
}

async function findsNothing({ adapter, fixture }: Removal): Promise<void> {
  await onBench(adapter, fixture, async ({ gateway }) => {
    const what = "a removal of an id that no object has";
    const error = await failureOf(() => remove(gateway, fixture.absentId), what, fixture.source);
    const isKnown = error.outcome === "not-applied" || error.outcome === "not-sent";
    requireThat(error.name === "NotFoundError" && isKnown && !error.retryable, {
      problem: what,
      expected: "NotFoundError, not-applied or not-sent, not retryable",
      found: error,
      source: CONTRACT,
    });
  });
}

/** Calls with anything, as from JavaScript. */
function removeAnything(gateway: object, id: unknown): unknown {
  const method: unknown = Reflect.get(gateway, "remove");
  requireThat(typeof method === "function", { problem: "the gateway has no remove", source: CONTRACT });
  return Reflect.apply(method, gateway, [id]);
}

async function refusesIds(given: Removal): Promise<void> {
  for (const id of [...given.fixture.refusedIds, "", ".", "..", null, undefined, {}]) {
    await refusedBefore(given, `a removal of the id ${JSON.stringify(id)}`, (gateway) => removeAnything(gateway, id));
  }
}

/** A request that goes astray would remove what nobody asked for. */
async function staysOnPath({ adapter, fixture, id }: Removal): Promise<void> {
  const text = encodeURIComponent(String(id));
  const astray = [
    `x/../${text}`,
    `../${text}`,
    `${text}/`,
    `${text}?a=1`,
    `${text}#a`,
    `./${text}`,
    `x%2F..%2F${text}`,
  ];
  await onBench(adapter, fixture, async ({ gateway, server }) => {
    for (const hostile of astray) {
      await failureOf(() => removeAnything(gateway, hostile), `a removal of the id ${hostile}`, CONTRACT);
      const kept = fixture.objects.filter((object) => server.stored(object.id) !== undefined);
      requireEqual(kept.length, fixture.objects.length, `objects that are left after the id ${hostile}`, CONTRACT);
    }
  });
}

async function losesReply(given: Removal): Promise<void> {
  const { adapter, fixture, id } = given;
  for (const fault of [{ kind: "lost-reply" }, { kind: "reset" }, { kind: "status", status: 503 }] as const) {
    await onBench(
      adapter,
      fixture,
      async (bench) => {
        strike(bench, given, fault);
        const what = `a removal, ${fault.kind} in place of the answer`;
        const error: unknown = await Promise.resolve(remove(bench.gateway, id)).catch((caught: unknown) => caught);
        // Sent again, it finds nothing: the object is gone, as was asked for.
        const isUnknown = error instanceof Error && Reflect.get(error, "outcome") === "unknown";
        requireThat(error === undefined || (isUnknown && Reflect.get(error, "name") !== "NotFoundError"), {
          problem: what,
          expected: "that it is done, or an error of unknown outcome",
          found: error,
          source: CONTRACT,
        });
        if (error === undefined) requireEqual(bench.server.stored(id), undefined, `${what}: what is left`, CONTRACT);
      },
      { retry: { attempts: 1, budgetMs: 5000 } },
    );
  }
}

async function mapsStatuses(given: Removal): Promise<void> {
  const { adapter, fixture, id } = given;
  for (const [status, name, outcome] of STATUSES) {
    await onBench(
      adapter,
      fixture,
      async (bench) => {
        strike(bench, given, { kind: "status", status, body: { note: "nothing that is documented" } });
        const what = `a removal, answered ${status}`;
        const error = await failureOf(() => remove(bench.gateway, id), what, CONTRACT);
        const { retryable: _retryable, ...facts } = factsOf(error);
        requireEqual(facts, { name, outcome }, what, CONTRACT);
        requireThat(bench.server.stored(id) !== undefined, {
          problem: `${what}: the object is gone`,
          source: CONTRACT,
        });
      },
      ONCE,
    );
  }
}

async function keepsRefused({ adapter, fixture, removal, source }: Removal): Promise<void> {
  const { refused } = removal;
  if (refused === undefined) return;
  await onBench(adapter, fixture, async ({ gateway, server }) => {
    const before = server.stored(refused.id);
    const what = `a removal of ${refused.id}`;
    const error = await failureOf(() => remove(gateway, refused.id), what, source);
    requireEqual(
      { name: error.name, outcome: error.outcome },
      { name: refused.name, outcome: "not-applied" },
      what,
      source,
    );
    requireSaid(error.message, refused.says, what, source);
    requireEqual(server.stored(refused.id), before, `${what}: what is stored after it`, source);
  });
}

function requireSaid(message: string, words: string, what: string, source: string): void {
  requireThat(message.includes(words), {
    problem: `${what}: the error's message lacks the vendor's`,
    expected: words,
    found: message,
    source,
  });
}

async function keepsConflicting(given: Removal): Promise<void> {
  const { adapter, fixture, id, source } = given;
  const documented = fixture.errors.find(({ status }) => status === 409);
  // Where no page shows a conflict, the words of another error are in the vendor's own form.
  const { body, says = "" } = documented ?? fixture.errors.find(({ status }) => status >= 400 && status < 500) ?? {};
  await onBench(
    adapter,
    fixture,
    async (bench) => {
      strike(bench, given, { kind: "status", status: 409, ...(body === undefined ? {} : { body }) });
      const what = "a removal, answered 409";
      const error = await failureOf(() => remove(bench.gateway, id), what, source);
      requireEqual(factsOf(error), { name: "ConflictError", outcome: "not-applied", retryable: false }, what, CONTRACT);
      requireSaid(error.message, documented === undefined ? "" : says, what, source);
      requireThat(bench.server.stored(id) !== undefined, { problem: `${what}: the object is gone`, source: CONTRACT });
    },
    ONCE,
  );
}

async function hides(given: Removal): Promise<void> {
  const { adapter, fixture, id } = given;
  await onBench(
    adapter,
    fixture,
    async (bench) => {
      for (const fault of hostileAnswers(given)) {
        strike(bench, given, fault);
        const call = { secrets: [secret(CANARY)] };
        const result = await Promise.resolve(remove(bench.gateway, id, call)).catch((error: unknown) => error);
        requireHidden(result, `what a removal gives that is answered ${faultText(fault)}`);
      }
    },
    ONCE,
  );
}
