import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { openJournal } from "../../../src/sync/index.ts";
import { testRuntime, useTemporaryDirectory } from "../../support/sync.ts";

const directory = useTemporaryDirectory();

// The loosest there is: what a file gets is what it asks for.
let usual = 0;
beforeEach(() => {
  usual = process.umask(0);
});
afterEach(() => {
  process.umask(usual);
});

it("a journal and its lock are their owner's alone, whatever the process lets through", async () => {
  const journal = await openJournal(join(directory.path, "journal.jsonl"), testRuntime(), { command: "apply" });
  const modes = readdirSync(directory.path)
    .sort()
    .map((name) => [name.replace(/lock-.*/, "lock"), (statSync(join(directory.path, name)).mode & 0o777).toString(8)]);
  await journal.close();
  expect(modes).toEqual([
    ["journal.jsonl", "600"],
    ["journal.jsonl.lock", "600"],
  ]);
});
