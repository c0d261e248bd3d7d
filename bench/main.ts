import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, totalmem } from "node:os";
import { measureApply } from "./apply.ts";
import { measureApplyRequests } from "./apply-requests.ts";
import { measureBudget } from "./budget.ts";
import { measureBytes } from "./bytes.ts";
import { measureJournal } from "./journal.ts";
import { measureMapping } from "./mapping.ts";
import { measurePlan } from "./plan.ts";
import { measureRequests } from "./requests.ts";
import { type Measurement, type Row, tableOf } from "./row.ts";
import { measureStart } from "./start.ts";
import { measureTransport } from "./transport.ts";
import { measureWatching } from "./watching.ts";

/**
 * Prints one table of how fast gatefold is, each row measured side by side with what it is held against.
 *
 *   npm run bench [-- NAME...]
 *
 * Names choose what is measured; without any everything is.
 */

const measurements: Readonly<Record<string, Measurement>> = {
  requests: measureRequests,
  "apply-requests": measureApplyRequests,
  budget: measureBudget,
  transport: measureTransport,
  mapping: measureMapping,
  plan: measurePlan,
  apply: measureApply,
  journal: measureJournal,
  start: measureStart,
  bytes: measureBytes,
  watching: measureWatching,
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !Object.hasOwn(measurements, name));
if (unknown.length > 0) {
  process.stderr.write(`unknown: ${unknown.join(", ")}; there are ${Object.keys(measurements).join(", ")}\n`);
  process.exit(1);
}
const rows: Row[] = [];
for (const [name, measure] of Object.entries(measurements)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  process.stderr.write(`measuring: ${name}\n`);
  rows.push(...(await measure()));
}
process.stdout.write(`${heading()}\n\n${tableOf(rows)}\n`);

/** The machine, and the versions of what was run. */
function heading(): string {
  const [processor] = cpus();
  const machine = `${cpus().length} x ${processor?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const versions = ["gatefold", "axios", "zod", "undici"].map((name) => `${name} ${versionOf(name)}`);
  return [machine, `Node ${process.version}`, ...versions].join("; ");
}

function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  const file = name === "gatefold" ? require.resolve("gatefold/package.json") : require.resolve(`${name}/package.json`);
  const manifest: { version: string } = JSON.parse(readFileSync(file, "utf8"));
  return manifest.version;
}
