import { planHtml } from "../../src/cli/render/html/index.ts";
import { printable } from "../../src/cli/render/shown.ts";
import { RejectedError } from "../../src/index.ts";
import { describeInBrowser, usePages, violationsOf } from "../support/browser.ts";
import { contextOf } from "../support/pages.ts";
import { hostileText, planOf, renamed, rowOf } from "../support/plans.ts";
import fc from "../support/property.ts";

const HOSTILE = [
  "<script>window.hit = 1</script>",
  "</script></noscript></title></style><script>window.hit = 1</script>",
  `"><img src=x onerror="window.hit = 1">' onfocus='window.hit = 1' autofocus x='`,
  "<!--",
  "--><b>bold</b>",
  "\u202eetirw on\u2066\u200f",
  "null\u0000byte\ud83d and half of a pair",
  "x".repeat(10_000),
  "العربية ו-עברית",
  "&lt;not an entity&gt; &amp;amp;",
  "__proto__",
  "constructor",
];

/** A page in which every text of a stranger is this one. */
function pageWith(text: string): string {
  const error = new RejectedError(
    { adapter: text, message: text, outcome: "not-applied", retryable: false, status: 400 },
    [],
  );
  const rows = (["changed", "in-sync", "failed"] as const).map((status, index) =>
    rowOf({
      provider: `${index} ${text}`,
      adapter: text,
      id: text,
      status,
      seen: { hint: text },
      fields: [
        { ...renamed, before: text, after: { text, [text]: text } },
        { ...renamed, verdict: "in-sync" },
      ],
      ...(status === "changed" && { writes: ["name"], reason: text, affects: [{ id: text, name: text }] }),
      ...(status === "failed" && { error }),
    }),
  );
  // No config takes such names; a plan of another program may hold them.
  return planHtml(
    planOf(rows, { scope: { gateways: [text], providers: [text], tags: [text] } }),
    "plan",
    contextOf(["eu"], { plain: ["prod"] }),
  );
}

describeInBrowser("texts of strangers in a browser", (browser) => {
  const open = usePages(browser);

  it.each(HOSTILE.map((text) => [JSON.stringify(text).slice(0, 40), text]))(
    "%s shows as text",
    async (_title, text) => {
      const { page, said, requests } = await open(pageWith(text));
      const name = printable(`0 ${text}`);
      expect(await page.locator("#r0 h3 bdi").first().textContent()).toBe(name);
      const short = await page.locator("#matrix tbody th > bdi").first().textContent();
      expect(name.startsWith(String(short).replace(/…$/, ""))).toBe(true);
      await page.click("#matrix a[href='#r1']");
      expect(await page.locator("#panel h3 bdi").first().textContent()).toBe(printable(`1 ${text}`));
      expect(await page.evaluate("window.hit")).toBeUndefined();
      expect({ said, requests }).toEqual({ said: [], requests: [] });
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(1280);
    },
  );

  it("leave nothing that axe finds wrong", async () => {
    const { page } = await open(pageWith(HOSTILE[1] ?? ""), { viewport: { width: 360, height: 700 } });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    expect(await violationsOf(page)).toEqual([]);
  });

  it("never change what a page is made of, whatever they are", async () => {
    const { page } = await open("<!doctype html><title>t</title>");
    const count = `new DOMParser().parseFromString(source, "text/html").querySelectorAll("*").length`;
    const shapeOf = (text: string) => page.evaluate(`{ const source = ${JSON.stringify(pageWith(text))}; ${count}; }`);
    const expected = await shapeOf("plain");
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => {
        // A name alone decides nothing; one that begins a word of the style sheet or the script must not, either.
        expect(await shapeOf(`t${text}`)).toBe(expected);
      }),
      { numRuns: 60 },
    );
  });
});
