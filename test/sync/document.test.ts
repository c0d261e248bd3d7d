import Ajv2020 from "ajv/dist/2020";
import { type Field, UnsafePlanError, updateFields } from "../../src/index.ts";
import {
  ConfigError,
  documentSchema,
  type ExceededLimit,
  type FieldComparison,
  JournalError,
  type Plan,
  type PlanRow,
  type Settlement,
  type Verdict,
  type VerdictBasis,
} from "../../src/sync/index.ts";
import { digestOf } from "../../src/sync/plan/digest.ts";
import { appliedOf, everyError, keyOf, planOf, renamed, resultOf, rowOf, settledOf } from "../support/plans.ts";
import fc from "../support/property.ts";

const schemas = new Ajv2020({ allErrors: true, allowUnionTypes: true });
const compiled = { plan: schemas.compile(documentSchema("plan")), apply: schemas.compile(documentSchema("apply")) };

/** What the schema says against a document as it is printed. */
function complaints(name: "plan" | "apply", document: unknown): unknown[] {
  const validate = compiled[name];
  return validate(JSON.parse(JSON.stringify(document))) ? [] : (validate.errors ?? []);
}

// By name, so that one that is added does not compile before it is here.
const keysOf = <Name extends string>(names: Readonly<Record<Name, true>>) => fc.constantFrom(...namesOf(names));
function namesOf<Name extends string>(names: Readonly<Record<Name, true>>): Name[] {
  return Object.keys(names).filter((name): name is Name => Object.hasOwn(names, name));
}
const VERDICTS: Readonly<Record<Verdict, true>> = {
  "in-sync": true,
  changed: true,
  drift: true,
  suspected: true,
  unverifiable: true,
  unreadable: true,
};
const STATUSES: Readonly<Record<PlanRow["status"], true>> = {
  ...VERDICTS,
  create: true,
  remove: true,
  blocked: true,
  failed: true,
};
const BASES: Readonly<Record<VerdictBasis, true>> = {
  read: true,
  fingerprint: true,
  hint: true,
  updatedAt: true,
  "outcome unknown": true,
};

