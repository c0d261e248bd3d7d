import { stripVTControlCharacters } from "node:util";
import { columns, displayWidth, padded } from "../../src/cli/render/columns.ts";
import { renderAdopt, renderApply, renderDrift, renderPlan } from "../../src/cli/render.ts";
import { colourStyle, plainStyle, styleFor } from "../../src/cli/style.ts";
import type { Plan, PlanRow } from "../../src/sync/index.ts";
import { appliedOf, everyError, keyOf, planOf, renamed, resultOf, rowOf } from "../support/plans.ts";

const red = (text: string) => `\u001b[31m${text}\u001b[39m`;
const green = (text: string) => `\u001b[32m${text}\u001b[39m`;
const yellow = (text: string) => `\u001b[33m${text}\u001b[39m`;
const faint = (text: string) => `\u001b[2m${text}\u001b[22m`;
const bold = (text: string) => `\u001b[1m${text}\u001b[22m`;

describe("the choice of a style", () => {
  it.each<[string, boolean, Record<string, string | undefined>, boolean]>([
    ["a terminal", true, {}, true],
    ["no terminal", false, {}, false],
    ["NO_COLOR", true, { NO_COLOR: "1" }, false],
    ["an empty NO_COLOR", true, { NO_COLOR: "" }, true],
    ["a terminal that cannot", true, { TERM: "dumb" }, false],
    ["a terminal that can", true, { TERM: "xterm-256color" }, true],
    ["FORCE_COLOR", false, { FORCE_COLOR: "1" }, true],
    ["an empty FORCE_COLOR", false, { FORCE_COLOR: "" }, true],
    ["a FORCE_COLOR that forbids", true, { FORCE_COLOR: "0" }, false],
    ["NO_COLOR against FORCE_COLOR", true, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
    ["a terminal that cannot against FORCE_COLOR", true, { TERM: "dumb", FORCE_COLOR: "1" }, false],
  ])("looks at %s", (_title, isTerminal, environment, isColoured) => {
    expect(styleFor({ isTerminal, environment })).toBe(isColoured ? colourStyle : plainStyle);
  });

  it("leaves a text as it is without colours, and gives nothing no codes with them", () => {
    expect(plainStyle("error", "text")).toBe("text");
    expect(colourStyle("error", "text")).toBe(red("text"));
    expect(colourStyle("error", "")).toBe("");
  });
});

describe("columns", () => {
  it.each([
    ["abc", 3],
    [red("abc"), 3],
    ["é", 1],
    ["e\u0301", 1],
    ["模型", 4],
    ["😀", 2],
    ["", 0],
  ])("%j takes its places on a terminal", (text, width) => {
    expect(displayWidth(text)).toBe(width);
    expect(padded(text, 5)).toBe(text + " ".repeat(5 - width));
  });

  it("stand below each other, whatever is in them, and end where their text ends", () => {
    const rows = [
      ["模型", red("a"), "x"],
      [bold("name"), "abc", "y"],
    ];
    expect(columns(rows)).toEqual([`模型  ${red("a")}    x`, `${bold("name")}  abc  y`]);
    expect(columns([["a"], ["abc", "d"]])).toEqual(["a", "abc  d"]);
    expect(columns([])).toEqual([]);
  });
});

describe("colours", () => {
  const row = rowOf({ status: "changed", fields: [renamed, keyOf("unverifiable")], writes: ["name"] });

  it("tell what goes, what comes, and what matters", () => {
    const key = 'sk-...1234 -> {"apiKey":"env:KEY","scheme":"api_key"}';
    const values = `${red("OpenAI")} -> ${green("OpenAI Production")}`;
    expect(
      renderPlan(planOf([row]), colourStyle)
        .split("\n")
        .slice(0, -1),
    ).toEqual([
      `${yellow("~")} ${bold("openai-prod @ eu")} (acme 101): ${yellow("changed")}`,
      `    ${yellow("~")} name        ${values}                            ${faint("(changed, will be written)")}`,
      `    ${yellow("?")} credential  ${key}  ${faint("(unverifiable, left as it is)")}`,
      bold("1 binding: 1 changed; apply writes 1."),
    ]);
    expect(renderApply(resultOf([appliedOf()]), colourStyle)).toBe(
      `${green("done")}    ${bold("openai-prod @ eu")} (acme 101): name\n${bold("1 done, 0 failed, 0 blocked, 0 unknown.")}`,
    );
  });

  it("change nothing but colours", () => {
    const statuses: PlanRow["status"][] = ["drift", "suspected", "unreadable", "blocked", "failed"];
    const errors = everyError();
    const rows = statuses.map((status, index) => ({
      ...row,
      status,
      ...(errors[index] ? { error: errors[index] } : {}),
    }));
    const exceeded: Plan["exceeded"] = [{ kind: "key", gateway: "eu", planned: 2, bindings: 2, most: 1 }];
    const plan = planOf([row, ...rows], { exceeded });
    const applied = (["done", "failed", "blocked", "unknown"] as const).map((status) => appliedOf({ status }));
    const result = resultOf(applied, { cancelled: true, journalError: "full" });
    const { notes: _notes, writes: fields, ...about } = appliedOf();
    const adoption = { version: 1, run: "r", rows: [{ ...about, status: "adopted", fields }] } as const;
    const pairs = [
      [renderPlan(plan, plainStyle), renderPlan(plan, colourStyle)],
      [renderDrift(plan, plainStyle), renderDrift(plan, colourStyle)],
      [renderApply(result, plainStyle), renderApply(result, colourStyle)],
      [renderAdopt(adoption, plainStyle), renderAdopt(adoption, colourStyle)],
    ];
    for (const [plain = "", coloured = ""] of pairs) {
      expect(coloured).not.toBe(plain);
      expect(stripVTControlCharacters(coloured)).toBe(plain);
    }
  });
});
