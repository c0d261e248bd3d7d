import { applyMarkdown, driftMarkdown, planMarkdown } from "../../src/cli/render.ts";
import { NotFoundError } from "../../src/index.ts";
import type { Plan } from "../../src/sync/index.ts";
import { appliedOf, hostileText, keyOf, planOf, renamed, resultOf, rowOf, settledOf } from "../support/plans.ts";
import fc from "../support/property.ts";

const notFound = new NotFoundError({
  adapter: "acme",
  message: "acme: no such provider",
  outcome: "not-sent",
  retryable: false,
});
const changed = rowOf({ status: "changed", fields: [renamed], writes: ["name"] });
const about = "| <code>openai-prod</code> | <code>eu (acme 101)</code> |";

describe("a plan as Markdown", () => {
  it("is a heading with the counts, what refuses it, a table, and advice", () => {
    const failed = rowOf({ status: "failed", error: notFound });
    const unknown = rowOf({ status: "unverifiable", fields: [{ ...keyOf("unverifiable"), before: undefined }] });
    const exceeded = [{ kind: "update", gateway: "eu", planned: 1, bindings: 4, most: 0 }] as const;
    expect(planMarkdown(planOf([changed, rowOf(), failed, unknown], { exceeded }))).toBe(
      `### gatefold plan: 4 bindings: 1 in sync, 1 changed, 1 unverifiable, 1 failed; apply would write 1, and is refused

**Refused**: <code>1 objects of 4 would be written at eu, and the limit is 0; if this is meant, say --allow update&#58;eu=1</code>

| Provider | Gateway | Field | Before | After | Verdict |
| --- | --- | --- | --- | --- | --- |
${about} name | <code>OpenAI</code> | <code>OpenAI Production</code> | changed, will be written |
${about}  |  |  | failed: <code>NotFoundError&#58; acme&#58; no such provider</code> |
${about} credential | not shown | <code>{"apiKey"&#58;"env&#58;KEY","scheme"&#58;"api&#95;key"}</code> | unverifiable, left as it is |

unverifiable: nothing tells that the gateway holds this key; gatefold adopt --key records that it does; --write-unverified writes it.
`,
    );
  });

  it("has no table where nothing differs", () => {
    expect(planMarkdown(planOf([rowOf()]))).toBe("### gatefold plan: 1 binding: 1 in sync; nothing to write\n");
  });

  it("lists what is written along, and keys that are in sync with their evidence", () => {
    const timeout = { field: "requestTimeout", verdict: "in-sync", evidence: ["read"], before: 9, after: 9 } as const;
    const enabled = { ...timeout, field: "enabled", before: true, after: true } as const;
    const fields = [renamed, timeout, enabled, keyOf("in-sync", "fingerprint", "hint")];
    const markdown = planMarkdown(planOf([{ ...changed, fields, writes: ["name", "requestTimeout"] }]));
    expect(markdown.split("\n").slice(4, -1)).toEqual([
      expect.stringContaining(" name | "),
      `${about} requestTimeout | <code>9</code> | <code>9</code> | in-sync, will be written |`,
      expect.stringContaining(" | in-sync(fingerprint+hint) |"),
    ]);
  });
});

describe("a drift report as Markdown", () => {
  it("says what differs, and proposes nothing", () => {
    const exceeded = [{ kind: "update", gateway: "eu", planned: 1, bindings: 4, most: 0 }] as const;
    const row = rowOf({ status: "drift", fields: [renamed, keyOf("drift", "hint")] });
    expect(driftMarkdown(planOf([row], { exceeded }))).toBe(
      `### gatefold drift: 1 binding: 1 drift

| Provider | Gateway | Field | Reported | Expected | Verdict |
| --- | --- | --- | --- | --- | --- |
${about} name | <code>OpenAI</code> | <code>OpenAI Production</code> | changed |
${about} credential | <code>sk-...1234</code> | <code>{"apiKey"&#58;"env&#58;KEY","scheme"&#58;"api&#95;key"}</code> | drift(hint) |
`,
    );
  });
});

