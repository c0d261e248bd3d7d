import { renderAdopt, renderApply, renderDrift, renderPlan } from "../../src/cli/render.ts";
import { plainStyle } from "../../src/cli/style.ts";
import { RejectedError } from "../../src/index.ts";
import { appliedOf, hostileText, planOf, renamed, resultOf, rowOf, settledOf } from "../support/plans.ts";
import fc from "../support/property.ts";

/** How a plan shows that one value becomes another. */
function shown(before: unknown, after: unknown): string {
  const row = rowOf({ status: "changed", fields: [{ ...renamed, before, after }] });
  const [line = ""] = renderPlan(planOf([row]), plainStyle).split("\n");
  return line.replace("~ openai-prod @ eu (acme 101)  name  ", "").replace("  (changed, left as it is)", "");
}

describe("a value", () => {
  it.each([
    ["a text", "OpenAI", "Azure", "OpenAI -> Azure"],
    ["a number", 30, 90, "30 -> 90"],
    ["what is empty", null, "", 'null -> ""'],
    ["an object, in one order", { b: 1, a: [true] }, { a: 1, b: 2 }, '{"a":[true],"b":1} -> {"a":1,"b":2}'],
    ["blanks around a text", "OpenAI ", " OpenAI", '"OpenAI " -> " OpenAI"'],
    ["what looks like more of the line", "a -> b", "c  (in-sync)", '"a -> b" -> "c  (in-sync)"'],
    ["a quoted text", '"a"', "a", '"\\"a\\"" -> a'],
    ["nothing at all", "a", undefined, "a -> nothing"],
  ])("shows %s", (_title, before, after, expected) => {
    expect(shown(before, after)).toBe(expected);
  });

  it("is cut after 80 characters, whole ones", () => {
    expect(shown("a".repeat(80), "😀".repeat(81))).toBe(`${"a".repeat(80)} -> ${"😀".repeat(80)}…`);
  });

  it("shows the part of a long one that differs", () => {
    const same = "x".repeat(200);
    const [before, after] = [`${same}old${same}`, `${same}new`];
    expect(shown(before, after)).toBe(`…${"x".repeat(20)}old${"x".repeat(57)}… -> …${"x".repeat(20)}new`);
    expect(shown(same, `${same}y`)).toBe(`…${"x".repeat(20)} -> …${"x".repeat(20)}y`);
  });

  it("shows the beginning of a long one where that differs", () => {
    expect(shown(`a${"x".repeat(90)}`, "b")).toBe(`a${"x".repeat(79)}… -> b`);
  });
});

describe("what strangers wrote", () => {
  it.each([
    ["an escape sequence", "\u001b[2Jgone", "�[2Jgone"],
    ["a line break", "a\nb\r\nc", "a�b��c"],
    ["other ends of lines", "a\u0085b\u2028c\u2029d", "a�b�c�d"],
    ["a control of one byte", "\u009b2J\u0000\u007f", "�2J��"],
    ["marks of direction", "\u202eevil\u202c\u2066\u2069\u200e\u200f\u061c", "�evil������"],
    ["what cannot be seen", "Open\u200bAI\u2060\ufeff\u{e0041}", "Open�AI���"],
    ["half a character", "a\ud83d", "a�"],
  ])("is shown without %s", (_title, hostile, expected) => {
    expect(shown("a", hostile)).toBe(`a -> ${expected}`);
    const row = rowOf({ provider: hostile, gateway: hostile, adapter: hostile, id: hostile });
    const title = `${expected} @ ${expected} (${expected} ${expected})`;
    const error = new RejectedError({ adapter: "acme", message: hostile, outcome: "not-applied", retryable: false });
    const blocked = renderPlan(planOf([{ ...row, status: "blocked", reason: hostile, error }]), plainStyle);
    expect(blocked.split("\n").slice(0, 3)).toEqual([
      `! ${title}: blocked`,
      `    ${expected}`,
      `    RejectedError: ${expected}`,
    ]);
  });

  it("is cut after 1,200 characters of a message", () => {
    const row = rowOf({ status: "blocked", reason: "r".repeat(1201) });
    expect(renderPlan(planOf([row]), plainStyle)).toContain(`    ${"r".repeat(1200)}…\n`);
  });

  const control = /[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/u;

  it("never moves the cursor, and never makes a line", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const error = new RejectedError({ adapter: "acme", message: text, outcome: "not-applied", retryable: false });
        const about = { provider: text, gateway: text, adapter: text, id: text, reason: text, error };
        const row = rowOf({
          ...about,
          status: "blocked",
          fields: [{ ...renamed, before: text, after: { [text]: 1 } }],
        });
        const exceeded = [{ kind: "key", gateway: text, planned: 2, bindings: 2, most: 1 }] as const;
        const settled = [settledOf({ provider: text, gateway: text, id: text })];
        const applied = appliedOf({ ...about, notes: [{ code: "c", message: text }] });
        const adopted = { ...about, status: "failed", fields: [] } as const;
        const texts = [
          renderPlan(planOf([row], { exceeded }), plainStyle),
          renderDrift(planOf([row]), plainStyle),
          renderApply(resultOf([applied], { settled, journalError: text }), plainStyle),
          renderAdopt({ version: 1, run: text, rows: [adopted] }, plainStyle),
        ];
        expect(texts.map((each) => each.split("\n").length)).toEqual([8, 6, 8, 5]);
        for (const each of texts) expect(each).not.toMatch(control);
      }),
    );
  });
});
