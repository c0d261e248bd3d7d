import { register } from "node:module";
import { type AdapterCase, answers, casesOf } from "./mapping-cases.ts";
import { processorTime, type Rounds, takeTurns } from "./rounds.ts";
import type { Row } from "./row.ts";

/**
 * Measures the built adapters, called by their public names. Only the file that sends requests is replaced: the body of each
 * request is rendered as ever, and the reply is there at once. All that stands around it is the package's own.
 */

const SENT_TO = "gatefold.bench.answer";
const REPLACEMENT = `
import { renderBody } from "./body.mjs";
const answer = (request) => globalThis[Symbol.for("${SENT_TO}")](request);
export const createHttp = () => async (request) => {
  if (request.body !== undefined) renderBody(request.body);
  return { kind: "reply", status: 200, text: answer(request) };
};
export const showRequest = () => { throw new Error("nobody watches"); };
`;
const HOOKS = `
const replacement = ${JSON.stringify(REPLACEMENT)};
export const load = (url, context, next) =>
  url.endsWith("/src/kit/http.mjs") ? { format: "module", shortCircuit: true, source: replacement } : next(url, context);
`;
register(`data:text/javascript,${encodeURIComponent(HOOKS)}`);
Reflect.set(globalThis, Symbol.for(SENT_TO), answers);

// Short turns: what slows the machine down for a while strikes all alike.
const UPDATES = 200;
const PAGES = 5;
const ROUNDS = 60;
// A fleet is written by code that the engine has compiled, and that takes it some thousand updates.
const WARM_UPS = 50;
const MOST_TIMES = 10;
const MOST_MICROSECONDS = 15;

async function measure(each: AdapterCase): Promise<Row[]> {
  const { bodies, reply, page, entries } = each;
  const turns = {
    update: () => each.prepare(UPDATES).then((run) => processorTime(UPDATES, run)),
    mapping: () => processorTime(UPDATES, each.prepareMapping(UPDATES)),
    "update's JSON": () =>
      processorTime(
        UPDATES,
        repeat(UPDATES, () => jsonOf(bodies, () => reply)),
      ),
    explain: () => processorTime(UPDATES, repeat(UPDATES, each.explain)),
    "explain's JSON": () =>
      processorTime(
        UPDATES,
        repeat(UPDATES, () => jsonOf(bodies, ({ text }) => text)),
      ),
    list: () => processorTime(PAGES * entries, each.list(PAGES)),
    "list's JSON": () =>
      processorTime(
        PAGES * entries,
        repeat(PAGES, () => JSON.parse(page)),
      ),
  };
  for (let warmUp = 0; warmUp < WARM_UPS; warmUp += 1) for (const turn of Object.values(turns)) await turn();
  const rounds = await takeTurns(ROUNDS, turns);
  const { name, fields, requests } = each;
  return [
    rowOf(
      rounds,
      `${name}: check, translate, validate and normalize an update of ${fields}`,
      ["mapping", "update's JSON"],
      `stringify and parse of its ${requests}`,
    ),
    rowOf(
      rounds,
      `${name}: the same through the whole pipeline but the transport`,
      ["update", "update's JSON"],
      "the same JSON",
    ),
    rowOf(
      rounds,
      `${name}: explain of it`,
      ["explain", "explain's JSON"],
      "stringify and parse of the requests' bodies",
    ),
    rowOf(rounds, `${name}: one entry of a list of ${entries}`, ["list", "list's JSON"], "parse of it"),
  ];
}

function jsonOf(bodies: AdapterCase["bodies"], parsed: (body: AdapterCase["bodies"][number]) => string): void {
  for (const body of bodies) {
    JSON.stringify(body.value);
    JSON.parse(parsed(body));
  }
}

function repeat(count: number, work: () => unknown): () => Promise<void> {
  return async () => {
    for (let done = 0; done < count; done += 1) work();
  };
}

type Turn = "update" | "explain" | "list";
type Compared = "mapping" | Turn | `${Turn}'s JSON`;

function rowOf(rounds: Rounds<Compared>, what: string, [turn, json]: readonly [Compared, Compared], base: string): Row {
  const [ours, ratio] = [rounds.median(turn), rounds.ratio(turn, json)];
  const goal = {
    goal: `≤ ${MOST_TIMES} ×, under ${MOST_MICROSECONDS} µs`,
    isReached: ratio <= MOST_TIMES && ours < MOST_MICROSECONDS,
  };
  return {
    what,
    ours: `${ours.toFixed(1)} µs`,
    against: `${base}: ${rounds.median(json).toFixed(2)} µs`,
    ratio: ratio.toFixed(1),
    spread: rounds.spread(turn, json),
    ...(turn === "mapping" ? goal : {}),
  };
}

const rows: Row[] = [];
for (const each of await casesOf()) rows.push(...(await measure(each)));
process.send?.(rows);
