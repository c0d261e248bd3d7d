import { secret } from "../../contract/secret.ts";
import { CONTRACT, failureOf, onBench } from "./bench.ts";
import { CANARY } from "./canary.ts";
import { type ConformanceCase, LEVELS, type Level, requireEqual, requireThat } from "./case.ts";
import { usersOf } from "./more-methods.ts";
import { refusedBefore } from "./refusals.ts";
import { faultText, hostileAnswers, requireHidden } from "./secrets.ts";
import { ONCE } from "./strike.ts";
import { caseOf, type Subject } from "./subject.ts";

const [, READS, , FAILS, SECRETS] = LEVELS;

/** Who uses a shared object, and how that is found out. */
export function usedBy(subject: Subject): readonly ConformanceCase[] {
  const { users } = subject.fixture;
  const undeclared = subject.capabilities.shared === true ? undefined : "no sharing is declared";
  const skipped = undeclared ?? (users === undefined ? "the fixture tells of no users" : undefined);
  const titled = (level: Level, title: string, run: (subject: Subject) => Promise<void>) =>
    caseOf(level, title, () => run(subject), skipped);
  return [
    titled(READS, "usedBy gives every provider that uses an object, and no other", givesUsers),
    titled(READS, "usedBy refuses an id of another kind", refusesIds),
    titled(FAILS, "usedBy that cannot be answered is an error, and no part of the answer", fails),
    titled(SECRETS, "usedBy: a secret that the caller names shows nowhere, whatever is answered", hides),
  ];
}

const byId = (list: readonly { readonly id: unknown }[]) =>
  [...list].sort((left, right) => (String(left.id) < String(right.id) ? -1 : 1));

async function givesUsers({ adapter, fixture }: Subject): Promise<void> {
  for (const [index, { id, users, source = fixture.source }] of (fixture.users ?? []).entries()) {
    const where = `users[${index}] of the fixture, after ${source}`;
    await onBench(adapter, fixture, async ({ gateway, server }) => {
      requireEqual(byId(await usersOf(gateway, id)), byId(users), `what uses ${id}`, where);
      const methods = [...new Set(server.requests.map(({ method }) => method))];
      requireEqual(methods, ["GET"], "the methods that usedBy used", CONTRACT);
    });
  }
}

async function refusesIds(subject: Subject): Promise<void> {
  for (const id of [...subject.fixture.refusedIds, "", null, undefined, {}]) {
    await refusedBefore(subject, `usedBy of the id ${JSON.stringify(id)}`, (gateway) => {
      // Whoever calls from JavaScript can give anything.
      const method: unknown = Reflect.get(gateway, "usedBy");
      requireThat(typeof method === "function", { problem: "the gateway has no usedBy", source: CONTRACT });
      return Reflect.apply(method, gateway, [id]);
    });
  }
}

async function fails({ adapter, fixture }: Subject): Promise<void> {
  const [{ id }] = fixture.users ?? fixture.objects;
  for (const fault of [
    { kind: "status", status: 500 },
    { kind: "html" },
    { kind: "status", status: 200, body: 1 },
  ] as const) {
    await onBench(
      adapter,
      fixture,
      async ({ gateway, server }) => {
        server.inject({ ...fault, method: "GET" });
        const { outcome } = await failureOf(() => usersOf(gateway, id), `usedBy, answered ${fault.kind}`, CONTRACT);
        requireEqual(outcome, "not-sent", `usedBy, answered ${fault.kind}: the outcome`, CONTRACT);
      },
      ONCE,
    );
  }
}

async function hides(subject: Subject): Promise<void> {
  const { adapter, fixture } = subject;
  const [{ id }] = fixture.users ?? fixture.objects;
  const call = { secrets: [secret(CANARY)] };
  await onBench(
    adapter,
    fixture,
    async ({ gateway, server }) => {
      for (const fault of hostileAnswers(subject)) {
        server.inject({ ...fault, method: "GET" });
        const result = await Promise.resolve(usersOf(gateway, id, call)).catch((error: unknown) => error);
        requireHidden(result, `what usedBy gives that is answered ${faultText(fault)}`);
      }
    },
    ONCE,
  );
}
