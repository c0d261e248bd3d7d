import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { describeWhole } from "./whole.ts";

const PLACES = [
  process.env.GATEFOLD_CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

const executable = PLACES.find((place) => place !== undefined && place !== "" && existsSync(place));

/** A suite that needs a browser. */
export function describeInBrowser(title: string, suite: (browser: () => Browser) => void): void {
  const missing =
    executable === undefined ? "no Chromium found: install it, or name it in GATEFOLD_CHROMIUM" : undefined;
  describeWhole(title, missing, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: executable ?? "", args: ARGUMENTS });
    });
    afterAll(async () => browser?.close());
    suite(() => browser ?? unopened());
  });
}

function unopened(): never {
  throw new Error("the browser is not open");
}

// Each keeps the browser from asking anything of the network, or of a machine without a screen.
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A page that is open, and everything that it did besides showing. */
export interface OpenPage {
  readonly page: Page;
  /** The file's address, without a query. */
  readonly url: string;
  /** Every request but the one for the file itself. */
  readonly requests: string[];
  /** Everything on the console, and every error that nothing caught. */
  readonly said: string[];
}

/** Opens documents as files, and closes them after each test. */
export function usePages(browser: () => Browser) {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "gatefold-pages-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(async () => {
    for (const context of browser().contexts()) await context.close();
  });
  let count = 0;
  return async (
    text: string,
    { query = "", ...options }: BrowserContextOptions & { query?: string } = {},
  ): Promise<OpenPage> => {
    const file = join(folder, `${++count}.html`);
    writeFileSync(file, text);
    const url = pathToFileURL(file).href;
    const context = await browser().newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const requests: string[] = [];
    const said: string[] = [];
    page.on("request", (request) => {
      if (request.url().split(/[?#]/, 1)[0] !== url) requests.push(request.url());
    });
    page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => said.push(error.message));
    await page.goto(url + query);
    return { page, url, requests, said };
  };
}

/** What axe finds wrong with a page as it is now: rule and place. */
export async function violationsOf(page: Page): Promise<string[]> {
  // The page's own policy lets no script in but its own: this one comes by the debugger.
  const session = await page.context().newCDPSession(page);
  const run = async (expression: string) => {
    const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
    return result.value;
  };
  await run(`${axe.source};0`);
  const found: unknown = await run(
    "axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ': ' + target.join(' '))))",
  );
  return Array.isArray(found) ? found.map(String) : ["axe gave no result"];
}
