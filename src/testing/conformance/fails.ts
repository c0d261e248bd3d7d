import type { GatewayError } from "../../contract/errors.ts";
import type { RequestPreview } from "../../contract/gateway.ts";
import type { Fault } from "../../sandbox/index.ts";
import { type Bench, CONTRACT, failureOf, onBench } from "./bench.ts";
import { type ConformanceCase, LEVELS, requireEqual, requireThat } from "./case.ts";
import type { ErrorFixture } from "./fixture.ts";
import { send } from "./raw-http.ts";
import { isSentOnce, ONCE, simplest, strikeWrite, update, writeLines } from "./strike.ts";
import { caseOf, type NamedWrite, NOWHERE, type Subject, targetOf, writesOf } from "./subject.ts";
import { joined, widest } from "./writes.ts";

const [, , , LEVEL] = LEVELS;

/** The class of every status, what it means for a write, and whether to try again. */
export const STATUSES: readonly (readonly [number, string, string, boolean])[] = [
  [400, "RejectedError", "not-applied", false],
  [401, "AuthenticationError", "not-applied", false],
  [403, "PermissionDeniedError", "not-applied", false],
  [404, "NotFoundError", "not-applied", false],
  [408, "TimeoutError", "unknown", true],
  [409, "ConflictError", "not-applied", false],
  [412, "ConflictError", "not-applied", false],
  [418, "RejectedError", "not-applied", false],
  [422, "RejectedError", "not-applied", false],
  [429, "RateLimitError", "not-applied", true],
  [500, "UnavailableError", "unknown", true],
  [503, "UnavailableError", "unknown", true],
];

/** What becomes of every answer that is no success. */
export function fails(subject: Subject): readonly ConformanceCase[] {
  const titled = (title: string, run: () => Promise<void>, skipped?: string) => caseOf(LEVEL, title, run, skipped);
  const write = simplest(subject);
  const parts = partsOf(subject);
  const detects =
    subject.capabilities.detectsConflicts === true ? undefined : "the last write wins: no conflict is declared";
  return [
    ...subject.fixture.errors.map((error, index) =>
      titled(`error ${index + 1} of the fixture, ${error.status} ${error.name}`, () =>
        becomes(subject, write, error, index),
      ),
    ),
    titled("every status becomes its class, with its outcome", () => mapsStatuses(subject, write)),
    titled("a wrong token is AuthenticationError", () => refusesToken(subject, write)),
    titled("an error body with status 200 is no success", () => isNoSuccess(subject, write)),
    titled("a refused connection is NetworkError, and nothing was sent", () => isNotSent(subject, write)),
    titled(
      "an update of several requests that fails half way tells which fields took effect",
      () => tellsPart(subject, parts),
      parts.length > 1 ? undefined : "every update is one request",
    ),
    titled("a write on top of somebody else's is ConflictError", () => detectsConflict(subject, write), detects),
  ];
}

/** An object that is gone is gone for every request, whatever the method; any other answer is to the write alone. */
function strikeWith(bench: Bench, named: NamedWrite, fault: Fault, status: number): void {
  const [line] = writeLines(named);
  if (status === 404 && line !== undefined) bench.server.inject({ ...fault, path: line.path, times: 20 });
  else strikeWrite(bench, named, fault);
}

export const factsOf = ({ name, outcome, retryable }: GatewayError) => ({ name, outcome, retryable });

