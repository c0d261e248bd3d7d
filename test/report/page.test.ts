import { createHash } from "node:crypto";
import { applyHtml, planHtml } from "../../src/cli/render/html/index.ts";
import type { PlanRow } from "../../src/sync/index.ts";
import { contextOf, NOW, objectAt, samplePage, writeOf } from "../support/pages.ts";
import { appliedOf, hostileText, keyOf, planOf, renamed, resultOf, rowOf } from "../support/plans.ts";
import fc from "../support/property.ts";

const context = contextOf(["eu", "us"], { "openai-prod": ["prod"] }, writeOf(objectAt("eu", 101), ["credential"], 12));
const pageOf = (rows: readonly PlanRow[], different = {}) => planHtml(planOf(rows, different), "plan", context);

/** The text of a page's part, without its markup. */
const textOf = (page: string, part: RegExp) =>
  (part.exec(page)?.[0] ?? "")
    .replace(/<[^>]*>/g, " ")
    .replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/\s+/g, " ")
    .trim();
const entry = (page: string, place: number) => textOf(page, new RegExp(`<article id="r${place}"[\\s\\S]*?</article>`));
const matrix = (page: string) => textOf(page, /<tbody[\s\S]*<\/tbody>/);
const list = (page: string) => textOf(page, /<section[^>]*id="list"[\s\S]*?<\/section>/);

describe("the matrix", () => {
  it("shows status, hint and age of each binding, and says where there is none", () => {
    const key = { ...keyOf("in-sync", "fingerprint", "hint"), before: "sk-1" };
    const page = pageOf([
      rowOf({ seen: { hint: "sk-...1234" }, fields: [key] }),
      rowOf({
        provider: "other",
        gateway: "us",
        status: "drift",
        fields: [keyOf("drift", "hint")],
        writes: ["credential"],
        writesKey: true,
      }),
    ]);
    expect(matrix(page)).toBe(
      "openai-prod prod in sync sk-...1234 · 12 days no binding other no binding drift age unknown",
    );
  });

  it("says of a change beyond a limit that it is refused", () => {
    const exceeded = [{ kind: "update", gateway: "eu", planned: 1, bindings: 2, most: 0 }] as const;
    const page = pageOf([rowOf({ status: "changed", fields: [renamed], writes: ["name"] }), rowOf({ gateway: "us" })], {
      exceeded,
    });
    expect(matrix(page)).toBe("openai-prod prod changed refused in sync");
    expect(page).toContain('data-s="changed refused"');
    expect(textOf(page, /<p class="alert">.*?<\/p>/)).toMatch(/^Refused: /);
  });
});

describe("the list of changes", () => {
  it("shows before and after, the verdict, what it rests on, and the last write", () => {
    const page = pageOf([
      rowOf({
        status: "changed",
        fields: [renamed, keyOf("drift", "hint")],
        writes: ["name", "credential"],
        writesKey: true,
      }),
    ]);
    expect(entry(page, 0)).toBe(
      "openai-prod at eu changed acme , id 101 " +
        "name changed, will be written - OpenAI + OpenAI Production The gateway shows another value. " +
        "credential drift(hint), will be written - sk-...1234 + a new key: api_key, apiKey env:KEY " +
        "The gateway's hint moved since the last write: somebody else replaced the key. " +
        "Age of the key Not known: somebody else replaced it since gatefold wrote it last 12 days ago. " +
        "Last write written 12 days ago by alice at build-7, gatefold apply : credential " +
        "2026-11-10 14:50 UTC, run run-1 ; reason: quarterly rotation",
    );
  });

  it("sets off of an object the members that differ", () => {
    const native = {
      field: "native",
      verdict: "changed",
      evidence: ["read"],
      before: { a: 1, b: 2 },
      after: { b: 2, c: 3 },
    } as const;
    const page = pageOf([rowOf({ status: "changed", fields: [native], writes: ["native"] })]);
    expect(entry(page, 0)).toContain("- a: 1 b: 2 + c: 3");
  });

  it("shows what was not shown, is cleared, and is made", () => {
    const hidden = { field: "description", verdict: "unreadable", evidence: [], after: null } as const;
    const page = pageOf([
      rowOf({ status: "unreadable", fields: [hidden], writes: ["description"] }),
      rowOf({
        gateway: "us",
        id: null,
        status: "create",
        fields: [{ ...renamed, before: undefined, evidence: [] }],
        writes: ["name"],
        creation: { slug: "openai" },
      }),
    ]);
    expect(entry(page, 0)).toContain("- (not shown) + (empty: cleared)");
    expect(entry(page, 1)).toMatch(
      /us to create acme , id new slug fixed once it is there \+ openai name will be created \+ OpenAI Production/,
    );
  });

  it("has what is written, differs or stands in the way, and not what stays as it is", () => {
    const page = pageOf([
      rowOf(),
      rowOf({ provider: "blocked", status: "blocked", reason: "in the way" }),
      rowOf({ provider: "unknown-key", status: "unverifiable", fields: [keyOf("unverifiable")] }),
      rowOf({
        provider: "written-key",
        status: "unverifiable",
        fields: [keyOf("unverifiable")],
        writes: ["credential"],
        writesKey: true,
      }),
    ]);
    expect(list(page)).toContain("blocked at eu blocked acme , id 101 in the way");
    expect(list(page)).toContain("written-key at eu");
    expect(list(page)).not.toContain("unknown-key");
    expect(entry(page, 2)).toContain("Nothing is known of it");
  });
});