describe("the schema of a plan", () => {
  const exceeded: Plan["exceeded"] = [
    { kind: "update", gateway: null, planned: 3, bindings: 4, most: 2 },
    { kind: "key", gateway: "eu", planned: 1, bindings: 1, most: 0 },
  ];

  it.each(namesOf(STATUSES))("takes a row that is %s", (status) => {
    expect(complaints("plan", planOf([rowOf({ status, reason: "a reason" })]))).toEqual([]);
  });

  it.each(namesOf(VERDICTS))("takes a field that is %s, on any evidence, shown or not", (verdict) => {
    const shown = keyOf(verdict, ...namesOf(BASES));
    const { before: _before, ...unshown } = keyOf(verdict);
    const fields = [shown, unshown, { ...shown, before: null, after: null }];
    const row = rowOf({ status: verdict, fields, writes: ["credential"], writesKey: true });
    expect(complaints("plan", planOf([row]))).toEqual([]);
  });

  it.each(everyError().map((error) => [error.name, error] as const))("takes a %s", (_name, error) => {
    expect(complaints("plan", planOf([rowOf({ status: "failed", error })]))).toEqual([]);
  });

  it("takes a plan with everything", () => {
    const row = rowOf({
      id: "x1",
      status: "changed",
      fields: updateFields.map((field) => ({ ...renamed, field })),
      writes: updateFields,
      fingerprints: Object.fromEntries(updateFields.map((field) => [field, `plain:${field}`])),
      seen: { hint: "...1234", updatedAt: "2026-01-01T00:00:00.000Z", slug: "openai" },
      reason: "a reason",
    });
    const scope = { gateways: ["eu"], providers: ["openai-prod"], tags: ["prod"] };
    const different = { writeUnverified: true, strict: true, scope, allow: ["update=3"], exceeded };
    expect(complaints("plan", planOf([row], different))).toEqual([]);
    expect(complaints("plan", planOf([], { journal: false, fingerprintKey: null }))).toEqual([]);
  });

  const field: fc.Arbitrary<FieldComparison> = fc
    .record({
      field: fc.constantFrom(...updateFields),
      verdict: keysOf(VERDICTS),
      evidence: fc.array(keysOf(BASES)),
      after: fc.jsonValue(),
      before: fc.option(fc.jsonValue(), { nil: undefined }),
    })
    .map(({ before, ...rest }) => (before === undefined ? rest : { ...rest, before }));
  const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
  const given = <Members extends object>(members: Members): { [Name in keyof Members]?: NonNullable<Members[Name]> } =>
    Object.assign(
      {},
      ...Object.entries(members).map(([name, value]) => (value === undefined ? {} : { [name]: value })),
    );
  const evidence = fc
    .record({ hint: optional(fc.string()), updatedAt: optional(fc.string()), slug: optional(fc.string()) })
    .map(given);
  const names: fc.Arbitrary<Field[]> = fc.uniqueArray(fc.constantFrom(...updateFields));
  const row: fc.Arbitrary<PlanRow> = fc
    .record({
      provider: fc.string(),
      gateway: fc.string(),
      adapter: fc.string(),
      id: fc.oneof(fc.string(), fc.nat()),
      status: keysOf(STATUSES),
      fields: fc.array(field, { maxLength: 3 }),
      writes: names,
      writesKey: fc.boolean(),
      fingerprints: names.map((fields) => Object.fromEntries(fields.map((name) => [name, `keyed:${name}`]))),
      seen: evidence,
      more: fc.record({ reason: optional(fc.string()), error: optional(fc.constantFrom(...everyError())) }).map(given),
    })
    .map(({ more, ...rest }) => ({ ...rest, ...more }));
  const limit: fc.Arbitrary<ExceededLimit> = fc.record({
    kind: fc.constantFrom("update", "key"),
    gateway: fc.option(fc.string()),
    planned: fc.nat(),
    bindings: fc.nat(),
    most: fc.nat(),
  });
  const texts = fc.array(fc.string(), { maxLength: 3 });
  const plan: fc.Arbitrary<Plan> = fc
    .record({
      version: fc.constant(1 as const),
      writeUnverified: fc.boolean(),
      strict: fc.boolean(),
      scope: fc.record({ gateways: texts, providers: texts, tags: texts }),
      journal: fc.boolean(),
      fingerprintKey: fc.option(fc.string()),
      allow: texts,
      rows: fc.array(row, { maxLength: 4 }),
      exceeded: fc.array(limit, { maxLength: 3 }),
    })
    .map((body) => ({ ...body, digest: digestOf(body) }));

  it("takes every plan that there can be, and none with a member that it does not know", () => {
    fc.assert(
      fc.property(plan, fc.nat(), (made, index) => {
        expect(complaints("plan", made)).toEqual([]);
        const document = JSON.parse(JSON.stringify(made));
        const places = strictObjects(document);
        Object.assign(places[index % places.length] ?? {}, { surprise: 1 });
        expect(complaints("plan", document)).not.toEqual([]);
      }),
    );
  });

  it.each<[string, object]>([
    ["another version", { version: 2 }],
    ["a status that there is not", { rows: [{ ...rowOf(), status: "change" }] }],
    [
      "a verdict that there is not",
      { rows: [rowOf({ fields: [Object.assign({ ...renamed }, { verdict: "equal" })] })] },
    ],
    [
      "evidence that there is not",
      { rows: [rowOf({ fields: [Object.assign({ ...renamed }, { evidence: ["hope"] })] })] },
    ],
    ["a field that there is not", { rows: [Object.assign(rowOf(), { writes: ["nickname"] })] }],
    ["an id of another kind", { rows: [Object.assign(rowOf(), { id: true })] }],
    ["a text for a flag", { strict: "false" }],
    ["a row that is none", { rows: [null] }],
    ["half a limit", { exceeded: [{ kind: "key", gateway: "eu" }] }],
    ["a count below nothing", { exceeded: [{ kind: "key", gateway: "eu", planned: -1, bindings: 0, most: 0 }] }],
    ["a broken digest", { digest: "0F".repeat(32) }],
    [
      "an error without an outcome",
      { rows: [Object.assign(rowOf(), { error: { name: "E", code: "E", message: "m" } })] },
    ],
  ])("refuses %s", (_title, different) => {
    expect(complaints("plan", planOf([]))).toEqual([]);
    expect(complaints("plan", { ...planOf([]), ...different })).not.toEqual([]);
  });

  it("refuses a plan of which a member is missing", () => {
    const whole: Record<string, unknown> = { ...planOf([]) };
    for (const name of Object.keys(whole)) {
      const { [name]: _left, ...rest } = whole;
      expect([name, complaints("plan", rest).length > 0]).toEqual([name, true]);
    }
  });
});

