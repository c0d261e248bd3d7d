// These run what is built: they need a build of the present sources.
import { ACME_TOKEN, useAcme } from "../support/acme.ts";
import { adapterModuleForImport, writePackage } from "../support/foreign.ts";
import { allowLoopback } from "../support/loopback.ts";
import { useCli } from "../support/process.ts";
import { jsonOf, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const serve = useAcme();
const cli = useCli();

const KEY = "sk-acme-new-key-0123456789";

it("the built command applies through a package that can only be imported", async () => {
  const acme = await serve([{ id: "k1", name: "Old" }]);
  writePackage(directory.path, "@acme/gateways", {
    "package.json": { name: "@acme/gateways", type: "module", exports: { "./keys": { import: "./lib/keys.js" } } },
    "lib/keys.js": adapterModuleForImport(),
  });
  directory.write(
    "gatefold.yaml",
    `version: 1
gateways:
  acme-prod: { adapter: "@acme/gateways/keys", token: env:ACME_TOKEN, baseUrl: "${acme.url}" }
providers:
  one: { name: New, credential: { scheme: api_key, apiKey: env:KEY }, gateways: { acme-prod: { id: k1 } } }
`,
  );
  const run = (...argv: string[]) => cli(argv, { directory: directory.path, environment: { ACME_TOKEN, KEY } }).ended;
  expect(await run("plan")).toMatchObject({ exit: 3, stdout: "" });
  const plan = await run("plan", "--trust-config", "--json", "--write-unverified");
  expect(plan).toMatchObject({ exit: 2, stderr: "" });
  expect(jsonOf(plan.stdout).rows).toMatchObject([{ adapter: "acme", writes: ["name", "credential"] }]);
  expect(await run("apply", "--trust-config", "--write-unverified")).toMatchObject({ exit: 0, stderr: "" });
  expect(acme.keys.get("k1")).toEqual({ id: "k1", name: "New", key: KEY });
});

it("the built command loads an ES module and a CommonJS one by their paths", async () => {
  directory.write("acme.mjs", adapterModuleForImport());
  directory.write(
    "acme.cjs",
    adapterModuleForImport({ name: '"common"' })
      .replace("import http from", "const http = require(")
      .replace('"node:http";', '"node:http");')
      .replace("export default", "exports.acme ="),
  );
  for (const [file, name] of [
    ["./acme.mjs", "acme"],
    ["./acme.cjs", "common"],
  ] as const) {
    const { exit, stdout, stderr } = await cli(["capabilities", file, "--trust-config", "--json"], {
      directory: directory.path,
    }).ended;
    expect({ exit, stderr, names: Object.keys(jsonOf(stdout)) }).toEqual({ exit: 0, stderr: "", names: [name] });
  }
});
