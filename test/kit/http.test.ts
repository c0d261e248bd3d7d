import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { createServer as createSocketServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { createGzip } from "node:zlib";
import { secret } from "../../src/index.ts";
import { createHttp, type Http, type HttpRequest, type HttpSettings } from "../../src/kit/http.ts";
import { path } from "../../src/kit/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { cleanUps, type Handler, listen, serve, unusedPort } from "./served.ts";

// Real sockets, all of them on loopback: an interceptor in between would replace the agents that are tested here.
allowLoopback();

const TOKEN = "gateway-token-9f3a";
const KEY = "new-api-key-9f3a";
const token = secret(TOKEN);
const request: HttpRequest = { method: "PATCH", path: path`/items/${"a"}`, body: { api_key: secret(KEY) } };

const open = (settings: Partial<HttpSettings> & { readonly baseUrl: string }): Http =>
  createHttp({ timeoutMs: 20_000, proxy: false, authentication: "bearer", userAgent: "test/1.0", ...settings });

const ok: Handler = (_request, response) => response.end("{}");

/** Writes for as long as anybody reads. */
function writeForever(stream: NodeJS.WritableStream & { readonly destroyed?: boolean }): void {
  const chunk = Buffer.alloc(256 * 1024, "x");
  const more = () => {
    while (stream.destroyed !== true && stream.write(chunk));
    if (stream.destroyed !== true) stream.once("drain", more);
  };
  more();
}

/** Whatever came of it is plain data, and shows neither the token nor the key. */
function expectPlain(result: unknown): void {
  expect(structuredClone(result)).toStrictEqual(result);
  expect(inspect(result, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain("9f3a");
}

describe("a request", () => {
  it("goes out with its body, token and headers, and its reply comes back as text", async () => {
    const server = await serve((_incoming, response) =>
      response.writeHead(201, { "retry-after": "7" }).end(" not JSON "),
    );
    const send = open({ baseUrl: `${server.url}/prefix` });
    const result = await send({ ...request, query: "limit=1&x=%2F" }, token);
    expect(result).toStrictEqual({ kind: "reply", status: 201, text: " not JSON ", retryAfter: "7" });
    expect(server.bodies).toStrictEqual([JSON.stringify({ api_key: KEY })]);
    const [seen] = server.seen;
    expect(seen).toMatchObject({ method: "PATCH", url: "/prefix/items/a?limit=1&x=%2F" });
    expect(seen?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      accept: "application/json",
      "content-type": "application/json",
      "user-agent": "test/1.0",
    });
  });

  it("has no body and no content type where there is nothing to send", async () => {
    const server = await serve(ok);
    await open({ baseUrl: server.url })({ method: "GET", path: path`/items` }, token);
    expect(server.bodies).toStrictEqual([""]);
    expect(server.seen[0]?.headers).not.toHaveProperty("content-type");
  });

  it("cannot be sent elsewhere by its path", async () => {
    const [server, elsewhere] = [await serve(ok), await serve(ok)];
    const send = open({ baseUrl: server.url });
    for (const text of [`${elsewhere.url}/x`, `//127.0.0.1:${elsewhere.port}/x`]) {
      expectPlain(await send({ method: "GET", path: { text } }, token));
    }
    expect(elsewhere.seen).toStrictEqual([]);
  });

  it("reuses a connection for the next one", async () => {
    const server = await serve(ok);
    const send = open({ baseUrl: server.url });
    for (let call = 0; call < 5; call++) await send(request, token);
    expect(server.seen).toHaveLength(5);
    expect(server.sockets.size).toBe(1);
  });

  it.each([200, 204, 400, 401, 404, 418, 429, 500, 503])(
    "is answered with any status as a reply: %d",
    async (status) => {
      const server = await serve((_incoming, response) => response.writeHead(status).end());
      await expect(open({ baseUrl: server.url })(request, token)).resolves.toStrictEqual({
        kind: "reply",
        status,
        text: "",
      });
    },
  );
});

describe("a redirect", () => {
  it.each([301, 302, 303, 307, 308])("is not followed, and the key goes nowhere else: %d", async (status) => {
    const elsewhere = await serve(ok);
    const server = await serve((_incoming, response) =>
      response.writeHead(status, { location: `${elsewhere.url}/stolen` }).end("moved"),
    );
    await expect(open({ baseUrl: server.url })(request, token)).resolves.toStrictEqual({
      kind: "reply",
      status,
      text: "moved",
    });
    expect(elsewhere.sockets.size).toBe(0);
  });
});

describe("a reply that is too large", () => {
  it("is cut off: an endless one", async () => {
    const server = await serve((_incoming, response) => writeForever(response));
    await expect(open({ baseUrl: server.url })(request, token)).resolves.toStrictEqual({
      kind: "too-large",
      sent: true,
    });
  });

  it("is cut off: one that unpacks without end", async () => {
    const server = await serve((_incoming, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      const gzip = createGzip();
      gzip.on("error", () => undefined);
      response.on("close", () => gzip.destroy());
      gzip.pipe(response);
      writeForever(gzip);
    });
    await expect(open({ baseUrl: server.url })(request, token)).resolves.toStrictEqual({
      kind: "too-large",
      sent: true,
    });
  });

  it("is one over 10 MiB; one of 10 MiB is taken", async () => {
    const limit = 10 * 1024 * 1024;
    const server = await serve(({ url }, response) => response.end("x".repeat(url === "/over" ? limit + 1 : limit)));
    const send = open({ baseUrl: server.url });
    await expect(send({ method: "GET", path: path`/over` }, token)).resolves.toMatchObject({ kind: "too-large" });
    const whole = await send({ method: "GET", path: path`/just` }, token);
    expect(whole.kind === "reply" && whole.text.length).toBe(limit);
  });
});

describe("a slow gateway", () => {
  it("is given up after the time for the whole attempt, though bytes keep coming", async () => {
    const server = await serve((_incoming, response) => {
      const drip = setInterval(() => response.write(" "), 5);
      response.on("close", () => clearInterval(drip));
    });
    const result = await open({ baseUrl: server.url, timeoutMs: 150 })(request, token);
    expect(result).toStrictEqual({ kind: "timeout", sent: true });
  });

  it("is given up when it never answers", async () => {
    const server = await serve(() => undefined);
    const result = await open({ baseUrl: server.url, timeoutMs: 50 })(request, token);
    expect(result).toStrictEqual({ kind: "timeout", sent: true });
  });
});

describe("the caller's signal", () => {
  it("ends a request that waits for its answer", async () => {
    const controller = new AbortController();
    const server = await serve(() => controller.abort());
    await expect(open({ baseUrl: server.url })(request, token, controller.signal)).resolves.toStrictEqual({
      kind: "aborted",
      sent: true,
    });
  });

  it("ends a request in the middle of its answer", async () => {
    const controller = new AbortController();
    const server = await serve((_incoming, response) => {
      response.write("{");
      setImmediate(() => controller.abort());
    });
    await expect(open({ baseUrl: server.url })(request, token, controller.signal)).resolves.toMatchObject({
      kind: "aborted",
    });
  });

  it("ends a request that it had ended before", async () => {
    const server = await serve(ok);
    const result = await open({ baseUrl: server.url })(request, token, AbortSignal.abort());
    expect(result.kind).toBe("aborted");
    expect(server.seen).toStrictEqual([]);
  });

  it("is left alone by a request that is over", async () => {
    const server = await serve(ok);
    const controller = new AbortController();
    const listeners = new Set<unknown>();
    const add = controller.signal.addEventListener.bind(controller.signal);
    const remove = controller.signal.removeEventListener.bind(controller.signal);
    controller.signal.addEventListener = (type: string, listener: () => void) => {
      listeners.add(listener);
      add(type, listener);
    };
    controller.signal.removeEventListener = (type: string, listener: () => void) => {
      listeners.delete(listener);
      remove(type, listener);
    };
    await open({ baseUrl: server.url })(request, token, controller.signal);
    expect(listeners.size).toBe(0);
  });
});

describe("a connection that fails", () => {
  it("is certainly not sent when the port is refused", async () => {
    const result = await open({ baseUrl: `http://127.0.0.1:${await unusedPort()}` })(request, token);
    expect(result).toStrictEqual({ kind: "network", sent: false, code: "ECONNREFUSED" });
    expectPlain(result);
  });

  it("may have been sent when the gateway closes it without an answer", async () => {
    const server = await serve((incoming) => incoming.socket.destroy());
    const result = await open({ baseUrl: server.url })(request, token);
    expect(result).toMatchObject({ kind: "network", sent: true });
    expectPlain(result);
  });

  it("may have been sent when the gateway resets it", async () => {
    const server = await serve((incoming) => incoming.socket.resetAndDestroy());
    const result = await open({ baseUrl: server.url })(request, token);
    expect(result).toStrictEqual({ kind: "network", sent: true, code: "ECONNRESET" });
    expectPlain(result);
  });

  it("may have been sent when the answer breaks off", async () => {
    const server = await serve((incoming, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("{", () => incoming.socket.destroy());
    });
    const result = await open({ baseUrl: server.url })(request, token);
    expect(result).toMatchObject({ kind: "network", sent: true });
    expectPlain(result);
  });

  it("may have been sent when the answer is no HTTP", async () => {
    const server = createSocketServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end(`220 ${TOKEN} ready\r\n`));
    });
    const port = await listen(server);
    cleanUps.push(() => server.close());
    const result = await open({ baseUrl: `http://127.0.0.1:${port}` })(request, token);
    expect(result).toMatchObject({ kind: "network", sent: true });
    expectPlain(result);
  });

  it("may have been sent when the answer cannot be unpacked", async () => {
    const server = await serve((_incoming, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(`not packed ${KEY}`),
    );
    const result = await open({ baseUrl: server.url })(request, token);
    expect(result).toMatchObject({ kind: "network", sent: true });
    expectPlain(result);
  });
});

