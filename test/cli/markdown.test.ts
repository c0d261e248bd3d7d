import { rotationMarkdown } from "../../src/cli/render/rotation-markdown.ts";
import { applyMarkdown, driftMarkdown, planMarkdown } from "../../src/cli/render.ts";
import { NotFoundError } from "../../src/index.ts";
import type { Plan } from "../../src/sync/index.ts";
import {
  appliedOf,
  hostileText,
  keyOf,
  planOf,
  renamed,
  resultOf,
  rotatedOf,
  rotationOf,
  rowOf,
  settledOf,
} from "../support/plans.ts";
import fc, { codePoint } from "../support/property.ts";

const notFound = new NotFoundError({
  adapter: "acme",
  message: "acme: no such provider",
  outcome: "not-sent",
  retryable: false,
});
const changed = rowOf({ status: "changed", fields: [renamed], writes: ["name"] });
const about = "| <code>openai-prod</code> | <code>eu (acme 101)</code> |";

describe("a plan as Markdown", () => {
  it("has a marker, the counts, what refuses it, then what stands in the way, what changes, and what is not known, folded", () => {
    const failed = rowOf({ status: "failed", error: notFound });
    const unknown = rowOf({ status: "unverifiable", fields: [{ ...keyOf("unverifiable"), before: undefined }] });
    const exceeded = [{ kind: "update", gateway: "eu", planned: 1, bindings: 4, most: 0 }] as const;
    expect(planMarkdown(planOf([unknown, changed, rowOf(), failed], { exceeded }))).toBe(
      `<!-- gatefold plan -->
### gatefold plan: 4 bindings: 1 in sync, 1 changed, 1 unverifiable, 1 failed; apply would write 1, and is refused

**Refused**: <code>1 object of 4 would be written at eu, and the limit is 0; if this is meant, say --allow update&#58;eu=1</code>

#### Failed or blocked (1)

| Provider | Gateway | Verdict |
| --- | --- | --- |
${about} failed: <code>NotFoundError&#58; acme&#58; no such provider</code> |

#### Changes (1)

| Provider | Gateway | Field | Before | After | Verdict |
| --- | --- | --- | --- | --- | --- |
${about} name | <code>OpenAI</code> | <code>OpenAI Production</code> | changed, will be written |

#### Not known (1)

<details><summary><code>eu</code>: 1 binding</summary>

| Provider | Gateway | Field | Before | After | Verdict |
| --- | --- | --- | --- | --- | --- |
${about} credential | not shown | <code>{"apiKey"&#58;"env&#58;KEY","scheme"&#58;"api&#95;key"}</code> | unverifiable, left as it is |

</details>

unverifiable: nothing tells that the gateway holds this key; gatefold adopt --key records that it does; --write-unverified writes it.
`,
    );
  });

  it("has no table where nothing differs", () => {
    expect(planMarkdown(planOf([rowOf()]))).toBe(
      "<!-- gatefold plan -->\n### gatefold plan: 1 binding: 1 in sync; nothing to write\n",
    );
  });

  it("counts what each of several gateways has, with a column for what there is", () => {
    const rows = [changed, rowOf(), rowOf({ gateway: "us" }), rowOf({ gateway: "us", status: "failed" })];
    expect(planMarkdown(planOf(rows)).split("\n\n")[1]).toBe(
      [
        "| Gateway | failed | changed | in-sync |",
        "| --- | ---: | ---: | ---: |",
        "| <code>eu</code> | 0 | 1 | 1 |",
        "| <code>us</code> | 1 | 0 | 1 |",
      ].join("\n"),
    );
  });

  it("lists what is written along, and keys that are in sync with their evidence", () => {
    const timeout = { field: "requestTimeout", verdict: "in-sync", evidence: ["read"], before: 9, after: 9 } as const;
    const enabled = { ...timeout, field: "enabled", before: true, after: true } as const;
    const fields = [renamed, timeout, enabled, keyOf("in-sync", "fingerprint", "hint")];
    const markdown = planMarkdown(planOf([{ ...changed, fields, writes: ["name", "requestTimeout"] }]));
    expect(markdown.split("\n").slice(7, -1)).toEqual([
      expect.stringContaining(" name | "),
      `${about} requestTimeout | <code>9</code> | <code>9</code> | in-sync, will be written |`,
      expect.stringContaining(" | in-sync(fingerprint+hint) |"),
    ]);
  });

  it("shows a row of which there is nothing else to say by its status", () => {
    expect(planMarkdown(planOf([rowOf({ status: "remove" })]))).toContain(`\n${about} remove |\n`);
  });

  it("counts what is not known and will be written among the changes", () => {
    const row = rowOf({ status: "unverifiable", fields: [keyOf("unverifiable")], writes: ["credential"] });
    const markdown = planMarkdown(planOf([row], { writeUnverified: true }));
    expect(markdown).toContain("#### Changes (1)");
    expect(markdown).not.toContain("Not known");
  });
});

