import { planHtml } from "../../src/cli/render/html/index.ts";
import { describeInBrowser, usePages, violationsOf } from "../support/browser.ts";
import { samplePage } from "../support/pages.ts";

const { plan, context } = samplePage(12);
const sample = planHtml(plan, "plan", context);

describeInBrowser("a page in a browser", (browser) => {
  const open = usePages(browser);
  const link = (place: number) => `#matrix a[href='#r${place}']`;
  const panelOf = (page: Awaited<ReturnType<typeof open>>["page"]) => page.locator("#panel");
  // The row of the first change, by the place of its link.
  const changed = plan.rows.findIndex(({ status }) => status === "changed");
  const listed = plan.rows.filter(({ status }) => status !== "in-sync" && status !== "unverifiable").length;
  const calm = plan.rows.findIndex(({ status }) => status === "in-sync");

  it("asks nothing of any network, and says nothing on the console", async () => {
    const { page, requests, said } = await open(sample);
    await page.hover(link(changed));
    await panelOf(page).waitFor();
    await page.fill("#q", "anthropic");
    expect({ requests, said }).toEqual({ requests: [], said: [] });
  });

  it("runs no script but its own", async () => {
    const { page, said } = await open(sample);
    const intruder = 'Object.assign(document.createElement("script"), { textContent: "window.intruder = true" })';
    await page.evaluate(`document.body.append(${intruder})`);
    expect(await page.evaluate('"intruder" in window')).toBe(false);
    expect(said.join()).toContain("Content Security Policy");
  });

  it.each([
    ["light", { colorScheme: "light" }],
    ["dark", { colorScheme: "dark" }],
    ["on a phone", { viewport: { width: 360, height: 780 } }],
    ["in colours that the reader chose", { forcedColors: "active" }],
  ] as const)("has nothing that axe finds wrong, %s, with details open and closed", async (_title, options) => {
    const { page } = await open(sample, options);
    expect(await violationsOf(page)).toEqual([]);
    await page.click(link(changed));
    await panelOf(page).waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });

  it.each([320, 360, 800, 1280])("is never wider than a window of %d pixels", async (width) => {
    const { page } = await open(sample, { viewport: { width, height: 780 } });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    // Nor is anything cut off.
    const rights =
      "[...document.querySelectorAll('a, h1, label, #list *')].map((each) => each.getBoundingClientRect().right)";
    expect(await page.evaluate(`Math.max(...${rights})`)).toBeLessThanOrEqual(width);
  });

  describe("details", () => {
    it("show while the pointer is on a cell or on them, and go after it left", async () => {
      const { page } = await open(sample);
      await page.hover(link(changed));
      await panelOf(page).waitFor();
      expect(await panelOf(page).textContent()).toContain("OpenAI Production");
      await panelOf(page).hover();
      await page.waitForTimeout(500);
      // Of the same cell still: not closed, and opened again for the one behind the panel.
      expect(await page.locator(".shown").getAttribute("href")).toBe(`#r${changed}`);
      await page.hover("h1");
      await panelOf(page).waitFor({ state: "hidden" });
    });

    it("are dismissed by Escape while the pointer stays", async () => {
      const { page } = await open(sample);
      await page.hover(link(changed));
      await panelOf(page).waitFor();
      await page.keyboard.press("Escape");
      expect(await panelOf(page).isVisible()).toBe(false);
      await page.waitForTimeout(300);
      expect(await panelOf(page).isVisible()).toBe(false);
    });

    it("are reached by the keyboard alone, and give the focus back", async () => {
      const { page } = await open(sample);
      const focused = () => page.evaluate("document.activeElement.getAttribute('href') ?? document.activeElement.id");
      await page.focus("button[type=reset]");
      await page.keyboard.press("Tab");
      expect(await focused()).toBe("#r0");
      expect(await panelOf(page).isVisible()).toBe(true);
      await page.keyboard.press("ArrowRight");
      expect(await focused()).toBe("#r1");
      await page.keyboard.press("ArrowDown");
      expect(await page.locator(".shown").getAttribute("href")).toBe(await focused());
      await page.keyboard.press("Enter");
      expect(await focused()).toBe("panel");
      await page.keyboard.press("Tab");
      expect(await focused()).toBe("panel-close");
      await page.keyboard.press("Escape");
      expect(await panelOf(page).isVisible()).toBe(false);
      expect(await focused()).toMatch(/^#r\d+$/);
    });

    it("open by a tap and close by one elsewhere, without leaving the page", async () => {
      const { page, url } = await open(sample, {
        hasTouch: true,
        isMobile: true,
        viewport: { width: 360, height: 780 },
      });
      await page.tap(link(calm));
      await panelOf(page).waitFor();
      expect(await panelOf(page).textContent()).toContain("in-sync(fingerprint+hint)");
      const { bottom = 0, left = 1 } = await panelOf(page).evaluate((panel) => panel.getBoundingClientRect().toJSON());
      expect({ bottom, left }).toEqual({ bottom: 780, left: 0 });
      await page.touchscreen.tap(100, 60);
      await panelOf(page).waitFor({ state: "hidden" });
      expect(page.url()).toBe(url);
    });

    it("lead to the entry of a change, and of what is as desired nowhere", async () => {
      const { page, url } = await open(sample);
      await page.click(link(changed));
      await page.click("#panel-more a");
      expect(page.url()).toBe(`${url}#r${changed}`);
      await panelOf(page).waitFor({ state: "hidden" });
      expect(await page.locator(`#list #r${changed}`).isVisible()).toBe(true);
      await page.click(link(calm));
      expect(await page.locator("#panel-more").isVisible()).toBe(false);
    });

    it("open from an address that names what is not in the list", async () => {
      const { page } = await open(sample, { query: `#r${calm}` });
      expect(await panelOf(page).isVisible()).toBe(true);
    });
  });

  describe("filters", () => {
    const shownRows = (page: Awaited<ReturnType<typeof open>>["page"]) =>
      page.locator("#matrix tbody tr:visible").count();

    it("go into the address, and come back from it", async () => {
      const { page, url } = await open(sample);
      await page.fill("#q", "anthropic");
      await page.check("input[value=changed]");
      await page.selectOption("#g", "ngrok-eu");
      expect(page.url()).toBe(`${url}?q=anthropic&status=changed&gateway=ngrok-eu`);
      const seen = await shownRows(page);
      expect(seen).toBe(1);
      await page.reload();
      expect(await shownRows(page)).toBe(seen);
      expect(await page.inputValue("#q")).toBe("anthropic");
      expect(await page.isChecked("input[value=changed]")).toBe(true);
      expect(await page.locator("#matrix thead th:visible").allInnerTexts()).toEqual(["Provider", "ngrok-eu"]);
      expect(await page.locator("#list article:visible").count()).toBe(1);
      await page.click("button[type=reset]");
      expect(await shownRows(page)).toBe(12);
      expect(page.url()).toBe(url);
    });

    it("find providers by tag, and say how many, or that there are none", async () => {
      const { page } = await open(sample);
      await page.fill("#q", "staging eu");
      expect(await page.textContent("#count")).toMatch(/^\d of 12 providers, /);
      await page.fill("#q", "nobody");
      expect(await page.textContent("#count")).toMatch(/^0 of 12 providers, 0 of /);
      expect(await page.isVisible("#nothing")).toBe(true);
    });

    it("keep the keyboard's way into the matrix", async () => {
      const { page } = await open(sample);
      await page.check("input[value=changed]");
      await page.focus("button[type=reset]");
      await page.keyboard.press("Tab");
      expect(await page.evaluate("document.activeElement.closest('tr').hidden")).toBe(false);
    });

    it("ignore an address that says nothing true", async () => {
      const { page, said } = await open(sample, { query: "?status=none&gateway=nowhere&q=" });
      expect(await shownRows(page)).toBe(12);
      expect(said).toEqual([]);
    });
  });

  it("without a script shows every detail, and no control that does nothing", async () => {
    const { page } = await open(sample, { javaScriptEnabled: false });
    expect(await page.locator("article:visible").count()).toBe(plan.rows.length);
    expect(await page.locator(".controls").isVisible()).toBe(false);
    expect(await page.locator("input:visible").count()).toBe(0);
    await page.click(link(calm));
    expect(page.url()).toMatch(new RegExp(`#r${calm}$`));
  });

  it("prints everything that matters and no controls", async () => {
    const { page } = await open(sample, { colorScheme: "dark" });
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect(await page.locator(".controls").isVisible()).toBe(false);
    expect(await page.locator("#list article:visible").count()).toBe(listed);
    expect(await page.evaluate("getComputedStyle(document.body).color")).toBe("rgb(27, 32, 39)");
    expect((await page.pdf({ format: "A4" })).length).toBeGreaterThan(10_000);
  });
});
