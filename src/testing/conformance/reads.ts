import type { ProviderState } from "../../contract/state.ts";
import { all, anyRequest, CONTRACT, failureOf, onBench } from "./bench.ts";
import { type ConformanceCase, LEVELS, requireEqual, requireThat } from "./case.ts";
import type { ObjectFixture } from "./fixture.ts";
import { withUnknownMembers } from "./junk.ts";
import { send } from "./raw-http.ts";
import { caseOf, type Subject } from "./subject.ts";

const [, LEVEL] = LEVELS;
const UNUSABLE: readonly (readonly [string, string])[] = [
  ["an empty body", ""],
  ["a web page", "<!doctype html><p>Please sign in.</p>"],
  ["half of a JSON text", '{"id": '],
  ["null", "null"],
  ["a text", '"ok"'],
  ["a list in a list", "[[]]"],
  ["an empty object", "{}"],
  ["an error", '{"error": {"message": "It did not work.", "code": "internal"}}'],
];

/** What an adapter makes of what the vendor shows. */
export function reads(subject: Subject): readonly ConformanceCase[] {
  const { fixture, capabilities } = subject;
  const titled = (title: string, run: () => Promise<void>, skipped?: string) => caseOf(LEVEL, title, run, skipped);
  const untold = capabilities.list === "slugs" ? "replies do not tell the id: the list gives slugs" : undefined;
  return [
    ...fixture.objects.map((object) =>
      titled(`get gives the documented state of ${object.id}`, () => givesState(subject, object)),
    ),
    titled("get and list send GET and nothing else", () => onlyReads(subject)),
    titled("list gives every object of every page, once, as get gives it", () => listsAll(subject)),
    titled("an object that is not there is NotFoundError", () => findsNothing(subject)),
    titled("unknown members of a reply pass", () => toleratesMore(subject)),
    titled("a reply that cannot be used is InvalidResponseError", () => refusesUnusable(subject)),
    titled("a reply about another object is InvalidResponseError", () => refusesOther(subject), untold),
    titled("two gateways of one adapter share nothing", () => sharesNothing(subject)),
  ];
}

async function givesState({ adapter, fixture }: Subject, { id, state }: ObjectFixture): Promise<void> {
  await onBench(adapter, fixture, async ({ gateway }) => {
    requireEqual(await gateway.get(id), state, `the state of ${id}`, `objects of the fixture, after ${fixture.source}`);
  });
}

async function onlyReads({ adapter, fixture }: Subject): Promise<void> {
  await onBench(adapter, fixture, async ({ gateway, server }) => {
    await gateway.get(fixture.objects[0].id);
    await all(gateway.list());
    const methods = new Set(server.requests.map(({ method }) => method));
    requireEqual([...methods], ["GET"], "the methods that get and list used", CONTRACT);
    const failed = server.requests
      .filter(({ status }) => status !== 200)
      .map(({ method, path }) => `${method} ${path}`);
    requireEqual(failed, [], "reads that the gateway did not answer with 200", fixture.source);
  });
}

async function listsAll({ adapter, fixture, capabilities }: Subject): Promise<void> {
  const { listed: count, objects, source } = fixture;
  const { pageSize } = capabilities;
  requireThat(pageSize === undefined || count > pageSize, {
    problem: "the fixture's gateway holds no more objects than one page: add some, and tell how many in `listed`",
    source,
  });
  await onBench(adapter, fixture, async ({ gateway }) => {
    const entries = await all(gateway.list());
    requireEqual(entries.length, count, "how many objects the list gives", `listed of the fixture, after ${source}`);
    const names = entries.map((entry) => (capabilities.list === "ids" ? entry.id : entry.slug));
    requireEqual(new Set(names).size, count, `how many different ${capabilities.list} the list gives`, source);
    for (const { id, state } of objects) {
      const isIt = ({ id: listedId, slug }: Partial<ProviderState<unknown>>) =>
        capabilities.list === "ids" ? listedId === id : slug === state.slug;
      const { id: _id, ...rest } = state;
      const expected = capabilities.list === "ids" ? state : rest;
      requireEqual(entries.find(isIt), expected, `the entry of ${id} in the list`, source);
    }
  });
}

async function findsNothing({ adapter, fixture }: Subject): Promise<void> {
  await onBench(adapter, fixture, async ({ gateway }) => {
    const error = await failureOf(
      () => gateway.get(fixture.absentId),
      "get of an id that no object has",
      fixture.source,
    );
    const { name, outcome, retryable } = error;
    const expected = { name: "NotFoundError", outcome: "not-sent", retryable: false };
    requireEqual({ name, outcome, retryable }, expected, "the error for an id that no object has", CONTRACT);
  });
}

async function toleratesMore({ adapter, fixture }: Subject): Promise<void> {
  const [{ id, state }] = fixture.objects;
  await onBench(adapter, fixture, async (bench) => {
    const { server, gateway } = bench;
    const read = await anyRequest(bench, id);
    const { text } = await send(new URL(server.url).origin, { method: "GET", path: read.path }, read.headers);
    const body = withUnknownMembers(JSON.parse(text));
    server.inject({ kind: "status", status: 200, headers: { "content-type": "application/json" }, body });
    requireEqual(await gateway.get(id), state, "the state of a reply with members that nobody documented", CONTRACT);
  });
}

async function refusesUnusable({ adapter, fixture }: Subject): Promise<void> {
  const [{ id }] = fixture.objects;
  await onBench(adapter, fixture, async ({ server, gateway }) => {
    for (const [what, body] of UNUSABLE) {
      for (const [call, run] of [
        ["get", () => gateway.get(id)],
        ["list", () => all(gateway.list())],
      ] as const) {
        server.inject({ kind: "status", status: 200, body });
        const error = await failureOf(run, `${call}, answered with ${what}`, CONTRACT);
        // Where errors come with a status of 2xx, an error is what it says.
        const isRefusal = error.name === "InvalidResponseError" || what === "an error";
        requireThat(isRefusal && error.outcome === "not-sent", {
          problem: `${call}, answered with ${what}`,
          expected: "InvalidResponseError, not-sent",
          found: error,
          source: CONTRACT,
        });
      }
    }
  });
}

async function refusesOther({ adapter, fixture }: Subject): Promise<void> {
  const [{ id }, other] = fixture.objects;
  await onBench(adapter, fixture, async (bench) => {
    const { server, gateway } = bench;
    const read = await anyRequest(bench, other.id);
    await gateway.get(id);
    // Where an object is found by reading the list, its reply is about every object.
    if (server.requests.every(({ path }) => path === read.path)) return;
    const { text } = await send(new URL(server.url).origin, { method: "GET", path: read.path }, read.headers);
    server.inject({ kind: "status", status: 200, body: text });
    const error = await failureOf(() => gateway.get(id), "get, answered with another object", CONTRACT);
    requireEqual(error.name, "InvalidResponseError", "the error for a reply about another object", CONTRACT);
  });
}

async function sharesNothing({ adapter, fixture }: Subject): Promise<void> {
  const [{ id, state }] = fixture.objects;
  await onBench(adapter, fixture, async (first) => {
    await onBench(adapter, fixture, async (second) => {
      await first.gateway.get(id);
      const before = first.server.requests.length;
      requireEqual(await second.gateway.get(id), state, "the state that the second gateway gives", CONTRACT);
      requireEqual(first.server.requests.length, before, "requests to the first gateway", CONTRACT);
      requireThat(second.server.requests.length > 0, {
        problem: "two gateways: the second one was never asked",
        source: CONTRACT,
      });
    });
  });
}