describe("a drift report as Markdown", () => {
  it("says what differs, and proposes nothing", () => {
    const exceeded = [{ kind: "update", gateway: "eu", planned: 1, bindings: 4, most: 0 }] as const;
    const row = rowOf({ status: "drift", fields: [renamed, keyOf("drift", "hint")] });
    expect(driftMarkdown(planOf([row], { exceeded }))).toBe(
      `<!-- gatefold drift -->
### gatefold drift: 1 binding: 1 drift

#### Differences (1)

| Provider | Gateway | Field | Reported | Expected | Verdict |
| --- | --- | --- | --- | --- | --- |
${about} name | <code>OpenAI</code> | <code>OpenAI Production</code> | changed |
${about} credential | <code>sk-...1234</code> | <code>{"apiKey"&#58;"env&#58;KEY","scheme"&#58;"api&#95;key"}</code> | drift(hint) |
`,
    );
  });
});

describe("the result of an apply as Markdown", () => {
  it("has the counts, what ended it, what was not done, what was, and what was settled", () => {
    const rows = [
      appliedOf({ writes: ["name", "credential"], notes: [{ code: "cleared", message: "the note was cleared" }] }),
      appliedOf({ status: "failed", writes: [], reason: "not sent", error: notFound }),
    ];
    const settled = [settledOf({ applied: ["name"] })];
    expect(applyMarkdown(resultOf(rows, { settled, cancelled: true, journalError: "the disk is full" }))).toBe(
      `<!-- gatefold apply -->
### gatefold apply: 1 done, 1 failed, 0 blocked, 0 unknown

**Cancelled** before everything was done

**Journal**: <code>the disk is full</code>

#### Not done (1)

| Provider | Gateway | Outcome | Remarks |
| --- | --- | --- | --- |
${about} failed | <code>not sent</code><br><code>NotFoundError&#58; acme&#58; no such provider</code> |

#### Done (1)

| Provider | Gateway | Outcome | Fields | Remarks |
| --- | --- | --- | --- | --- |
${about} done | name, credential | <code>note&#58; the note was cleared</code> |

#### Settled: writes of earlier runs whose outcome was not known (1)

| What a look says now |
| --- |
| <code>openai-prod &#64; eu (101)&#58; name took effect</code> |
`,
    );
  });

  it("is a heading where there was nothing to do", () => {
    expect(applyMarkdown(resultOf([]))).toBe(
      "<!-- gatefold apply -->\n### gatefold apply: 0 done, 0 failed, 0 blocked, 0 unknown\n",
    );
  });
});

const env = (target: string) => ({ kind: "env", target }) as const;
const keys = { reference: env("KEY"), to: env("NEW_KEY") };

