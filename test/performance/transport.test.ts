import { createServer } from "node:http";
import { createServer as createSocketServer, type Server, type Socket } from "node:net";
import { ngrok } from "../../adapters/ngrok/index.ts";
import { secret } from "../../src/index.ts";
import { runNode } from "../support/built.ts";
import { allowLoopback } from "../support/loopback.ts";

allowLoopback();

const key = { id: "a", providerId: "openai", name: "N", keyRedacted: "sk-…", createdAt: "2024-01-15T10:30:00Z" };
const REPLY = JSON.stringify({ ...key, updatedAt: key.createdAt });
const TOKEN = "token-0123456789";

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

async function urlOf(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

const answering = () => createServer((request, response) => request.resume().on("end", () => response.end(REPLY)));

describe("opening a gateway of the built package", () => {
  // Told of every module that is looked for, in a thread of its own.
  const hook = `import { writeSync } from "node:fs";
    export function resolve(name, context, next) { writeSync(1, name + "\\n"); return next(name, context); }`;
  const dataUrl = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`;
  const watch = `import { register } from "node:module"; register(${JSON.stringify(dataUrl(hook))});`;

  const work = (url: string) => `
    const gateway = ngrok({ baseUrl: "${url}", token: secret("${TOKEN}") });
    gateway.explain("a", { name: "N" });
    step("opened");
    await gateway.update("a", { name: "N" });
    step("sent");`;

  it("loads axios with the first request, as an ES module", async () => {
    const program = `import { writeSync } from "node:fs";
      import { secret } from "gatefold"; import { ngrok } from "gatefold/adapters/ngrok";
      const step = (name) => writeSync(1, "step " + name + "\\n"); ${work(await urlOf(answering()))} process.exit();`;
    const parameters = ["--import", dataUrl(watch), "--input-type=module", "-e", program];
    const { stdout } = await runNode(parameters);
    const names = stdout.split("\n").filter((line) => line === "axios" || line.startsWith("step "));
    expect(names).toStrictEqual(["step opened", "axios", "step sent"]);
  });

  it("loads axios with the first request, as CommonJS, where import() may be missing", async () => {
    const program = `const { secret } = require("gatefold"); const { ngrok } = require("gatefold/adapters/ngrok");
      const isLoaded = () => Object.keys(require.cache).includes(require.resolve("axios"));
      const step = (name) => console.log(name, isLoaded());
      void (async () => { ${work(await urlOf(answering()))} process.exit(); })();`;
    const { stdout } = await runNode(["-e", program]);
    expect(stdout.trim().split("\n")).toStrictEqual(["opened false", "sent true"]);
  });
});

describe("an update", () => {
  /** A server that answers each packet, and what it got: one that comes in two is answered twice, and fails. */
  async function listening() {
    const packets: string[] = [];
    const sockets = new Set<Socket>();
    const server = createSocketServer((socket) => {
      sockets.add(socket);
      socket.on("data", (data) => {
        packets.push(data.toString());
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(REPLY)}\r\n\r\n${REPLY}`);
      });
    });
    const url = await urlOf(server);
    const gateway = ngrok({ baseUrl: url, token: secret(TOKEN), userAgent: "test/1.0" });
    return { packets, sockets, gateway, url, close: () => [...sockets].map((socket) => socket.destroy()) };
  }

  it("is one packet of these bytes, on the connection of the one before", async () => {
    const { packets, sockets, gateway, url, close } = await listening();
    for (let update = 0; update < 20; update++) await gateway.update("a", { name: "N", description: "Ü" });
    close();
    const packet = [
      "PATCH /provider-keys/a HTTP/1.1",
      "Accept: application/json",
      "User-Agent: test/1.0",
      `Authorization: Bearer ${TOKEN}`,
      "Content-Type: application/json",
      "Accept-Encoding: gzip, br",
      `Host: ${new URL(url).host}`,
      "Connection: keep-alive",
      "Content-Length: 31",
      "",
      '{"name":"N","description":"Ü"}',
    ];
    expect(packets.map((text) => text.split("\r\n"))).toStrictEqual(Array.from({ length: 20 }, () => packet));
    expect(sockets.size).toBe(1);
  });

  it("parses its reply once", async () => {
    const { gateway, close } = await listening();
    await gateway.update("a", { name: "N" });
    const parse = jest.spyOn(JSON, "parse");
    try {
      await gateway.update("a", { name: "N" });
      expect(parse.mock.calls.filter(([text]) => text === REPLY)).toHaveLength(1);
    } finally {
      parse.mockRestore();
      close();
    }
  });

  it("costs about what the same request does by a plain client that checks nothing", async () => {
    // Seen at 0.65. The machine's noise is in both, turn by turn.
    const program = `import axios from "axios"; import { Agent } from "node:http";
      import { secret } from "gatefold"; import { ngrok } from "gatefold/adapters/ngrok";
      const url = "${await urlOf(answering())}";
      const gateway = ngrok({ baseUrl: url, token: secret("${TOKEN}") });
      const client = axios.create({ baseURL: url, httpAgent: new Agent({ keepAlive: true }) });
      const ours = () => gateway.update("a", { name: "N" });
      const plain = () => client.patch("/provider-keys/a", { name: "N" });
      const figures = new Map([[ours, []], [plain, []]]);
      for (let round = 0; round < 24; round++) for (const [send, taken] of figures) {
        const before = process.cpuUsage();
        for (let turn = 0; turn < 4; turn++) await Promise.all(Array.from({ length: 16 }, send));
        const { user, system } = process.cpuUsage(before);
        if (round >= 8) taken.push(user + system);
      }
      const median = (send) => figures.get(send).sort((left, right) => left - right)[8];
      console.log(median(ours) / median(plain));
      process.exit();`;
    const { stdout } = await runNode(["--input-type=module", "-e", program]);
    expect(Number(stdout)).toBeLessThan(1.5);
  });
});
