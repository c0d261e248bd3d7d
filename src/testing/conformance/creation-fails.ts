import type { Fault } from "../../sandbox/index.ts";
import { type Bench, CONTRACT, failureOf, onBench } from "./bench.ts";
import { CANARY, marked, secretTexts } from "./canary.ts";
import { type ConformanceCase, LEVELS, requireEqual, requireThat } from "./case.ts";
import { factsOf, STATUSES } from "./fails.ts";
import { create, explainCreation } from "./more-methods.ts";
import { faultText, hostileAnswers, requireHidden } from "./secrets.ts";
import { ONCE } from "./strike.ts";
import { caseOf, creationsOf, type NamedCreation, type Subject, withoutCreation } from "./subject.ts";

const [, , , FAILS, SECRETS] = LEVELS;

/** What becomes of a creation that is not answered, or otherwise than by the new object. */
export function creationFails(subject: Subject): readonly ConformanceCase[] {
  const [first] = creationsOf(subject);
  const titled = (level: typeof FAILS | typeof SECRETS, title: string, run: (named: NamedCreation) => Promise<void>) =>
    caseOf(
      level,
      title,
      async () => {
        if (first !== undefined) await run(first);
      },
      withoutCreation(subject),
    );
  return [
    titled(FAILS, "a lost reply to a creation is unknown, and it is not sent again", (named) =>
      losesReply(subject, named),
    ),
    titled(FAILS, "every status of a creation becomes its class, with its outcome", (named) =>
      mapsStatuses(subject, named),
    ),
    titled(FAILS, "a reply to a creation that cannot be used leaves it unknown", (named) => isUnknown(subject, named)),
    titled(SECRETS, "a creation: the secret shows nowhere, whatever is answered", async () => {
      for (const named of creationsOf(subject)) await hides(subject, named);
    }),
  ];
}

const makingLine = ({ sample }: NamedCreation) => sample.requests.find(({ method }) => method !== "GET");

function strike({ server }: Bench, named: NamedCreation, fault: Fault): void {
  const line = makingLine(named);
  if (line !== undefined) server.inject({ ...fault, method: line.method, path: line.path });
}

const triesOf = ({ server }: Bench, named: NamedCreation) => {
  const line = makingLine(named);
  return server.requests.filter(({ method, path }) => method === line?.method && path === line.path).length;
};

async function losesReply({ adapter, fixture }: Subject, named: NamedCreation): Promise<void> {
  const faults: readonly Fault[] = [{ kind: "lost-reply" }, { kind: "status", status: 503 }, { kind: "reset" }];
  for (const fault of faults) {
    await onBench(
      adapter,
      fixture,
      async (bench) => {
        strike(bench, named, fault);
        const what = `a creation, ${fault.kind} in place of the answer`;
        const error = await failureOf(() => create(bench.gateway, named.sample.creation), what, CONTRACT);
        const { outcome, retryable } = error;
        requireEqual({ outcome, retryable }, { outcome: "unknown", retryable: false }, what, CONTRACT);
        requireEqual(triesOf(bench, named), 1, `${what}: how often it was sent`, CONTRACT);
      },
      { retry: { attempts: 2, budgetMs: 5000 } },
    );
  }
}

async function mapsStatuses({ adapter, fixture }: Subject, named: NamedCreation): Promise<void> {
  for (const [status, name, outcome] of STATUSES) {
    await onBench(
      adapter,
      fixture,
      async (bench) => {
        strike(bench, named, { kind: "status", status, body: { note: "nothing that is documented" } });
        const what = `a creation, answered ${status}`;
        const error = await failureOf(() => create(bench.gateway, named.sample.creation), what, CONTRACT);
        // What certainly made nothing may be repeated; nothing else.
        requireEqual(factsOf(error), { name, outcome, retryable: status === 429 }, what, CONTRACT);
        requireEqual(await stored(bench, named), undefined, `${what}: what it made`, CONTRACT);
      },
      ONCE,
    );
  }
}

/** The object that a creation makes, where its id is known before. */
const stored = async ({ server }: Bench, { sample }: NamedCreation) =>
  sample.id === undefined ? undefined : server.stored(sample.id);

async function isUnknown({ adapter, fixture }: Subject, named: NamedCreation): Promise<void> {
  const faults: readonly Fault[] = [
    { kind: "html" },
    { kind: "truncated" },
    { kind: "status", status: 200, body: {} },
    { kind: "status", status: 201, body: "null" },
    { kind: "redirect", location: "http://127.0.0.1:9/" },
  ];
  for (const fault of faults) {
    await onBench(
      adapter,
      fixture,
      async (bench) => {
        strike(bench, named, fault);
        const what = `a creation, ${fault.kind} in place of the new object`;
        const error = await failureOf(() => create(bench.gateway, named.sample.creation), what, CONTRACT);
        const expected = { name: "InvalidResponseError", outcome: "unknown", retryable: false };
        requireEqual(factsOf(error), expected, what, CONTRACT);
        requireEqual(triesOf(bench, named), 1, `${what}: how often it was sent`, CONTRACT);
      },
      ONCE,
    );
  }
}

async function hides(subject: Subject, named: NamedCreation): Promise<void> {
  const { sample, title, source } = named;
  if (secretTexts(sample.creation).length === 0) return;
  const given = marked(sample.creation);
  await onBench(
    subject.adapter,
    subject.fixture,
    async (bench) => {
      const { gateway, server } = bench;
      requireHidden(explainCreation(gateway, given), `${title}: what explainCreation gives`);
      requireHidden(await create(gateway, given), `${title}: what the creation gives`);
      const carried = server.requests.some(({ body }) => JSON.stringify(body ?? null).includes(CANARY));
      requireThat(carried, { problem: `${title}: the key itself never arrived at the gateway`, source });
      for (const fault of hostileAnswers(subject)) {
        strike(bench, named, fault);
        const result = await Promise.resolve(create(gateway, given)).catch((error: unknown) => error);
        requireHidden(result, `${title}: what a creation gives that is answered ${faultText(fault)}`);
      }
    },
    ONCE,
  );
}
