import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { runNode } from "../support/built.ts";
import { allowLoopback } from "../support/loopback.ts";

allowLoopback();

describe("opening a gateway of the built package", () => {
  // Told of every module that is looked for, in a thread of its own.
  const hook = `import { writeSync } from "node:fs";
    export function resolve(name, context, next) { writeSync(1, name + "\\n"); return next(name, context); }`;
  const watch = `import { register } from "node:module"; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)});`;

  const work = (url: string) => `
    const gateway = ngrok({ baseUrl: "${url}", token: secret("token-0123456789"), retry: { attempts: 0 } });
    gateway.explain("aigpk_1", { name: "N" });
    step("opened");
    await gateway.get("aigpk_1").catch(() => undefined);
    step("sent");`;

  let url = "";
  const server = createServer((_request, response) => response.end("{}"));
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it("loads axios with the first request, as an ES module", async () => {
    const program = `import { writeSync } from "node:fs";
      import { secret } from "gatefold"; import { ngrok } from "gatefold/adapters/ngrok";
      const step = (name) => writeSync(1, "step " + name + "\\n"); ${work(url)}`;
    const parameters = ["--import", `data:text/javascript,${encodeURIComponent(watch)}`, "--input-type=module"];
    const { stdout } = await runNode([...parameters, "-e", program]);
    const names = stdout.split("\n").filter((line) => line === "axios" || line.startsWith("step "));
    expect(names).toStrictEqual(["step opened", "axios", "step sent"]);
  });

  it("loads axios with the first request, as CommonJS, where import() may be missing", async () => {
    const program = `const { secret } = require("gatefold"); const { ngrok } = require("gatefold/adapters/ngrok");
      const isLoaded = () => Object.keys(require.cache).includes(require.resolve("axios"));
      const step = (name) => console.log(name, isLoaded());
      void (async () => { ${work(url)} })();`;
    const { stdout } = await runNode(["-e", program]);
    expect(stdout.trim().split("\n")).toStrictEqual(["opened false", "sent true"]);
  });
});
