import { renderDrift, renderPlan } from "../../src/cli/render.ts";
import { plainStyle } from "../../src/cli/style.ts";
import { NotFoundError } from "../../src/index.ts";
import type { FieldComparison, Verdict, VerdictBasis } from "../../src/sync/index.ts";
import { keyOf, planOf, renamed, rowOf } from "../support/plans.ts";

const linesOf = (text: string) => text.split("\n");
const planLines = (...given: Parameters<typeof planOf>) => linesOf(renderPlan(planOf(...given), plainStyle));
const driftLines = (...given: Parameters<typeof planOf>) => linesOf(renderDrift(planOf(...given), plainStyle));

const metadata: FieldComparison = { field: "metadata", verdict: "unreadable", evidence: [], after: { team: "ml" } };
const notFound = new NotFoundError({
  adapter: "acme",
  message: "acme: no such provider",
  outcome: "not-sent",
  retryable: false,
});

describe("a plan", () => {
  it("shows what differs and what failed, how much of it at each gateway, then counts and what an apply writes", () => {
    const changed = rowOf({ status: "changed", fields: [renamed], writes: ["name"] });
    const failed = rowOf({ status: "failed", gateway: "us", id: "x1", error: notFound });
    expect(planLines([changed, rowOf(), failed])).toEqual([
      "~ openai-prod @ eu (acme 101)  name  OpenAI -> OpenAI Production  (changed, will be written)",
      "x openai-prod @ us (acme x1): failed",
      "    NotFoundError: acme: no such provider",
      "      why: the gateway has no such object, or another account has it",
      "      fix: check the binding's id, and that the gateway's token is of the right account",
      "",
      "gateway  in sync  changed  failed  to write",
      "eu             1        1       0         1",
      "us             0        0       1         0",
      "total          1        1       1         1",
      "",
      "3 bindings: 1 in sync, 1 changed, 1 failed; apply writes 1.",
    ]);
  });

  it.each([
    [[rowOf()], "1 binding: 1 in sync; nothing to write."],
    [[], "0 bindings; nothing to write."],
  ])("is one line where there is nothing to say", (rows, summary) => {
    expect(planLines(rows)).toEqual([summary]);
  });

  it("counts every status by itself, in one order", () => {
    const statuses = [
      "failed",
      "blocked",
      "unreadable",
      "unverifiable",
      "suspected",
      "drift",
      "changed",
      "in-sync",
    ] as const;
    const rows = [...statuses, ...statuses].map((status) => rowOf({ status }));
    expect(planLines(rows).at(-1)).toBe(
      "16 bindings: 2 in sync, 2 changed, 2 drift, 2 suspected, 2 unverifiable, 2 unreadable, 2 blocked, 2 failed; nothing to write.",
    );
  });

  it.each<[Verdict, readonly VerdictBasis[], string]>([
    ["changed", ["read"], "~ changed"],
    ["changed", ["fingerprint"], "~ changed(fingerprint)"],
    ["changed", ["fingerprint", "hint"], "~ changed(fingerprint+hint)"],
    ["changed", ["outcome unknown"], "~ changed(outcome unknown)"],
    ["drift", ["hint"], "~ drift(hint)"],
    ["suspected", ["updatedAt"], "? suspected(updatedAt)"],
    ["unverifiable", [], "? unverifiable"],
    ["unreadable", [], "? unreadable"],
  ])("says of a field that is %s by %j on what evidence, and what becomes of it", (verdict, evidence, expected) => {
    const [sign, words] = expected.split(" ", 1).concat(expected.slice(2));
    const key = keyOf(verdict, ...evidence);
    const values = 'sk-...1234 -> {"apiKey":"env:KEY","scheme":"api_key"}';
    const [left] = planLines([rowOf({ status: verdict, fields: [key] })]);
    expect(left).toBe(`${sign} openai-prod @ eu (acme 101)  credential  ${values}  (${words}, left as it is)`);
    const [written] = planLines([rowOf({ status: verdict, fields: [key], writes: ["credential"] })]);
    expect(written).toBe(`${sign} openai-prod @ eu (acme 101)  credential  ${values}  (${words}, will be written)`);
  });

  it("lists a key that is in sync with its evidence, where the binding is shown anyway", () => {
    const fields = [renamed, keyOf("in-sync", "fingerprint", "hint")];
    expect(planLines([rowOf({ status: "changed", fields, writes: ["name"] })]).slice(1, 3)).toEqual([
      "    ~ name        OpenAI -> OpenAI Production              (changed, will be written)",
      '    = credential  {"apiKey":"env:KEY","scheme":"api_key"}  (in-sync(fingerprint+hint))',
    ]);
    expect(planLines([rowOf({ fields })])).toEqual(["1 binding: 1 in sync; nothing to write."]);
  });

  it("names what is written along, and what a writer should know", () => {
    const timeout: FieldComparison = {
      field: "requestTimeout",
      verdict: "in-sync",
      evidence: ["read"],
      before: 9,
      after: 9,
    };
    const attach: FieldComparison = {
      field: "connectionId",
      verdict: "changed",
      evidence: ["read"],
      before: null,
      after: "c1",
    };
    const row = rowOf({
      status: "changed",
      fields: [attach, timeout],
      writes: ["connectionId", "requestTimeout"],
      reason: "attaching gives up the provider's own key for good",
    });
    expect(planLines([row]).slice(0, -1)).toEqual([
      "~ openai-prod @ eu (acme 101): changed",
      "    ~ connectionId  null -> c1  (changed, will be written)",
      "    with it, unchanged: requestTimeout",
      "    attaching gives up the provider's own key for good",
    ]);
  });

  it("says why a binding is blocked, and that its fields are left as they are", () => {
    const row = rowOf({ status: "blocked", fields: [renamed], reason: "uses the shared connection c1" });
    expect(planLines([row])).toEqual([
      "! openai-prod @ eu (acme 101): blocked",
      "    ~ name  OpenAI -> OpenAI Production  (changed, left as it is)",
      "    uses the shared connection c1",
      "1 binding: 1 blocked; nothing to write.",
    ]);
  });

  it("counts the bindings whose key is written", () => {
    const rename = rowOf({ status: "changed", fields: [renamed], writes: ["name"] });
    const rotation = rowOf({
      status: "changed",
      fields: [keyOf("changed", "fingerprint")],
      writes: ["credential"],
      writesKey: true,
    });
    expect(planLines([rename, rotation]).at(-1)).toBe("2 bindings: 2 changed; apply writes 2 (1 with a key).");
  });

  it("names every limit that it goes beyond before the summary, and does not promise to write", () => {
    const row = rowOf({ status: "changed", fields: [renamed], writes: ["name"] });
    const exceeded = [
      { kind: "update", gateway: null, planned: 1, bindings: 9, most: 0 },
      { kind: "key", gateway: "eu", planned: 2, bindings: 3, most: 1 },
    ] as const;
    expect(planLines([row], { exceeded }).slice(1)).toEqual([
      "refused: 1 object of 9 would be written in total, and the limit is 0",
      "  fix: if this is meant, say --allow update=1",
      "refused: 2 keys of 3 would be written at eu, and the limit is 1",
      "  fix: if this is meant, say --allow key:eu=2",
      "1 binding: 1 changed; apply would write 1, and is refused.",
    ]);
  });
});

