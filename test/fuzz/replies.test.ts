import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { barndoor } from "../../adapters/barndoor/index.ts";
import { ngrok } from "../../adapters/ngrok/index.ts";
import { keywordsai, respan } from "../../adapters/respan/index.ts";
import { type Gateway, isGatewayError, type ProviderId, type ProviderUpdate, secret } from "../../src/index.ts";
import { ofMany } from "../crash/soak.ts";
import { allowLoopback } from "../support/loopback.ts";
import fc from "../support/property.ts";
import { runs } from "../support/runs.ts";

// Real connections only: what stands between them and this suite would judge the bytes itself.
allowLoopback();

const TOKEN = "T0kenOfTheFuzz9f3a";
const KEY = "KeyOfTheFuzz4b7b2e";
const UUID = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
const time = "2024-01-15T10:30:00Z";

/** What the server sends next, byte for byte; it closes the connection where the bytes do not say how long they are. */
let reply: Reply | (() => Reply) = { bytes: Buffer.alloc(0), keepsOpen: false };
interface Reply {
  readonly bytes: Buffer;
  readonly keepsOpen: boolean;
}
const open = new Set<Socket>();
let server: Server;
let url = "";

beforeAll(async () => {
  server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    let heard = "";
    socket.on("data", (data) => {
      heard += data.toString("latin1");
      const end = heard.indexOf("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(heard)?.[1] ?? 0);
      if (end < 0 || heard.length < end + 4 + length) return;
      heard = "";
      const { bytes, keepsOpen } = typeof reply === "function" ? reply() : reply;
      if (keepsOpen) socket.write(bytes);
      else socket.end(bytes);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  url = `http://127.0.0.1:${address.port}`;
});

afterAll(() => {
  for (const socket of open) socket.destroy();
  server.close();
});

interface Case {
  readonly open: () => Gateway<ProviderId>;
  readonly id: ProviderId;
  readonly provider: object;
  readonly page: (items: readonly unknown[]) => unknown;
  /** A page that names another one, where the vendor has such. */
  readonly linked?: (items: readonly unknown[], next: string) => unknown;
}

const settings = () => ({
  token: secret(TOKEN),
  baseUrl: url,
  retry: { attempts: 0 },
  rateLimit: false,
  timeoutMs: 3000,
});
const custom = { id: "my", provider_id: "my", provider_name: "N", created_at: time };
const cases: readonly (readonly [string, Case])[] = [
  [
    "respan",
    {
      open: () => respan.open({ ...settings(), extraKwargs: "merge" }),
      id: 123,
      provider: custom,
      page: (items) => items,
    },
  ],
  [
    "keywordsai",
    {
      open: () => keywordsai.open(settings()),
      id: 123,
      provider: custom,
      page: (results) => ({ results, next: null }),
      linked: (results, next) => ({ results, next }),
    },
  ],
  [
    "barndoor",
    {
      open: () => barndoor.open(settings()),
      id: UUID,
      provider: { id: UUID, name: "N", model_provider: "openai", settings: {}, connection_id: null, enabled: true },
      page: (items) => items,
    },
  ],
  [
    "ngrok",
    {
      open: () => ngrok.open(settings()),
      id: "aigpk",
      provider: {
        id: "aigpk",
        providerId: "openai",
        name: "N",
        keyRedacted: "sk-...",
        createdAt: time,
        updatedAt: time,
      },
      page: (items) => ({ aiGatewayProviderKeys: items, nextPageUri: null }),
      linked: (items, next) => ({ aiGatewayProviderKeys: items, nextPageUri: next }),
    },
  ],
];

const update: ProviderUpdate = { name: "N", credential: { scheme: "api_key", apiKey: secret(KEY) } };

/** A result, or an error of the contract, and none of these secrets in either. */
async function settles(secrets: RegExp, run: () => Promise<unknown>): Promise<void> {
  let came: unknown;
  try {
    came = await run();
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    came = error;
    expect(JSON.stringify(error)).not.toMatch(secrets);
  }
  expect(inspect(came, { depth: 12, showHidden: true, maxStringLength: null })).not.toMatch(secrets);
}

// A read is not told of the key, and could not know it in a reply.
const SECRET_OF_READS = new RegExp(TOKEN);
const SECRETS = new RegExp(`${TOKEN}|${KEY}|${Buffer.from(KEY).toString("base64").slice(0, -2)}`);

async function readAll(gateway: Gateway<ProviderId>): Promise<unknown> {
  const found: unknown[] = [];
  for await (const provider of gateway.list()) {
    found.push(provider);
    // A list may go on as long as its pages do: what is asked is that each is sound.
    if (found.length > 20) return found;
  }
  return found;
}

async function everyOperation({ open, id }: Case): Promise<void> {
  const gateway = open();
  await settles(SECRET_OF_READS, () => gateway.get(id));
  await settles(SECRET_OF_READS, () => readAll(gateway));
  await settles(SECRETS, () => gateway.update(id, update));
}

const members = [
  ...["id", "name", "provider_id", "provider_name", "providerId", "model_provider", "settings", "extra_kwargs"],
  ...["metadata", "description", "keyRedacted", "createdAt", "updated_at", "connection_id", "enabled", "health_status"],
  ...["error", "errors", "detail", "message", "msg", "code", "errorCode", "retry_after", "results", "next"],
  ...["aiGatewayProviderKeys", "nextPageUri", "__proto__", "constructor", "toString", "toJSON", KEY],
];
const leaf = fc.oneof(
  fc.jsonValue({ maxDepth: 1 }),
  fc.constantFrom(
    `${KEY} is wrong`,
    `Bearer ${TOKEN}`,
    Buffer.from(KEY).toString("base64"),
    "?after=1",
    "//x?y",
    1e308,
  ),
  fc.constantFrom(
    "\u202e",
    "\ud800",
    "\u0000",
    "9999-99-99T99:99:99Z",
    "+275760-09-13T00:00:00.001Z",
    "x".repeat(3000),
  ),
);
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie("json"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...members), tie("json"), { maxKeys: 5 }),
  ),
}));

