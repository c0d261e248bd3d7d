import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { requireBuild, root } from "../support/built.ts";
import { allowLoopback } from "../support/loopback.ts";
import { gatewaysOf, jsonOf, seed, useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const openSandbox = useSandbox();
beforeAll(requireBuild);

const find = createRequire(join(root, "package.json"));
const urlOf = (name: string) => JSON.stringify(pathToFileURL(find.resolve(name)).href);

// What a user's own instrumentation does, but that the spans go to standard error, a line for each.
const INSTRUMENTATION = `
import sdk from ${urlOf("@opentelemetry/sdk-trace-base")};
import api from ${urlOf("@opentelemetry/api")};
const exporter = {
  export(spans, done) {
    for (const { name, attributes } of spans) process.stderr.write(JSON.stringify({ name, attributes }) + "\\n");
    done({ code: 0 });
  },
  shutdown: async () => {},
};
const provider = new sdk.BasicTracerProvider({ spanProcessors: [new sdk.SimpleSpanProcessor(exporter)] });
api.trace.setGlobalTracerProvider(provider);
`;

async function planWith(...options: string[]) {
  const sandbox = await openSandbox({ seed });
  const { yaml, environment } = gatewaysOf(sandbox);
  const providers = "providers:\n  openai: { name: OpenAI, gateways: { ngrok-prod: { id: aigpk_openai } } }\n";
  directory.write("gatefold.yaml", yaml + providers);
  directory.write("instrumentation.mjs", INSTRUMENTATION);
  const parameters = [...options, join(root, "dist", "cli.mjs"), "plan", "--json"];
  return promisify(execFile)(process.execPath, parameters, { cwd: directory.path, env: environment, timeout: 30_000 });
}

it("the command line reports through what --import has registered", async () => {
  const { stdout, stderr } = await planWith("--import", "./instrumentation.mjs");
  expect(jsonOf(stdout)).toMatchObject({ rows: [{ gateway: "ngrok-prod" }] });
  const spans = stderr
    .trim()
    .split("\n")
    .map((line) => jsonOf(line));
  expect(spans).toMatchObject([
    { name: "GET", attributes: { "http.response.status_code": 200, "gatefold.gateway": "ngrok-prod" } },
    { name: expect.stringMatching(/^gatefold\.(get|list)$/), attributes: { "gatefold.gateway": "ngrok-prod" } },
  ]);
});

it("the command line reports nothing where nothing is registered", async () => {
  const { stderr } = await planWith();
  expect(stderr).toBe("");
});