describe("the advice of a plan", () => {
  const unverifiable = rowOf({ status: "unverifiable", fields: [keyOf("unverifiable")] });
  const written = rowOf({ ...unverifiable, writes: ["credential"], writesKey: true });
  const unreadable = rowOf({ status: "unreadable", fields: [metadata] });
  const suspected = rowOf({ status: "suspected", fields: [keyOf("suspected", "updatedAt")] });
  const both = (...given: Parameters<typeof planOf>) =>
    [planLines(...given), driftLines(...given)].map((lines) => {
      return lines.slice(lines.findIndex((line) => /^\d+ binding/.test(line)) + 1);
    });

  it("is one line where there is no journal, whatever the verdicts are", () => {
    const line =
      "No journal: nothing is known of what gateways do not show. An apply keeps one; " +
      "gatefold adopt --key records keys that gateways hold already";
    const asked = `${line}; --write-unverified writes them.`;
    const different = { journal: false, fingerprintKey: null };
    expect(both([rowOf()], different)).toEqual([[asked], [`${line}.`]]);
    expect(both([unverifiable, unreadable], different)).toEqual([[asked], [`${line}.`]]);
    expect(both([written], { ...different, writeUnverified: true })).toEqual([[`${line}.`], [`${line}.`]]);
  });

  it("asks for a fingerprintKey where a journal has none and a key cannot be verified", () => {
    const line =
      "unverifiable: without a fingerprintKey the journal cannot tell one key from another; set it in the config";
    expect(both([unverifiable], { fingerprintKey: null })).toEqual([
      [`${line}; --write-unverified writes such keys.`],
      [`${line}.`],
    ]);
    expect(both([written], { fingerprintKey: null })).toEqual([[`${line}.`], [`${line}.`]]);
    expect(both([rowOf(), unreadable], { fingerprintKey: null })[0]?.join()).not.toContain("fingerprintKey");
  });

  it("says how a key comes to be known, unless it is written", () => {
    const line =
      "unverifiable: nothing tells that the gateway holds this key; gatefold adopt --key records that it does";
    expect(both([unverifiable])).toEqual([[`${line}; --write-unverified writes it.`], [`${line}.`]]);
    expect(both([written])).toEqual([[], []]);
  });

  it("says what unreadable means, unless it is written", () => {
    const line = "unreadable: the gateway accepts it and does not show it";
    expect(both([unreadable])).toEqual([[`${line}; --write-unverified writes it.`], [`${line}.`]]);
    expect(both([{ ...unreadable, writes: ["metadata"] }])).toEqual([[], []]);
  });

  it("says what suspected means, and how strictly it is taken", () => {
    const line = "suspected: only the time of the last change moved, so somebody may have changed it";
    const lax = `${line}; --strict treats it as drift.`;
    const strict = `${line}; it counts as drift (--strict).`;
    expect(both([suspected])).toEqual([[lax], [lax]]);
    expect(both([suspected], { strict: true })).toEqual([[strict], [strict]]);
    expect(both([suspected], { journal: false })[0]).toEqual([lax, expect.stringMatching(/^No journal/)]);
  });

  it("is nothing where everything is known", () => {
    expect(both([rowOf({ status: "changed", fields: [renamed], writes: ["name"] })])).toEqual([[], []]);
  });
});

describe("a drift report", () => {
  it("shows what differs and on what evidence, and proposes nothing", () => {
    const fields = [renamed, keyOf("drift", "hint"), metadata];
    const exceeded = [{ kind: "update", gateway: null, planned: 1, bindings: 1, most: 0 }] as const;
    const text = driftLines([rowOf({ status: "drift", fields }), rowOf()], { exceeded });
    expect(text.slice(0, -1)).toEqual([
      "~ openai-prod @ eu (acme 101): drift",
      "    ~ name        OpenAI, expected OpenAI Production                            (changed)",
      '    ~ credential  sk-...1234, expected {"apiKey":"env:KEY","scheme":"api_key"}  (drift(hint))',
      '    ? metadata    not shown, expected {"team":"ml"}                             (unreadable)',
      "2 bindings: 1 in sync, 1 drift.",
    ]);
  });
});