const body = ({ provider, page }: Case) => {
  const near = fc
    .dictionary(fc.constantFrom(...members), json, { maxKeys: 3 })
    .map((each) => ({ ...provider, ...each }));
  const text = fc
    .oneof(
      json,
      near,
      near.map((each) => page([each])),
    )
    .map((each) => Buffer.from(JSON.stringify(each)));
  // In the places where the vendors' errors have their words.
  const words = leaf.map((each) => Buffer.from(JSON.stringify({ detail: each, error: { message: each }, msg: each })));
  const whole = Buffer.from(JSON.stringify(provider));
  const flipped = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, bits]) => {
    const copy = Buffer.from(whole);
    copy[at] = (copy[at] ?? 0) ^ bits;
    return copy;
  });
  const cut = fc.nat(whole.length).map((length) => whole.subarray(0, length));
  const junk = fc.uint8Array({ maxLength: 60 }).map((each) => Buffer.from(each));
  return fc.oneof({ weight: 4, arbitrary: text }, { weight: 2, arbitrary: words }, flipped, cut, junk);
};

const status = fc.oneof(
  fc.constantFrom(200, 200, 200, 201, 204, 301, 400, 401, 404, 405, 422, 429, 503),
  fc.integer({ min: 200, max: 599 }),
);
const headerLine = fc.oneof(
  fc.constantFrom(
    ...["content-encoding: gzip", "content-encoding: br", "content-encoding: x, gzip", "transfer-encoding: chunked"],
    ...["content-length: 5", "content-length: -1", "content-length: 99999999999999999999", "transfer-encoding: junk"],
    ...[
      "retry-after: -5",
      "retry-after: 1e400",
      "retry-after: Wed, 99 Foo 2026 00:00:00 GMT",
      "retry-after: 99999999999",
    ],
    ...[
      "location: //elsewhere.test/",
      "content-type: text/html; charset=\u0000",
      ": empty",
      "no colon",
      "\u00ff\u00fe: \u0080",
    ],
    ...[
      "set-cookie: a=b",
      "retry-after: 1\r\nretry-after: 2",
      `x-key: ${KEY}`,
      "connection: close",
      "upgrade: h2c",
      " folded",
    ],
  ),
  fc.string({ maxLength: 20 }).map((text) => `x-${text}`),
);

const sized = (given: number, headers: readonly string[], content: Buffer) => {
  const head = [`HTTP/1.1 ${given} ${KEY}`, `content-length: ${content.length}`, ...headers];
  return { bytes: Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), content]), keepsOpen: true };
};

const bomb = sized(200, ["content-encoding: gzip"], gzipSync(Buffer.alloc(64 * 1024 * 1024, " ")));

