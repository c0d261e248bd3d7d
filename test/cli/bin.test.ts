import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { fleetConfig, fleetSeed, writesOf } from "../support/fleet.ts";
import { allowLoopback } from "../support/loopback.ts";
import { useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

const root = join(__dirname, "..", "..");
const bin = join(root, "dist", "cli.mjs");

beforeAll(() => {
  if (!existsSync(bin)) throw new Error("dist/cli.mjs is not built: run `npm run build` first, as `npm test` does");
});

const start = (...parameters: string[]) =>
  promisify(execFile)(process.execPath, [bin, ...parameters], { env: {}, timeout: 20_000 });

it("the built command tells its version", async () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(await start("--version")).toEqual({ stdout: `${version}\n`, stderr: "" });
});

it("the built command plays the demo with nothing but itself", async () => {
  const { stdout, stderr } = await start("demo", "--json");
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toMatchObject({ succeeded: true });
});

it("the built command ends with the exit code of what happened", async () => {
  await expect(start("validate", "--config", "no-such-file.yaml")).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: "no-such-file.yaml:1:1: cannot be read (ENOENT)\n",
  });
});

it("the built command writes many objects at once, and has nothing to warn of", async () => {
  const sandbox = await open({ seed: fleetSeed(12) });
  const { yaml, environment } = fleetConfig(sandbox, 12);
  directory.write("gatefold.yaml", yaml);
  const run = (command: string) =>
    promisify(execFile)(process.execPath, [bin, command, "--json"], {
      cwd: directory.path,
      env: environment,
      timeout: 30_000,
    });
  const { stdout, stderr } = await run("apply");
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toMatchObject({ rows: Array(36).fill({ status: "done" }) });
  expect(writesOf(sandbox)).toHaveLength(36);
  expect(await run("plan")).toMatchObject({ stderr: "" });
});
