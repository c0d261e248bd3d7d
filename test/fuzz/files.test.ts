import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isGatewayError } from "../../src/index.ts";
import {
  JournalError,
  JournalState,
  openJournal,
  readJournal,
  readPlanFile,
  renderPlanFile,
  verifyJournal,
} from "../../src/sync/index.ts";
import { digestOf } from "../../src/sync/plan/digest.ts";
import { keyOf, planOf, renamed, rowOf } from "../support/plans.ts";
import fc from "../support/property.ts";
import { runs } from "../support/runs.ts";
import { useTemporaryDirectory } from "../support/sync.ts";
import { intent, linesOf, observed, outcome, run, runtimeOf } from "../sync/journal/support.ts";

const directory = useTemporaryDirectory();

const lines = linesOf([run(), intent, outcome(2), observed("s"), intent, run("plan"), intent, outcome(7)]);
const row = {
  ...rowOf({ status: "changed", fields: [renamed, keyOf("changed", "fingerprint", "hint")] }),
  writes: ["name"] as const,
};
const body = planOf([row, rowOf({ id: "other" })]);
const plan = { ...body, digest: digestOf(body) };
const planText = renderPlanFile(plan);

/** Bytes after a few accidents: flipped, cut, doubled, moved, replaced by junk. */
const accidents = (whole: Buffer): fc.Arbitrary<Buffer> => {
  const place = fc.nat(whole.length);
  const accident = fc.oneof(
    fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(([at, bits]) => (bytes: Buffer) => {
      const copy = Buffer.from(bytes);
      if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ bits;
      return copy;
    }),
    place.map((at) => (bytes: Buffer) => bytes.subarray(0, at)),
    fc.tuple(place, place).map(
      ([from, to]) =>
        (bytes: Buffer) =>
          Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]),
    ),
    fc.tuple(place, place, place).map(([a, b, c]) => (bytes: Buffer) => {
      const [first = 0, second = 0, third = 0] = [a, b, c].sort((left, right) => left - right);
      return Buffer.concat([
        bytes.subarray(0, first),
        bytes.subarray(second, third),
        bytes.subarray(first, second),
        bytes.subarray(third),
      ]);
    }),
    fc
      .tuple(
        place,
        fc.oneof(
          fc.uint8Array({ maxLength: 12 }),
          fc.constantFrom(
            ...["\u0000".repeat(50), "[".repeat(500), "\n", "9".repeat(400)].map((text) => Buffer.from(text)),
          ),
        ),
      )
      .map(
        ([at, junk]) =>
          (bytes: Buffer) =>
            Buffer.concat([bytes.subarray(0, at), Buffer.from(junk), bytes.subarray(at)]),
      ),
  );
  return fc
    .array(accident, { minLength: 1, maxLength: 3 })
    .map((all) => all.reduce((bytes, each) => each(bytes), whole));
};

/** What is given, or undefined after an error of the journal; anything else fails. */
async function orJournalError<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    return undefined;
  }
}

async function judgeJournal(bytes: Buffer): Promise<void> {
  const file = join(directory.path, "journal.jsonl");
  writeFileSync(file, bytes);
  const verified = await verifyJournal(file);
  // What is accepted are lines as they were written, from the first on.
  const accepted = Buffer.from(lines.slice(0, verified.lines).join("").trimEnd());
  expect(bytes.subarray(0, accepted.length)).toEqual(accepted);
  expect(verified.lines).toBeLessThanOrEqual(lines.length);
  const events = await orJournalError(() => readJournal(file));
  expect(events === undefined).toBe(verified.problem !== undefined);
  expect(new JournalState(events ?? []).hasEvidence).toBe(events?.some(({ type }) => type === "intent") ?? false);
  const journal = await orJournalError(() => openJournal(file, runtimeOf(), { command: "apply" }));
  expect(journal === undefined).toBe(events === undefined);
  await journal?.append(run());
  await journal?.close();
  if (journal !== undefined) expect((await verifyJournal(file)).problem).toBeUndefined();
}