const json200 = (text: string) => sized(200, ["content-type: application/json"], Buffer.from(text));

/** Values in each other, so many levels, as text. */
const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

describe.each(cases)("%s, over a connection", (_name, each) => {
  it("makes a result or an error of the contract of 100,000 nested lists, alone and in any member", async () => {
    const members = ["name", "settings", "metadata", "extra_kwargs"].map((member) => [200, member] as const);
    for (const [given, member] of [[200], [400, "errors"], ...ofMany(members, 1)] as const) {
      const whole = member === undefined ? '"here"' : JSON.stringify({ ...each.provider, [member]: "here" });
      reply = sized(given, [], Buffer.from(whole.replace('"here"', nested(100_000))));
      await everyOperation(each);
    }
  });

  it("gives every item of a list of 9.9 MiB, and refuses one of more than 10", async () => {
    const mebibyte = 1024 * 1024;
    const listOf = async (bytes: number) => {
      const item = { ...each.provider, more: "" };
      // One item more is needed than fits, for what stands around them.
      const most = Math.floor(bytes / 2000) - 1;
      const padded = { ...item, more: "x".repeat(2000 - JSON.stringify(item).length - 1) };
      const text = JSON.stringify(each.page(Array(most).fill(padded)));
      reply = json200(text + " ".repeat(bytes - text.length));
      let count = 0;
      for await (const { name } of each.open().list()) if (name === "N") count += 1;
      return [count, most];
    };
    const [count, most] = await listOf(Math.floor(9.9 * mebibyte));
    expect([count, count]).toEqual([most, 5189]);
    await expect(listOf(10 * mebibyte + 1)).rejects.toMatchObject({ name: "InvalidResponseError" });
  });
});

it.each(cases.filter(([, { linked }]) => linked !== undefined))(
  "%s reads pages without end until it is aborted, and asks for none after that",
  async (_name, { open: opened, provider, linked }) => {
    let asked = 0;
    reply = () => {
      asked += 1;
      return json200(JSON.stringify(linked?.([provider, provider], `https://elsewhere.test/?page=${asked + 1}`)));
    };
    const ending = new AbortController();
    let given = 0;
    const reading = async () => {
      for await (const _item of opened().list({ signal: ending.signal })) {
        given += 1;
        if (given === 41) ending.abort();
      }
    };
    await expect(reading()).rejects.toMatchObject({ name: "AbortedError", outcome: "not-sent" });
    expect([given, asked]).toEqual([41, 21]);
  },
);

describe.each(cases)("%s", (_name, each) => {
  it("makes a result or an error of the contract of any JSON and any bytes, and shows no secret", async () => {
    await fc.assert(
      fc.asyncProperty(status, body(each), async (given, content) => {
        const isEmpty = given === 204 || given === 304;
        reply = sized(given, [], isEmpty ? Buffer.alloc(0) : content);
        await everyOperation(each);
      }),
      runs(25),
    );
  });

  it("makes a result or an error of the contract of any headers, and of what is no HTTP", async () => {
    const head = fc.tuple(status, fc.array(headerLine, { maxLength: 4 })).map(([given, lines]) => {
      return Buffer.from(`HTTP/1.1 ${given} OK\r\n${lines.join("\r\n")}\r\n\r\n`, "latin1");
    });
    const start = fc.oneof(
      { weight: 4, arbitrary: head },
      fc.uint8Array({ maxLength: 40 }).map((each) => Buffer.from(each)),
      fc
        .constantFrom(
          "",
          "HTTP/9.9 200 OK\r\n\r\n",
          "HTTP/1.1 99999 X\r\n\r\n",
          "HTTP/1.1 100 Continue\r\n\r\n",
          "<html>",
        )
        .map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(start, body(each), async (first, content) => {
        reply = { bytes: Buffer.concat([first, content]), keepsOpen: false };
        await everyOperation(each);
      }),
      runs(12),
    );
  });

  it("refuses headers without end, and what unpacks to more than it takes", async () => {
    const huge = Buffer.from(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(1024 * 1024)}\r\n\r\n{}`);
    const many = Buffer.from(`HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(100_000)}\r\n{}`);
    for (const next of [{ bytes: huge, keepsOpen: false }, { bytes: many, keepsOpen: false }, bomb]) {
      reply = next;
      const gateway = each.open();
      await expect(gateway.get(each.id)).rejects.toMatchObject({ outcome: "not-sent" });
      await everyOperation(each);
    }
  });
});