describe("a gateway with a certificate that nobody vouches for", () => {
  const folder = mkdtempSync(join(tmpdir(), "certificate-"));
  const files = { key: join(folder, "key.pem"), cert: join(folder, "cert.pem") };
  beforeAll(() => {
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
    const names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
    const output = ["-keyout", files.key, "-out", files.cert];
    execFileSync("openssl", ["req", "-x509", "-nodes", ...curve, ...names, ...output], { stdio: "ignore" });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const secure = (handler: Handler): Server =>
    createSecureServer({ key: readFileSync(files.key), cert: readFileSync(files.cert) }, handler);

  it("never gets the request", async () => {
    const server = await serve(ok, secure);
    const result = await open({ baseUrl: `https://127.0.0.1:${server.port}` })(request, token);
    expect(result).toMatchObject({ kind: "network", sent: false });
    expectPlain(result);
    expect(server.seen).toStrictEqual([]);
  });
});

describe("a proxy in the environment", () => {
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]);
  const before = new Map(names.map((name) => [name, process.env[name]]));

  function setProxies(values: Readonly<Record<string, string>>): void {
    for (const name of names) delete process.env[name];
    Object.assign(process.env, values);
  }

  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it("is not used by default", async () => {
    const [server, proxy] = [await serve(ok), await serve(ok)];
    setProxies({ HTTP_PROXY: proxy.url, http_proxy: proxy.url, HTTPS_PROXY: proxy.url, ALL_PROXY: proxy.url });
    await open({ baseUrl: server.url, proxy: false })(request, token);
    expect([server.seen.length, proxy.sockets.size]).toStrictEqual([1, 0]);
  });

  it("is used on request", async () => {
    const proxy = await serve((_incoming, response) => response.end('{"by":"proxy"}'));
    setProxies({ HTTP_PROXY: proxy.url, http_proxy: proxy.url });
    const result = await open({ baseUrl: "http://gateway.test", proxy: "environment" })(request, token);
    expect(result).toMatchObject({ kind: "reply", text: '{"by":"proxy"}' });
    expect(proxy.seen[0]?.url).toBe("http://gateway.test/items/a");
  });

  it("is not used for a host that is exempt", async () => {
    const [server, proxy] = [await serve(ok), await serve(ok)];
    setProxies({ HTTP_PROXY: proxy.url, http_proxy: proxy.url, NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1" });
    await open({ baseUrl: server.url, proxy: "environment" })(request, token);
    expect([server.seen.length, proxy.sockets.size]).toStrictEqual([1, 0]);
  });

  it("gets a tunnel for https, and never sees the token", async () => {
    const heard: string[] = [];
    const proxy = createSocketServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", (data) => {
        heard.push(data.toString("latin1"));
        socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
      });
    });
    const port = await listen(proxy);
    cleanUps.push(() => proxy.close());
    const url = `http://127.0.0.1:${port}`;
    setProxies({ HTTPS_PROXY: url, https_proxy: url });
    const result = await open({ baseUrl: "https://gateway.test", proxy: "environment" })(request, token);
    expectPlain(result);
    expect(heard.join()).toMatch(/^CONNECT gateway\.test:443 /);
    expect(heard.join()).not.toContain("9f3a");
  });

  it.each(["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])("is found under the name %s", async (name) => {
    const [server, proxy] = [await serve(ok), await serve(ok)];
    setProxies({ [name]: proxy.url });
    await open({ baseUrl: server.url, proxy: "environment" })(request, token);
    expect([server.seen.length, proxy.seen.length]).toStrictEqual([0, 1]);
  });

  it("is not used for http where it is one for https, and asked for again with each request", async () => {
    const [server, proxy] = [await serve(ok), await serve(ok)];
    const send = open({ baseUrl: server.url, proxy: "environment" });
    setProxies({});
    await send(request, token);
    setProxies({ HTTPS_PROXY: proxy.url });
    await send(request, token);
    expect([server.seen.length, proxy.seen.length]).toStrictEqual([2, 0]);
    setProxies({ HTTP_PROXY: proxy.url });
    await send(request, token);
    expect([server.seen.length, proxy.seen.length]).toStrictEqual([2, 1]);
  });

  it("that cannot be reached certainly got nothing", async () => {
    const url = `http://127.0.0.1:${await unusedPort()}`;
    setProxies({ HTTP_PROXY: url, http_proxy: url });
    const result = await open({ baseUrl: "http://gateway.test", proxy: "environment" })(request, token);
    expect(result).toStrictEqual({ kind: "network", sent: false, code: "ECONNREFUSED" });
  });
});