it("a journal after any accident is what stood before it, or a JournalError; what it is opened to is whole again", async () => {
  await fc.assert(fc.asyncProperty(accidents(Buffer.from(lines.join(""))), judgeJournal), runs(80));
});

it("a journal whose lines are in another order, doubled or left out is not taken for whole", async () => {
  const order = fc.array(fc.nat(lines.length - 1), { minLength: 1, maxLength: lines.length });
  await fc.assert(
    fc.asyncProperty(order, (chosen) => judgeJournal(Buffer.from(chosen.map((index) => lines[index]).join("")))),
    runs(40),
  );
});

it("events in any order, of any content, make a state", () => {
  const text = fc.constantFrom("__proto__", "a", "constructor", "");
  const seq = fc.integer({ min: 1, max: 5 });
  const stamp = { at: "2026-11-22T10:00:00.000Z", run: "r" };
  const object = fc.record({
    gateway: text,
    adapter: text,
    baseUrl: fc.constant(null),
    id: fc.oneof(text, fc.integer()),
  });
  const fields = fc.subarray(["name", "credential", "native"] as const);
  const evidence = fc.record(
    { hint: text, updatedAt: fc.constantFrom("2026-11-22T10:00:00Z", "never"), slug: text },
    { requiredKeys: [] },
  );
  const fingerprints = fc.constant({ name: "plain:x" });
  const event = fc.oneof(
    fc
      .record({ seq, object, fields, provider: text, before: evidence, fingerprints })
      .map((each) => ({ type: "intent" as const, timeoutMs: 1, ...stamp, ...each })),
    fc
      .record({
        seq,
        intent: seq,
        applied: fields,
        after: evidence,
        status: fc.constantFrom("done", "failed", "unknown"),
      })
      .map((each) => ({ type: "outcome" as const, ...stamp, ...each })),
    fc
      .record({ seq, intent: seq, applied: fields, undecided: fields, after: evidence })
      .map((each) => ({ type: "settled" as const, ...stamp, ...each })),
    fc.record({ seq, object, slug: text }).map((each) => ({ type: "observed" as const, ...stamp, ...each })),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 12 }), object, (events, about) => {
      const record = new JournalState(events).record(about);
      if (record !== undefined) expect(Array.isArray(record.open)).toBe(true);
    }),
    runs(100),
  );
});

/** The plan that a text is read to; an error of the contract counts as none. */
function readOrRefused(text: string) {
  try {
    return readPlanFile("plan.json", text);
  } catch (error) {
    if (!isGatewayError(error) || error.name !== "StalePlanError") throw error;
    return undefined;
  }
}

it("a plan file after any accident is refused as stale, unless the accident changed nothing", () => {
  expect(readOrRefused(planText)).toEqual(JSON.parse(planText));
  fc.assert(
    fc.property(accidents(Buffer.from(planText)), (bytes) => {
      const text = bytes.toString("utf8");
      expect(readOrRefused(text) !== undefined).toBe(text === planText);
    }),
    runs(150),
  );
});

it("any JSON in a plan's places is a plan of this version or refused, whatever digest it claims", () => {
  const member = fc.constantFrom(...Object.keys(plan), "__proto__", "more");
  const changes = fc.array(fc.tuple(member, fc.jsonValue({ maxDepth: 3 })), { maxLength: 3 });
  fc.assert(
    fc.property(changes, fc.boolean(), (changed, isSigned) => {
      const edited: Record<string, unknown> = { ...plan, ...Object.fromEntries(changed) };
      const given = isSigned ? { ...edited, digest: digestOf(edited) } : edited;
      const read = readOrRefused(`${JSON.stringify(given, null, 2)}\n`);
      if (read !== undefined) expect(read.version).toBe(1);
    }),
    runs(100),
  );
});

it.each([
  ["lists", "[".repeat(100_000), "]".repeat(100_000)],
  ["objects", '{"a":'.repeat(100_000), `1${"}".repeat(100_000)}`],
])("a plan file of 100,000 nested %s is refused as stale", (_kind, begin, end) => {
  expect(readOrRefused(planText.replace('"OpenAI"', () => begin + end))).toBeUndefined();
  expect(readOrRefused(begin + end)).toBeUndefined();
});