describe("the schema of an apply", () => {
  it.each(["done", "failed", "blocked", "unknown"] as const)("takes a row that is %s", (status) => {
    const notes = [{ code: "not-echoed", message: "a note" }];
    expect(complaints("apply", resultOf([appliedOf({ status }), appliedOf({ status, notes, reason: "r" })]))).toEqual(
      [],
    );
  });

  it.each(everyError().map((error) => [error.name, error] as const))("takes a %s", (_name, error) => {
    expect(complaints("apply", resultOf([appliedOf({ status: "failed", error })]))).toEqual([]);
  });

  it("takes what was settled, and what ended it", () => {
    const settled: Settlement[] = [
      settledOf(),
      settledOf({
        id: "x1",
        applied: ["name"],
        undecided: ["credential"],
        after: { hint: "...1", updatedAt: "t", slug: "s" },
      }),
    ];
    const result = resultOf([appliedOf()], { settled, cancelled: true, journalError: "the disk is full" });
    expect(complaints("apply", result)).toEqual([]);
  });

  it("takes none with a member that it does not know", () => {
    const notes = [{ code: "c", message: "m" }];
    const result = JSON.stringify(resultOf([appliedOf({ notes })], { settled: [settledOf()] }));
    const count = strictObjects(JSON.parse(result)).length;
    // The result, its row, the row's note, the settlement, what happened, what was seen after.
    expect(count).toBe(6);
    for (let index = 0; index < count; index++) {
      const document = JSON.parse(result);
      Object.assign(strictObjects(document)[index] ?? {}, { surprise: 1 });
      expect(complaints("apply", document)).not.toEqual([]);
    }
  });

  it.each<[string, object]>([
    ["a status that there is not", { rows: [{ ...appliedOf(), status: "ok" }] }],
    ["a row of a plan", { rows: [rowOf()] }],
    ["notes that are texts", { rows: [{ ...appliedOf(), notes: ["a note"] }] }],
    ["an intent that cannot be", { settled: [settledOf({ intent: 0 })] }],
    ["an error in place of its text", { journalError: { message: "full" } }],
    ["a text for a flag", { cancelled: "no" }],
  ])("refuses %s", (_title, different) => {
    expect(complaints("apply", { ...resultOf([]), ...different })).not.toEqual([]);
  });
});

describe.each(["plan", "apply"] as const)("the schema of %s, where the command could do nothing", (name) => {
  const place = { file: "gatefold.yaml", line: 1, column: 1, path: "", message: "cannot be read" };

  it.each([
    ["an error of the config", new ConfigError("invalid", [place])],
    ["an error of the journal", new JournalError({ kind: "locked", file: "journal.jsonl", message: "is in use" })],
    ["an error of the contract", new UnsafePlanError("too much")],
    ["wrong usage", { name: "UsageError", message: "unknown option" }],
  ])("takes %s", (_title, error) => {
    expect(complaints(name, { error })).toEqual([]);
  });

  it("refuses an error without a name, and more than an error", () => {
    expect(complaints(name, { error: { message: "something" } })).not.toEqual([]);
    expect(complaints(name, { error: { name: "Error" }, rows: [] })).not.toEqual([]);
  });
});

/** Every object of a document that has no other members than the known ones: values and errors have others. */
function strictObjects(document: unknown): object[] {
  if (typeof document !== "object" || document === null) return [];
  const isValue = (name: string) => "field" in document && (name === "before" || name === "after");
  const members = Object.entries(document)
    .filter(([name]) => name !== "error" && !isValue(name))
    .flatMap(([, member]) => strictObjects(member));
  return Array.isArray(document) ? members : [document, ...members];
}