describe("the result of an apply as Markdown", () => {
  it("is a heading with the counts, what ended it, what was settled, and a table", () => {
    const rows = [
      appliedOf({ writes: ["name", "credential"], notes: [{ code: "cleared", message: "the note was cleared" }] }),
      appliedOf({ status: "failed", writes: [], reason: "not sent", error: notFound }),
    ];
    const settled = [settledOf({ applied: ["name"] })];
    expect(applyMarkdown(resultOf(rows, { settled, cancelled: true, journalError: "the disk is full" }))).toBe(
      `### gatefold apply: 1 done, 1 failed, 0 blocked, 0 unknown

**Cancelled** before everything was done

**Journal**: <code>the disk is full</code>

Settled by reading: <code>openai-prod &#64; eu (101)&#58; name took effect</code>

| Provider | Gateway | Outcome | Fields | Remarks |
| --- | --- | --- | --- | --- |
${about} done | name, credential | <code>note&#58; the note was cleared</code> |
${about} failed |  | <code>not sent</code><br><code>NotFoundError&#58; acme&#58; no such provider</code> |
`,
    );
  });

  it("is a heading where there was nothing to do", () => {
    expect(applyMarkdown(resultOf([]))).toBe("### gatefold apply: 0 done, 0 failed, 0 blocked, 0 unknown\n");
  });
});