describe("the outcome of a rotation as Markdown", () => {
  it("has what failed, what is not as it should be apart, and what is left to do", () => {
    const rows = [
      rotatedOf({ evidence: ["hint", "verify"], inUse: true }),
      rotatedOf({ gateway: "us", holds: "unknown", reason: "no answer", affects: [{ id: 1, name: "A" }] }),
    ];
    const result = rotationOf(rows, { status: "needs-operator", failure: "acme: 503", resumable: true });
    expect(rotationMarkdown(result, keys)).toBe(
      `<!-- gatefold rotate -->
### gatefold rotate: Needs an operator: 1 hold the new key, 0 the old one, of 1 it is not known

**What failed**: <code>acme&#58; 503</code>

| Gateway | unknown | new |
| --- | ---: | ---: |
| <code>eu</code> | 0 | 1 |
| <code>us</code> | 1 | 0 |

#### Without the new key, or not known to have it (1)

| Provider | Gateway | Holds | Remarks |
| --- | --- | --- | --- |
| <code>openai-prod</code> | <code>us (acme 101)</code> | unknown | <code>reaches A (1)</code><br><code>no answer</code> |

#### Objects (1)

| Provider | Gateway | Holds | Shown by | Remarks |
| --- | --- | --- | --- | --- |
${about} new | hint, verify | <code>in use since it was written</code> |

Repair what is named above, if anything is, then go on with: gatefold rotate --resume
`,
    );
  });

  it("names the reference that still gives the old key as text", () => {
    const markdown = rotationMarkdown(rotationOf([rotatedOf()]), keys);
    expect(markdown).toContain(
      "\n\n<code>Put the new key where env&#58;KEY leads to, before the next apply.</code>\n\n" +
        "Whether the old key is still used anywhere else, nothing here can tell.\n",
    );
    expect(rotationMarkdown(rotationOf([rotatedOf()]), { ...keys, to: env("KEY") })).not.toContain("Put the new key");
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
      .replaceAll(/^<!-- gatefold [a-z]+ -->$/gm, "")
      .replaceAll(/<\/?(code|details|summary)>|<br>|&#\d+;|^####? |^\*\*(Refused|Journal|What failed)\*\*/gm, "")
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
        const reference = { kind: "file", target: text } as const;
        const rotated = rotatedOf({ ...names, reason: text, affects: [{ id: text, name: text }] });
        const oldKeyElsewhere = [{ provider: text, gateway: text, id: text }];
        const rotation = rotationOf([rotated], { failure: text, journalError: text, oldKeyElsewhere });
        const documents = [
          planMarkdown(planOf([row], { exceeded })),
          driftMarkdown(planOf([row])),
          applyMarkdown(result),
          rotationMarkdown(rotation, { reference, to: keys.to }),
        ];
        for (const document of documents) {
          expect(withoutOwn(document)).not.toMatch(/[|`<>[\]*_~#@&\\$^]|www\.|:\/\/|(?!\n)\p{Cc}|[\p{Cf}\p{Cs}]/u);
        }
        // The marker and the heading, a refusal, the section's title, the table's head, two rows.
        expect(documents[0]?.split("\n")).toHaveLength(12);
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
  const bytes = (text: string) => Buffer.byteLength(text);

  it("stands open up to 20 rows of a section, and is folded by gateway after that", () => {
    expect(planMarkdown(planOf(rows(20)))).not.toContain("<details>");
    const markdown = planMarkdown(planOf([...rows(20), ...rows(1, { ...changed, gateway: "us" })]));
    expect(markdown.match(/<details><summary>.*<\/summary>|#### .*/g)).toEqual([
      "#### Changes (21)",
      "<details><summary><code>eu</code>: 20 bindings</summary>",
      "<details><summary><code>us</code>: 1 binding</summary>",
    ]);
    expect(applyMarkdown(resultOf(Array.from({ length: 21 }, () => appliedOf())))).toContain("<details>");
  });

  it("is cut between bindings, the rest is counted, and it is said where it is", () => {
    const markdown = planMarkdown(planOf(rows(1000)));
    expect(bytes(markdown)).toBeLessThanOrEqual(60_000);
    expect(bytes(markdown)).toBeGreaterThan(59_000);
    const left = 1000 - (markdown.match(/^\| <code>/gm)?.length ?? 0);
    expect(markdown).toMatch(
      new RegExp(
        `\\|\n\nnot shown: ${left}\n\n</details>\n\n` +
          `\\*\\*${left} bindings not shown\\*\\*: a comment has no room for more\\. ` +
          "The whole is in what the same run writes with `--out FILE\\.json` or, for a browser, `--out FILE\\.html`\\.\n$",
      ),
    );
  });

  it("keeps the rows of one binding together", () => {
    const markdown = planMarkdown(planOf(rows(200, longest)));
    const shown = markdown.match(/ changed, will be written \|$/gm)?.length ?? 0;
    expect(markdown.match(/ changed: <code>&#35;/g)).toHaveLength(shown);
    expect(markdown).toContain(`\n\nnot shown: ${200 - shown}\n`);
  });

  it("gives its room to what matters first, and counts the rest by section", () => {
    const failed = rows(1000, rowOf({ status: "failed", reason: "x".repeat(300) }));
    const markdown = planMarkdown(planOf([...rows(30), ...failed]));
    expect(markdown).toContain("#### Failed or blocked (1000)\n\n<details>");
    expect(markdown).toMatch(/#### Changes \(30\)\n\n(<details>[\s\S]*)?not shown: \d+\n/);
  });

  it("counts refusals and gateways, too", () => {
    const exceeded = Array.from({ length: 50 }, () => ({
      ...({ kind: "key", gateway: "|".repeat(300), planned: 2, bindings: 2, most: 1 } as const),
    }));
    const many = Array.from({ length: 50 }, (_, index) => ({ ...longest, gateway: `${"|".repeat(90)}${index}` }));
    const plan = planMarkdown(planOf(many, { exceeded }));
    expect(plan.match(/^\*\*Refused/gm)).toHaveLength(10);
    expect(plan).toContain("\n\nand 40 more\n\n");
    expect(plan).toContain("\n\nand 30 more gateways\n\n");
    expect(bytes(plan)).toBeLessThanOrEqual(60_000);
  });

  /** What a reader's host would stumble over. */
  function flawsOf(markdown: string): string[] {
    const lines = markdown.split("\n");
    const tables = markdown.match(/(?:^\|.*\|$\n?)+/gm) ?? [];
    const cells = (line: string) => line.split(" | ").length;
    let depth = 0;
    let deepest = 0;
    for (const line of lines) {
      if (line.startsWith("<details>")) depth += 1;
      if (line === "</details>") depth -= 1;
      deepest = Math.max(deepest, Math.abs(depth));
    }
    return [
      ...(bytes(markdown) > 60_000 ? [`${bytes(markdown)} bytes`] : []),
      ...(depth === 0 && deepest <= 1 ? [] : ["folds that are not closed, or nested"]),
      ...tables.flatMap((table) => {
        const [head = "", rule = "", ...body] = table.trimEnd().split("\n");
        const isWhole = /^\|( -+:? \|)+$/.test(rule) && [rule, ...body].every((line) => cells(line) === cells(head));
        return isWhole ? [] : [`a table that is not whole: ${head}`];
      }),
      // A table needs a blank line before it, inside of a fold as well.
      ...lines.flatMap((line, index) =>
        line.startsWith("|") && !/^(\||$)/.test(lines[index - 1] ?? "") ? [`a table right after ${index}`] : [],
      ),
    ];
  }

  // Long texts of characters that take four bytes, or that are escaped to six.
  const longText = fc
    .tuple(fc.oneof(codePoint, fc.constantFrom("|", "😀", "\u202e")), fc.nat(100))
    .map(([character, count]) => character.repeat(count));

  it("is whole and below the limit, whatever is in it, and however much", () => {
    const statuses = fc.constantFrom("failed", "blocked", "changed", "unverifiable", "remove", "in-sync");
    fc.assert(
      fc.property(
        fc.array(fc.tuple(longText, longText, statuses, fc.nat(60)), { minLength: 1, maxLength: 6 }),
        fc.nat(30),
        (kinds, refusals) => {
          const all = kinds.flatMap(([provider, gateway, status, count]) =>
            Array.from({ length: count }, () => {
              const fields = [{ ...renamed, before: provider, after: gateway }];
              return rowOf({ provider, gateway, adapter: provider, id: gateway, status, fields, reason: provider });
            }),
          );
          const [text = ""] = kinds.map(([provider]) => provider);
          const exceeded = Array.from({ length: refusals }, () => {
            return { kind: "key", gateway: text, planned: 2, bindings: 2, most: 1 } as const;
          });
          const applied = all.map((row, index) =>
            appliedOf({ ...row, status: index % 2 === 0 ? "done" : "failed", notes: [{ code: "c", message: text }] }),
          );
          const rotated = all.map(({ provider, gateway }, index) =>
            rotatedOf({ provider, gateway, holds: index % 2 === 0 ? "new" : "unknown", reason: provider }),
          );
          const settled = Array.from({ length: refusals * 9 }, () => settledOf({ provider: text }));
          const documents = [
            planMarkdown(planOf(all, { exceeded })),
            driftMarkdown(planOf(all)),
            applyMarkdown(resultOf(applied, { settled, journalError: text })),
            rotationMarkdown(rotationOf(rotated, { status: "needs-operator", failure: text }), keys),
          ];
          expect(documents.map(flawsOf)).toEqual([[], [], [], []]);
        },
      ),
      { numRuns: 25 },
    );
  });
});
