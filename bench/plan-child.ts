import { readFileSync } from "node:fs";
import type { AnyAdapter, Gateway, ProviderId } from "gatefold";
import { barndoor } from "gatefold/adapters/barndoor";
import { ngrok } from "gatefold/adapters/ngrok";
import { respan } from "gatefold/adapters/respan";
import { type CheckedBinding, checkConfig, connect, loadConfig, makePlan, readersOf } from "gatefold/sync";

/**
 * Plans the config of a file against gateways that hold what it describes, without a network. Tells how many of the
 * objects are as described, the milliseconds of processor time of each part, and the most memory that the process ever held, in MB.
 */

const adapters: readonly AnyAdapter[] = [respan, barndoor, ngrok];
const [, , file = ""] = process.argv;
const times = [spent()];
const config = await loadConfig([file], process.cwd());
times.push(spent());
const checked = checkConfig(config, adapters);
times.push(spent());
const { bindings } = checked;
const opened = await connect(checked, bindings, process.env, {});
const readers = readersOf(new Map([...opened].map(([name, gateway]) => [name, holding(gateway, name, bindings)])));
const { plan } = await makePlan({ checked, bindings, readers });
times.push(spent());
// Of a key nothing is known without a journal.
const unchanged = plan.rows.filter(({ status }) => status === "unverifiable").length;
const milliseconds = times.slice(1).map((time, index) => time - (times[index] ?? 0));
process.stdout.write(JSON.stringify({ unchanged, milliseconds, megabytes: peakMemory() }));

/** The same gateway, but that it holds what the bindings describe and asks nobody. */
function holding(
  gateway: Gateway<ProviderId>,
  name: string,
  described: readonly CheckedBinding[],
): Gateway<ProviderId> {
  const stateOf = (id: ProviderId, { fields }: CheckedBinding) => {
    return { id, name: String(fields.name), credential: { kind: "inline" } } as const;
  };
  const held = new Map(
    described.filter((each) => each.gateway === name).map((binding) => [binding.providerId, binding]),
  );
  return {
    ...gateway,
    async get(id) {
      const binding = held.get(id);
      if (binding === undefined) throw new Error("there is no such object");
      return stateOf(id, binding);
    },
    async *list() {
      for (const [id, binding] of held) yield stateOf(id, binding);
    },
  };
}

function spent(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

// Linux gives a process that was started the most that its starter held, but for this figure.
function peakMemory(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS / 1024;
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
}