async function becomes(subject: Subject, named: NamedWrite, given: ErrorFixture, index: number): Promise<void> {
  const source = `errors[${index}] of the fixture, after ${given.source ?? subject.fixture.source}`;
  const { status, body = "", headers = {} } = given;
  const fault: Fault = { kind: "status", status, headers, body };
  const reading = await onBench(
    subject.adapter,
    subject.fixture,
    async (bench) => {
      bench.server.inject({ ...fault, method: "GET" });
      return failureOf(() => bench.gateway.get(subject.fixture.objects[0].id), `get, answered ${status}`, source);
    },
    ONCE,
  );
  const writing = await onBench(
    subject.adapter,
    subject.fixture,
    async (bench) => {
      strikeWith(bench, named, fault, status);
      return failureOf(() => update(subject, bench, named), `update, answered ${status}`, source);
    },
    ONCE,
  );
  for (const [what, error] of [
    ["get", reading],
    ["update", writing],
  ] as const) {
    requireEqual(error.name, given.name, `${what}, answered ${status}: the class of the error`, source);
    requireEqual(
      error.adapter,
      subject.adapter.name,
      `${what}, answered ${status}: the adapter that the error names`,
      CONTRACT,
    );
    requireThat(error.message.includes(given.says ?? ""), {
      problem: `${what}, answered ${status}: the error's message lacks the vendor's`,
      expected: given.says,
      found: error.message,
      source,
    });
    if (given.vendorCode !== undefined) {
      requireEqual(error.vendorCode, given.vendorCode, `${what}, answered ${status}: the vendor's code`, source);
    }
    if (given.fieldErrors !== undefined) {
      const fieldErrors = "fieldErrors" in error ? error.fieldErrors : undefined;
      requireEqual(fieldErrors, given.fieldErrors, `${what}, answered ${status}: the errors of fields`, source);
    }
    const stated = "retryAfterMs" in error ? error.retryAfterMs : undefined;
    requireEqual(stated, given.retryAfterMs, `${what}, answered ${status}: the stated wait in milliseconds`, source);
  }
  const [, , outcome, retryable] = STATUSES.find(([, name]) => name === given.name) ?? [0, "", "unknown", false];
  requireEqual(reading.outcome, "not-sent", `get, answered ${status}: the outcome`, CONTRACT);
  requireEqual(afterAnyRead(writing), { name: given.name, outcome, retryable }, `update, answered ${status}`, CONTRACT);
}

async function mapsStatuses(subject: Subject, named: NamedWrite): Promise<void> {
  const body = { note: "nothing that is documented" };
  for (const [status, name, outcome, retryable] of STATUSES) {
    await onBench(
      subject.adapter,
      subject.fixture,
      async (bench) => {
        strikeWith(bench, named, { kind: "status", status, body }, status);
        const error = await failureOf(() => update(subject, bench, named), `update, answered ${status}`, CONTRACT);
        // What cannot be repeated safely is not offered to be: a rotate after a 5xx.
        const expected = { name, outcome, retryable: retryable && (status === 429 || !isSentOnce(named)) };
        requireEqual(afterAnyRead(error), expected, `update, answered ${status}`, CONTRACT);
      },
      ONCE,
    );
  }
}

/** Where an update reads first, an object that is gone is found to be so before anything is written. */
function afterAnyRead(error: GatewayError) {
  const facts = factsOf(error);
  return error.name === "NotFoundError" && facts.outcome === "not-sent" ? { ...facts, outcome: "not-applied" } : facts;
}

async function refusesToken(subject: Subject, named: NamedWrite): Promise<void> {
  const { adapter, fixture } = subject;
  const other = await onBench(adapter, fixture, async ({ server }) =>
    fixture.settings({ url: server.url, token: "no:such-token" }),
  );
  await onBench(
    adapter,
    fixture,
    async (bench) => {
      const reading = await failureOf(
        () => bench.gateway.get(fixture.objects[0].id),
        "get with a wrong token",
        fixture.source,
      );
      requireEqual(
        factsOf(reading),
        { name: "AuthenticationError", outcome: "not-sent", retryable: false },
        "get with a wrong token",
        CONTRACT,
      );
      const writing = await failureOf(() => update(subject, bench, named), "update with a wrong token", fixture.source);
      requireEqual(writing.name, "AuthenticationError", "update with a wrong token", CONTRACT);
    },
    { token: other.token },
  );
}

