import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { planHtml } from "../../src/cli/render/html/index.ts";
import { describeInBrowser } from "../support/browser.ts";
import { samplePage } from "../support/pages.ts";
import { useTemporaryDirectory } from "../support/sync.ts";

const FRAMES = 60;

describeInBrowser("a page of 1,000 providers at 6 gateways", (browser) => {
  const directory = useTemporaryDirectory();

  // By the processor's time, which a busy machine does not stretch as it does the time that passes.
  it("opens in under a second and scrolls by frames of less than a sixtieth, with its list whole in the end", async () => {
    const { plan, context } = samplePage(1000);
    const text = planHtml(plan, "plan", context);
    const file = join(directory.path, "page.html");
    writeFileSync(file, text);
    const page = await browser().newPage({ viewport: { width: 1280, height: 900 } });
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    const busy = async () => {
      const { metrics } = await session.send("Performance.getMetrics");
      return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
    };
    const before = await busy();
    await page.goto(pathToFileURL(file).href);
    const opened = (await busy()) - before;
    await page.evaluate(`new Promise((done) => {
      const look = () => document.querySelector("#list noscript") ? setTimeout(look, 50) : done();
      look();
    })`);
    const listed = plan.rows.filter(({ status }) => status !== "in-sync" && status !== "unverifiable").length;
    expect(await page.locator("#list article").count()).toBe(listed);
    const still = await busy();
    const frame = "new Promise((done) => { scrollBy(0, 120); requestAnimationFrame(done); })";
    await page.evaluate(`(async () => { for (let count = 0; count < ${FRAMES}; count += 1) await ${frame}; })()`);
    const perFrame = ((await busy()) - still) / FRAMES;
    const figures = `${text.length} characters, opened in ${opened.toFixed()} ms, ${perFrame.toFixed(1)} ms for a frame of scrolling`;
    process.stderr.write(`1,000 providers at 6 gateways: ${figures}\n`);
    expect(opened).toBeLessThan(1000);
    expect(perFrame).toBeLessThan(1000 / 60);
    expect(text.length).toBeLessThan(8_000_000);
  });
});
