import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ofMany } from "../crash/soak.ts";
import { requireBuild, root } from "../support/built.ts";
import { useTemporaryDirectory } from "../support/sync.ts";
import { linesOf, observed } from "../sync/journal/support.ts";

beforeAll(requireBuild);
const directory = useTemporaryDirectory();

const MOST_MEMORY = "--max-old-space-size=512";
/** Five seconds by the clock of an idle machine: of work that is twice as much, as memory is tidied up in threads of its own. */
const MOST_WORK_SECONDS = 10;

/** Runs the built command in a process that ends when it takes too much memory or work. */
function limited(argv: readonly string[]) {
  // The limit is of work, not of time: a busy machine must not end what works.
  const script = `ulimit -t ${MOST_WORK_SECONDS}; exec "$0" "$@"`;
  const { status, signal, stdout, stderr } = spawnSync(
    "sh",
    ["-c", script, process.execPath, MOST_MEMORY, join(root, "dist", "cli.mjs"), ...argv],
    {
      cwd: directory.path,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      env: { PATH: process.env.PATH ?? "", T: "a-token" },
    },
  );
  return { status, signal, stdout, stderr };
}

const sound = "version: 1\ngateways: { g: { adapter: ngrok, token: env:T } }\n";
const provider = "providers: { p: { name: N, gateways: { g: { id: x } } } }\n";
const many = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => write(i)).join("");

const shapes: Readonly<Record<string, () => string>> = {
  "aliases that double": () =>
    many(30, (level) => `a${level}: &a${level} [${level === 0 ? "x" : `*a${level - 1},*a${level - 1}`}]\n`),
  "100,000 aliases": () => `a: &a x\nb: [${"*a,".repeat(100_000)}]\n`,
  "20,000 anchors": () => `a: [${many(20_000, (index) => `&a${index} x,*a${index},`)}]\n`,
  "100,000 levels of lists": () => `${sound}x: ${"[".repeat(100_000)}${"]".repeat(100_000)}\n`,
  "100,000 levels of mappings": () => `${"{a: ".repeat(100_000)}1${"}".repeat(100_000)}`,
  "100,000 levels that are never closed": () => "[".repeat(100_000),
  "100,000 levels of block lists": () => `${"- ".repeat(100_000)}x\n`,
  "100,000 levels of JSON": () => `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`,
  "a text of 10 MB": () => `${sound}providers: { p: { name: "${"x".repeat(10_000_000)}" } }\n`,
  "a text of 3 MB": () => `${sound}${provider.replace("name: N", `name: "${"x".repeat(3_000_000)}"`)}`,
  "a number of a million digits": () =>
    `${sound}${provider.replace("name: N", `requestTimeout: ${"9".repeat(1_000_000)}`)}`,
  "100,000 names that are one": () => `${sound}${"same: 1\n".repeat(100_000)}`,
  "100,000 unknown names": () => `${sound}${many(100_000, (index) => `k${index}:\n`)}`,
  "as many gateways as it takes": () => `version: 1\ngateways:\n${many(70_000, (index) => `  g${index}:\n`)}`,
  "three million empty lines": () => sound + "\n".repeat(3_000_000),
  "50 MB": () => "a: 1\n".repeat(10_000_000),
};

it.each(ofMany(Object.keys(shapes), 3))("a config of %s is refused in bounded time and memory", (name) => {
  writeFileSync(join(directory.path, "gatefold.yaml"), shapes[name]?.() ?? "");
  const { status, signal, stderr } = limited(["validate"]);
  expect([status, signal]).toEqual([1, null]);
  expect(stderr).toMatch(/^gatefold\.yaml:\d+:\d+: /);
  expect(stderr.length).toBeLessThan(300_000);
});

const journals: Readonly<Record<string, readonly [() => string, number]>> = {
  "a line of 20 MB": [() => linesOf([observed("x".repeat(20_000_000))]).join(""), 0],
  "a line of 20 MB that was never completed": [
    () =>
      linesOf([observed("x".repeat(20_000_000))])
        .join("")
        .slice(0, -9),
    0,
  ],
  "50 MB of nothing": [() => "\u0000".repeat(50_000_000), 0],
  "50 MB of line ends": [() => "\n".repeat(50_000_000), 1],
  "150,000 lines of 50 MB": [() => linesOf(Array(150_000).fill(observed("x".repeat(30)))).join(""), 0],
  "a line of a million levels": [() => `{"seq":1,"x":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}\n`, 1],
};

it.each(ofMany(Object.keys(journals), 1))("a journal with %s is judged in bounded time and memory", (name) => {
  const [text, exit] = journals[name] ?? [() => "", 0];
  writeFileSync(join(directory.path, "j.jsonl"), text());
  const { status, signal } = limited(["journal", "verify", "--journal", "j.jsonl"]);
  expect([status, signal]).toEqual([exit, null]);
});

const plans: Readonly<Record<string, () => string>> = {
  "50 MB of rows that are none": () => `{"version":1,"rows":[${'{"a":1},'.repeat(6_000_000)}{}]}`,
  "15 MB of rows that are none": () => `{"version":1,"rows":[${'{"a":1},'.repeat(1_900_000)}{}]}`,
  "100,000 levels": () => `{"version":1,"rows":[${"[".repeat(100_000)}${"]".repeat(100_000)}]}`,
  "50 MB of blanks": () => " ".repeat(50_000_000),
};

it.each(ofMany(Object.keys(plans), 1))("a plan file of %s is refused as stale in bounded time and memory", (name) => {
  writeFileSync(join(directory.path, "gatefold.yaml"), sound + provider);
  writeFileSync(join(directory.path, "plan.json"), plans[name]?.() ?? "");
  const { status, signal, stderr } = limited(["apply", "plan.json"]);
  expect([status, signal]).toEqual([6, null]);
  expect(stderr).toMatch(/^StalePlanError: plan\.json /);
});
