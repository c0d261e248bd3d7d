import { once } from "node:events";
import { createServer as createSocketServer, type Socket } from "node:net";
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from "node:zlib";
import { secret } from "../../src/index.ts";
import { createHttp, type HttpRequest, type HttpSettings } from "../../src/kit/http.ts";
import { path } from "../../src/kit/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { cleanUps, type Handler, listen, serve } from "./served.ts";

// Real sockets on loopback: what goes over the wire and how a connection ends is all that this is about.
allowLoopback();

const token = secret("gateway-token-9f3a");
const request: HttpRequest = { method: "PATCH", path: path`/items/${"a"}`, body: { name: "Ünï" } };
const TEXT = '{"name":"Ünï 🗝"}';
const ok: Handler = (_request, response) => response.end(TEXT);

const settingsOf = (baseUrl: string, more: Partial<HttpSettings> = {}): HttpSettings => ({
  ...{ baseUrl, timeoutMs: 20_000, proxy: false, authentication: "bearer", userAgent: "test/1.0" },
  ...more,
});

const open = (baseUrl: string, more?: Partial<HttpSettings>) => createHttp(settingsOf(baseUrl, more));

/** A server that answers every connection's first data with a text as it stands. */
async function serveRaw(answer: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createSocketServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", () => answer(socket));
  });
  const port = await listen(server);
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${port}`;
}

// A proxy of the environment is talked to in another way: whatever a reply is like, both must read it alike.
const proxyBefore = process.env.http_proxy;
afterEach(() => {
  if (proxyBefore === undefined) delete process.env.http_proxy;
  else process.env.http_proxy = proxyBefore;
});

const ways = {
  directly: open,
  "through a proxy": (url: string, more?: Partial<HttpSettings>) => {
    process.env.http_proxy = url;
    return open("http://gateway.test", { proxy: "environment", ...more });
  },
};

describe.each(Object.entries(ways))("a reply that comes %s", (_way, reach) => {
  it.each([
    ["gzip", gzipSync(TEXT)],
    ["x-gzip", gzipSync(TEXT)],
    ["GZIP", gzipSync(TEXT)],
    ["deflate", deflateSync(TEXT)],
    ["br", brotliCompressSync(TEXT)],
    ["identity", Buffer.from(TEXT)],
    ["unheard-of", Buffer.from(TEXT)],
  ])("is unpacked: %s", async (encoding, packed) => {
    const server = await serve((_incoming, response) =>
      response.writeHead(200, { "content-encoding": encoding }).end(packed),
    );
    await expect(reach(server.url)(request, token)).resolves.toStrictEqual({ kind: "reply", status: 200, text: TEXT });
  });

  it("is asked for in no other form than it is unpacked from", async () => {
    const server = await serve(ok);
    await reach(server.url)(request, token);
    expect(server.seen[0]?.headers["accept-encoding"]).toBe("gzip, br");
  });

  it.each([204, 304, 401])("may be empty, though it says that it is packed: %d", async (status) => {
    const server = await serve((_incoming, response) =>
      response.writeHead(status, { "content-encoding": "gzip" }).end(),
    );
    const result = await reach(server.url)(request, token);
    expect(result).toStrictEqual({ kind: "reply", status, text: "" });
  });

  it.each([
    ["gzip", gzipSync(TEXT)],
    ["br", brotliCompressSync(TEXT)],
  ])("is taken as far as it goes where what was packed ends too early: %s", async (encoding, packed) => {
    const server = await serve((_incoming, response) =>
      response.writeHead(200, { "content-encoding": encoding }).end(packed.subarray(0, -1)),
    );
    const result = await reach(server.url)(request, token);
    expect(result).toStrictEqual({ kind: "reply", status: 200, text: expect.any(String) });
  });

  it.each(["gzip", "deflate", "br"])("that is not packed as it says is a failure: %s", async (encoding) => {
    const server = await serve((_incoming, response) =>
      response.writeHead(200, { "content-encoding": encoding }).end("{ this is no packed text }"),
    );
    const result = await reach(server.url)(request, token);
    expect(result).toMatchObject({ kind: "network", sent: true });
  });

  it("is put together from parts that end within a character, and loses its byte order mark", async () => {
    const bytes = Buffer.from(`\ufeff${TEXT}`);
    const server = await serve((_incoming, response) => {
      response.writeHead(200, { "content-length": bytes.length });
      response.write(bytes.subarray(0, -3), () => setImmediate(() => response.end(bytes.subarray(-3))));
    });
    await expect(reach(server.url)(request, token)).resolves.toStrictEqual({ kind: "reply", status: 200, text: TEXT });
  });

  it("is the last of several: those before it are news of its coming", async () => {
    const url = await serveRaw((socket) =>
      socket.write(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" +
          "HTTP/1.1 200 OK\r\nretry-after: 3\r\ncontent-length: 2\r\n\r\n{}",
      ),
    );
    const result = await reach(url)(request, token);
    expect(result).toStrictEqual({ kind: "reply", status: 200, text: "{}", retryAfter: "3" });
  });

  it.each([
    ["with a length", "content-length: 100\r\n\r\n{"],
    ["in chunks", "transfer-encoding: chunked\r\n\r\n1\r\n{\r\n"],
    ["packed", "content-encoding: gzip\r\ncontent-length: 100\r\n\r\n\x1f\x8b"],
  ])("is none where it breaks off: %s", async (_form, text) => {
    const url = await serveRaw((socket) => socket.end(`HTTP/1.1 200 OK\r\n${text}`, "latin1"));
    const result = await reach(url)(request, token);
    expect(result).toMatchObject({ kind: "network", sent: true });
  });

  it.each(["plain", "packed"])("ends with the time for the whole attempt, though it keeps coming: %s", async (form) => {
    const server = await serve((_incoming, response) => {
      if (form === "packed") response.setHeader("content-encoding", "gzip");
      const gzip = createGzip();
      if (form === "packed") gzip.pipe(response);
      const to = form === "packed" ? gzip : response;
      const drip = setInterval(() => {
        to.write(" ");
        if (form === "packed") gzip.flush();
      }, 5);
      response.on("close", () => clearInterval(drip));
    });
    const result = await reach(server.url, { timeoutMs: 150 })(request, token);
    expect(result).toStrictEqual({ kind: "timeout", sent: true });
  });

  it("ends with the caller's signal, and its connection with it", async () => {
    const controller = new AbortController();
    let closed: Promise<unknown> | undefined;
    const server = await serve((incoming, response) => {
      closed = new Promise((resolve) => incoming.socket.on("close", resolve));
      response.write("{", () => setImmediate(() => controller.abort()));
    });
    const result = await reach(server.url)(request, token, controller.signal);
    expect(result).toStrictEqual({ kind: "aborted", sent: true });
    await closed;
  });

  it.each(["with a length", "in chunks"])("is cut off after 10 MiB: %s", async (form) => {
    const size = 10 * 1024 * 1024 + 1;
    const server = await serve((_incoming, response) => {
      if (form === "with a length") response.setHeader("content-length", size);
      response.write("x");
      response.end("x".repeat(size - 1));
    });
    await expect(reach(server.url)(request, token)).resolves.toStrictEqual({ kind: "too-large", sent: true });
  });
});

describe("a connection", () => {
  it("is kept for the next request, and there is one for each that is under way", async () => {
    const server = await serve((_incoming, response) => setImmediate(() => response.end(TEXT)));
    const send = open(server.url);
    for (let round = 0; round < 3; round++) await Promise.all(Array.from({ length: 4 }, () => send(request, token)));
    expect([server.seen.length, server.sockets.size]).toStrictEqual([12, 4]);
  });

  it("is another one after the gateway has closed an idle one", async () => {
    const server = await serve(ok);
    const send = open(server.url);
    for (let call = 0; call < 3; call++) {
      await expect(send(request, token)).resolves.toMatchObject({ kind: "reply", status: 200 });
      const [socket] = [...server.sockets].slice(-1);
      socket?.end();
      if (socket !== undefined) await once(socket, "close");
    }
    expect(server.sockets.size).toBe(3);
  });

  it("that was kept may have brought the request to a gateway that closes it unanswered", async () => {
    const server = await serve((incoming, response) => {
      if (server.seen.length === 1) response.end(TEXT);
      else incoming.socket.resetAndDestroy();
    });
    const send = open(server.url);
    await send(request, token);
    await expect(send(request, token)).resolves.toStrictEqual({ kind: "network", sent: true, code: "ECONNRESET" });
    expect(server.sockets.size).toBe(1);
  });
});

describe("a request that cannot be written", () => {
  it.each([
    ["a character outside Latin-1", { "x-name": "Schlüssel 🗝" }, "ERR_INVALID_CHAR"],
    ["a line break", { "x-name": "a\r\nx-more: b" }, "ERR_INVALID_CHAR"],
    ["a name that is none", { "x name": "a" }, "ERR_INVALID_HTTP_TOKEN"],
  ])("is certainly not sent: %s", async (_what, headers, code) => {
    const server = await serve(ok);
    const result = await open(server.url)({ ...request, headers }, token);
    expect(result).toStrictEqual({ kind: "network", sent: false, code });
    expect(server.sockets.size).toBe(0);
  });
});
