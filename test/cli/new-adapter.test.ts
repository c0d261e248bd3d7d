import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { requireBuild, root } from "../support/built.ts";
import { gatefold, jsonOf, useTemporaryDirectory } from "../support/sync.ts";

const directory = useTemporaryDirectory();
const FILES = ["README.md", "fixture.js", "index.js", "index.test.js", "package.json"];

/** What `npm install gatefold zod` leaves, without a network. */
function install(folder: string): void {
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules", "gatefold"));
  symlinkSync(join(root, "node_modules", "zod"), join(folder, "node_modules", "zod"));
}

it("writes an adapter that passes the conformance kit as it is, under node:test", async () => {
  requireBuild();
  const ran = await gatefold(["new-adapter", "acme-keys"], { directory: directory.path });
  expect(ran).toMatchObject({ exit: 0, stderr: "" });
  const folder = join(directory.path, "acme-keys");
  expect(readdirSync(folder).sort()).toStrictEqual(FILES);
  install(folder);
  const { stdout } = await promisify(execFile)(process.execPath, ["--test", "--test-reporter=tap"], { cwd: folder });
  expect(stdout).toMatch(/^# fail 0$/m);
  expect(stdout).toMatch(/^# cancelled 0$/m);
  expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(80);
});

it("fails, and says where to look, when the adapter does not do what the fixture says", async () => {
  requireBuild();
  await gatefold(["new-adapter", "acme"], { directory: directory.path });
  const folder = join(directory.path, "acme");
  install(folder);
  const adapter = readFileSync(join(folder, "index.js"), "utf8");
  directory.write("acme/index.js", adapter.replace('methods: ["PATCH"]', 'methods: ["PUT"]'));
  const run = promisify(execFile)(
    process.execPath,
    ["--test", "--test-reporter=tap", "--test-name-pattern=^name: set$"],
    {
      cwd: folder,
    },
  );
  const failure: unknown = await run.catch((error: unknown) => error);
  const { stdout } = failure as { readonly stdout: string };
  expect(stdout).toContain("name: set: the requests on the wire");
  expect(stdout).toContain(`expected: [ 'PATCH /keys/key_1 {"name":"New"}' ]`);
  expect(stdout).toContain(`found   : [ 'PUT /keys/key_1 {"name":"New"}' ]`);
  expect(stdout).toContain("said by : fields.name.set of the fixture, after https://docs.acme.example/keys");
});

it("tells as JSON what it wrote", async () => {
  const { exit, stdout } = await gatefold(["new-adapter", "acme", "--json"], { directory: directory.path });
  expect(exit).toBe(0);
  const files = jsonOf(stdout).files;
  expect(Array.isArray(files) && [...files].sort()).toStrictEqual(FILES.map((file) => `acme/${file}`));
});

it.each([
  ["Acme", "is no name for an adapter"],
  ["../acme", "is no name for an adapter"],
  ["acme_keys", "is no name for an adapter"],
  ["ngrok", "is the name of a built-in adapter"],
])("refuses %s", async (name, message) => {
  const { exit, stderr } = await gatefold(["new-adapter", name], { directory: directory.path });
  expect(exit).toBe(1);
  expect(stderr).toContain(message);
  expect(readdirSync(directory.path)).toStrictEqual([]);
});

it("overwrites nothing", async () => {
  mkdirSync(join(directory.path, "acme"));
  directory.write("acme/index.js", "mine");
  const { exit, stderr } = await gatefold(["new-adapter", "acme"], { directory: directory.path });
  expect(exit).toBe(1);
  expect(stderr).toContain("is there already, and nothing is overwritten");
  expect(readdirSync(join(directory.path, "acme"))).toStrictEqual(["index.js"]);
});