async function isNoSuccess(subject: Subject, named: NamedWrite): Promise<void> {
  const bodies = [
    { error: { message: "It did not work.", code: "internal" } },
    { success: false, message: "no" },
    {},
    null,
    [],
  ];
  await onBench(
    subject.adapter,
    subject.fixture,
    async (bench) => {
      for (const body of bodies) {
        const what = `update, answered 200 with ${JSON.stringify(body)}`;
        strikeWrite(bench, named, { kind: "status", status: 200, body: body ?? "null" });
        const error = await failureOf(() => update(subject, bench, named), what, CONTRACT);
        requireThat(error.outcome !== "not-sent", {
          problem: `${what}: the outcome`,
          found: error.outcome,
          source: CONTRACT,
        });
      }
    },
    ONCE,
  );
}

async function isNotSent(subject: Subject, named: NamedWrite): Promise<void> {
  await onBench(
    subject.adapter,
    subject.fixture,
    async (bench) => {
      await bench.server.close();
      const error = await failureOf(
        () => update(subject, bench, named),
        "update of a gateway that is not there",
        CONTRACT,
      );
      const expected = { name: "NetworkError", outcome: "not-sent", retryable: true };
      requireEqual(factsOf(error), expected, "update of a gateway that is not there", CONTRACT);
    },
    ONCE,
  );
}

/** The requests that change something when as many fields as go together are written; nothing is sent to learn it. */
function partsOf(subject: Subject): readonly RequestPreview[] {
  const { adapter, fixture } = subject;
  try {
    const gateway = adapter.open(fixture.settings(NOWHERE));
    const previews = gateway.explain(fixture.objects[0].id, joined(widest(subject, writesOf(subject))));
    return previews.filter(({ fields, when }) => fields !== undefined && when === undefined);
  } catch {
    // It cannot explain what it is documented to do: other cases say so.
    return [];
  }
}

async function tellsPart(subject: Subject, [first, second]: readonly RequestPreview[]): Promise<void> {
  const { adapter, fixture } = subject;
  const given = joined(widest(subject, writesOf(subject)));
  await onBench(
    adapter,
    fixture,
    async ({ gateway, server }) => {
      server.inject({ kind: "status", status: 400, method: second?.method ?? "", path: second?.path ?? "" });
      const call = () => gateway.update(fixture.objects[0].id, given);
      const error = await failureOf(call, "an update that fails half way", CONTRACT);
      requireThat(error.name === "PartialUpdateError" && error.outcome === "partial", {
        problem: "an update whose second request is refused",
        expected: "PartialUpdateError",
        found: error,
        source: CONTRACT,
      });
      requireEqual(
        [...error.applied].sort(),
        [...(first?.fields ?? [])].sort(),
        "the fields that took effect",
        CONTRACT,
      );
      const told = [...error.applied, ...error.failed].sort();
      requireEqual(told, Object.keys(given).sort(), "all fields of the update", CONTRACT);
    },
    ONCE,
  );
}

async function detectsConflict(subject: Subject, named: NamedWrite): Promise<void> {
  const { adapter, fixture } = subject;
  const id = targetOf(subject, named.write);
  await onBench(
    adapter,
    fixture,
    async (bench) => {
      await bench.gateway.get(id);
      const [read] = bench.server.requests;
      requireThat(read !== undefined, { problem: "a get sends no request", source: CONTRACT });
      const former = await send(new URL(bench.server.url).origin, { method: "GET", path: read.path }, read.headers);
      await update(subject, bench, named);
      const stored = bench.server.stored(id);
      bench.server.inject({ kind: "status", status: 200, method: "GET", body: former.text });
      const error = await failureOf(
        () => update(subject, bench, named),
        "update of what somebody else changed since",
        CONTRACT,
      );
      const expected = { name: "ConflictError", outcome: "not-applied", retryable: false };
      requireEqual(factsOf(error), expected, "update of what somebody else changed since", CONTRACT);
      requireEqual(bench.server.stored(id), stored, "what is stored after it", CONTRACT);
    },
    ONCE,
  );
}