describe("an apply's page", () => {
  it("shows what became of each row, and what stayed as it was", () => {
    const rows = [
      rowOf({
        status: "drift",
        fields: [keyOf("drift", "hint")],
        writes: ["credential"],
        writesKey: true,
        seen: { hint: "sk-old" },
      }),
      rowOf({ gateway: "us" }),
    ];
    const page = applyHtml(resultOf([appliedOf({ writes: ["credential"] })]), planOf(rows), {
      ...context,
      command: "apply",
    });
    expect(page).toContain("<h1>1 done, 0 failed, 0 blocked, 0 unknown</h1>");
    expect(matrix(page)).toBe("openai-prod prod done 12 days in sync");
    expect(list(page)).toContain("done: credential");
    expect(page).not.toContain("sk-old");
  });
});

describe("a page", () => {
  it("lets in no script, style or anything else but its own", () => {
    const page = pageOf([rowOf()]);
    const hashOf = (text: string | undefined) =>
      createHash("sha256")
        .update(text ?? "")
        .digest("base64");
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1];
    const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1];
    expect(page).toContain(
      `content="default-src 'none'; style-src 'sha256-${hashOf(style)}'; script-src 'sha256-${hashOf(script)}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(page).not.toMatch(/https?:|@import|url\(| style="| on[a-z]+="/);
  });

  it("is the same for the same plan at the same time", () => {
    const { plan, context: sample } = samplePage(5);
    expect(planHtml(plan, "drift", sample)).toBe(planHtml(plan, "drift", { ...sample, now: NOW }));
  });

  // Between the marks of elements there is text alone, so a text that got out would be one more mark, or another.
  it("is made of the same elements whatever strangers write", () => {
    const shapeOf = (text: string) => {
      const rows = [
        rowOf({
          provider: text,
          id: text,
          adapter: text,
          status: "changed",
          reason: text,
          seen: { hint: text },
          fields: [{ ...renamed, before: text, after: { text } }],
          writes: ["name"],
        }),
        rowOf({ provider: text, gateway: "us", fields: [{ ...renamed, verdict: "in-sync" }] }),
      ];
      return pageOf(rows, { scope: { gateways: [text], providers: [text], tags: [text] } }).match(/<[^>]*>/g);
    };
    const expected = shapeOf("plain");
    fc.assert(
      fc.property(hostileText, (text) => expect(shapeOf(`t${text}`)).toEqual(expected)),
      { numRuns: 100 },
    );
  });

  it("shows what would reorder or hide a text as a sign of its own", () => {
    const page = pageOf([rowOf({ provider: "a\u202eb\u0000c", status: "changed", reason: "d\u2028e" })]);
    for (const sign of ["\u0000", "\u2028", "\u202e"]) expect(page).not.toContain(sign);
    expect(page).toContain("<bdi>a\ufffdb\ufffdc</bdi>");
    expect(page).toContain("d\ufffde");
  });
});