describe("what strangers wrote, in Markdown", () => {
  /** How a value stands in its cell. */
  function cellOf(value: string): string {
    const row = rowOf({ status: "changed", fields: [{ ...renamed, before: "a", after: value }] });
    return /<code>a<\/code> \| (.*) \| changed, left as it is \|/.exec(planMarkdown(planOf([row])))?.[1] ?? "";
  }

  it.each([
    ["a cell", "a|b", "a&#124;b"],
    ["an escaped cell", "a\\|b", "a&#92;&#124;b"],
    ["the end of code", "a`b``c", "a&#96;b&#96;&#96;c"],
    ["a tag", "<img src=x>", "&#60;img src=x&#62;"],
    ["the end of the tag around it", "</code>", "&#60;/code&#62;"],
    ["a character reference", "&lt;", "&#38;lt;"],
    ["a link", "[a](b)", "&#91;a&#93;(b)"],
    ["emphasis", "*a* __b__ ~~c~~", "&#42;a&#42; &#95;&#95;b&#95;&#95; &#126;&#126;c&#126;&#126;"],
    ["a mention", "@octocat", "&#64;octocat"],
    ["a reference", "octo/cat#123", "octo/cat&#35;123"],
    ["an address", "https://evil.test www.evil.test", "https&#58;//evil.test www&#46;evil.test"],
    ["a formula", "$a^2$", "&#36;a&#94;2&#36;"],
    ["a line break", "a\nb", "a�b"],
    ["a change of direction", "a\u202eb", "a�b"],
  ])("%s is text", (_title, value, expected) => {
    expect(cellOf(value)).toBe(`<code>${expected}</code>`);
  });

  it("a long value is cut, between characters and before they are escaped", () => {
    expect(cellOf("|".repeat(81))).toBe(`<code>${"&#124;".repeat(80)}…</code>`);
    const row = rowOf({ provider: "p".repeat(81), status: "blocked", reason: "*".repeat(301) });
    const markdown = planMarkdown(planOf([row]));
    expect(markdown).toContain(`| <code>${"p".repeat(80)}…</code> |`);
    expect(markdown).toContain(`blocked: <code>${"&#42;".repeat(300)}…</code> |`);
  });

  /** The document without what it may have of its own: what is left has no meaning in Markdown or HTML. */
  const withoutOwn = (markdown: string) =>
    markdown
      .replaceAll(/<\/?(code|details|summary)>|<br>|&#\d+;|^### |^\*\*(Refused|Journal)\*\*/gm, "")
      .replaceAll(/^\|(.*)\|$/gm, (_line, cells: string) => cells.split(" | ").join("\n"));

  it("never has a meaning", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const names = { provider: text, gateway: text, adapter: text, id: text };
        const field = { ...renamed, before: text, after: { [text]: text } };
        const row = rowOf({ ...names, status: "blocked", fields: [field], reason: text });
        const exceeded = [{ kind: "key", gateway: text, planned: 2, bindings: 2, most: 1 }] as const;
        const applied = appliedOf({ ...names, reason: text, notes: [{ code: "c", message: text }] });
        const result = resultOf([applied], { settled: [settledOf(names)], journalError: text });
        const documents = [planMarkdown(planOf([row], { exceeded })), driftMarkdown(planOf([row]))];
        for (const document of [...documents, applyMarkdown(result)]) {
          expect(withoutOwn(document)).not.toMatch(/[|`<>[\]*_~#@&\\$^]|www\.|:\/\/|(?!\n)\p{Cc}|[\p{Cf}\p{Cs}]/u);
        }
        // The heading, a refusal, the table's head, two rows.
        expect(documents[0]?.split("\n")).toHaveLength(9);
      }),
    );
  });
});

describe("much to say", () => {
  const rows = (count: number, row = changed) => Array.from({ length: count }, (_, id) => ({ ...row, id }));
  const longest: Plan["rows"][number] = {
    ...changed,
    provider: "|".repeat(100),
    fields: [{ ...renamed, before: "|".repeat(100), after: "*".repeat(100) }],
    reason: "#".repeat(2000),
  };

  it("stands open up to 20 rows, and folded after that", () => {
    expect(planMarkdown(planOf(rows(20)))).not.toContain("<details>");
    const folded = planMarkdown(planOf(rows(21))).split("\n");
    expect(folded.slice(0, 5)).toEqual([
      "### gatefold plan: 21 bindings: 21 changed; apply writes 21",
      "",
      "<details><summary>21 rows about 21 bindings</summary>",
      "",
      "| Provider | Gateway | Field | Before | After | Verdict |",
    ]);
    expect(folded.slice(-3)).toEqual(["", "</details>", ""]);
    expect(applyMarkdown(resultOf(Array.from({ length: 21 }, () => appliedOf())))).toContain("<details>");
  });

  it("is cut between bindings, and the rest is counted", () => {
    const markdown = planMarkdown(planOf(rows(1000)));
    expect(markdown.length).toBeLessThanOrEqual(60_000);
    expect(markdown.length).toBeGreaterThan(59_000);
    const shown = markdown.match(/^\| <code>/gm)?.length ?? 0;
    expect(markdown).toMatch(new RegExp(`\\|\n\nand ${1000 - shown} more\n\n</details>\n$`));
  });

  it("keeps the rows of one binding together", () => {
    const markdown = planMarkdown(planOf(rows(200, longest)));
    const shown = markdown.match(/ changed, will be written \|$/gm)?.length ?? 0;
    expect(markdown.match(/ changed: <code>&#35;/g)).toHaveLength(shown);
    expect(markdown).toContain(`\n\nand ${200 - shown} more\n`);
  });

  it("counts what refuses it, and what was settled, too", () => {
    const exceeded = Array.from({ length: 50 }, () => ({
      ...({ kind: "key", gateway: "|".repeat(300), planned: 2, bindings: 2, most: 1 } as const),
    }));
    const plan = planMarkdown(planOf(rows(1000, longest), { exceeded }));
    expect(plan.match(/^\*\*Refused/gm)).toHaveLength(20);
    expect(plan).toContain("\n\nand 30 more\n\n");
    expect(plan.length).toBeLessThanOrEqual(60_000);
    expect(plan).toContain("\n</details>\n");
    const settled = Array.from({ length: 5000 }, () => settledOf());
    const result = applyMarkdown(resultOf([appliedOf()], { settled, journalError: "x" }));
    expect(result).toContain("\n\nand 4981 more\n\n| Provider |");
  });
});
