import { inspect } from "node:util";
import { barndoor } from "../../adapters/barndoor/index.ts";
import { ngrok } from "../../adapters/ngrok/index.ts";
import { keywordsai, respan } from "../../adapters/respan/index.ts";
import {
  type Call,
  type Gateway,
  isGatewayError,
  isSecret,
  type ProviderId,
  type ProviderUpdate,
  type Secret,
  secret,
} from "../../src/index.ts";
import nock from "../support/nock.ts";

// What is looked for is a core of letters and digits, so that no encoding of the rest can hide it.
const CORES = { token: "T0kenCanary9f3a", key: "KeyCan4ry7b2e", file: "F1leCanary5d8c", other: "Oth3rCanary1a6f" };
const marked = (core: string) => `sk/${core}+é ~"\\=`;
const TOKEN = `tok/${CORES.token}+~=`;
const KEY = marked(CORES.key);
const OTHER = marked(CORES.other);
const PRIVATE_KEY = `-----BEGIN PRIVATE KEY-----\nMII/${CORES.file}+==\n-----END PRIVATE KEY-----\n`;
const ACCOUNT = JSON.stringify({ type: "service_account", client_email: "bot@x.test", private_key: PRIVATE_KEY });

const token = secret(TOKEN);
const key = (): Secret => secret(KEY);

/** Base64 of a text, wherever it stands in what was encoded: the characters that do not depend on its neighbours. */
function base64Cores(core: string): string[] {
  return [0, 1, 2].map((shift) => {
    const whole = Buffer.from("x".repeat(shift) + core)
      .toString("base64")
      .replace(/=+$/, "");
    return whole.slice(shift === 0 ? 0 : shift + 1, -2);
  });
}

const needles = Object.values(CORES).flatMap((core) => [core, ...base64Cores(core)]);
const holds = (text: string) => needles.some((needle) => text.includes(needle));

/** Everything that a value can show, by the way in which it is shown. */
function* printable(value: unknown, seen = new Set<unknown>(), place = "value"): Generator<readonly [string, string]> {
  if (typeof value === "string") yield [place, value];
  if (typeof value === "symbol") yield [place, String(value)];
  if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Map || value instanceof Set) yield* printable([...value], seen, `${place}.entries`);
  for (const name of Reflect.ownKeys(value)) {
    yield [`${place}: a name`, String(name)];
    const member: unknown =
      Reflect.getOwnPropertyDescriptor(value, name)?.get === undefined && Reflect.get(value, name);
    yield* printable(member, seen, `${place}.${String(name)}`);
  }
  if (place !== "value") return;
  yield ["String", tried(() => String(value))];
  yield ["JSON", tried(() => JSON.stringify(value))];
  yield ["inspect", inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true })];
  yield ["inspect, bare", inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, customInspect: false })];
}

function tried(print: () => string | undefined): string {
  try {
    return print() ?? "";
  } catch {
    return "";
  }
}

/** The places of a value that show a marker. */
const leaks = (value: unknown): string[] => [
  ...new Set([...printable(value)].filter(([, text]) => holds(text)).map(([place]) => place)),
];

const output: string[] = [];
beforeAll(() => {
  // Frames name functions and files, never values, and looking them up in the sources takes most of the time.
  Error.stackTraceLimit = 0;
  const keep = (...parts: unknown[]) => void output.push(...parts.map((part) => inspect(part, { depth: 10 })));
  for (const name of ["log", "info", "warn", "error", "debug", "trace", "dir"] as const) {
    jest.spyOn(console, name).mockImplementation(keep);
  }
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, "write").mockImplementation((chunk) => output.push(String(chunk)) > 0);
  }
});
afterAll(() => jest.restoreAllMocks());
beforeEach(() => output.splice(0));
afterEach(() => {
  nock.cleanAll();
  expect(output.filter(holds)).toStrictEqual([]);
});

describe("the scanner", () => {
  const core = CORES.key;
  const hidden = (value: unknown) => Object.defineProperty({}, "hidden", { value, enumerable: false });
  const withMessage = new Error(`bad ${KEY}`);
  const withStack = Object.assign(new Error("x"), { stack: `Error: ${KEY}` });
  const circular: Record<string, unknown> = { core };
  circular.self = circular;

  it.each<[string, unknown]>([
    ["a text", `x${core}x`],
    ["a message", withMessage],
    ["a stack", withStack],
    ["a cause", new Error("x", { cause: new Error("y", { cause: { headers: [core] } }) })],
    ["a member", { a: [{ b: core }] }],
    ["a name of a member", { [core]: 1 }],
    ["a hidden member", hidden({ a: hidden(core) })],
    ["a member with a symbol for a name", { [Symbol("x")]: core }],
    ["a symbol", { [Symbol(core)]: 1 }],
    ["what toJSON gives", { a: { toJSON: () => core } }],
    ["what inspect gives", { a: { [inspect.custom]: () => core } }],
    ["what String gives", { toString: () => core }],
    ["a map", new Map([["a", new Set([core])]])],
    ["a circle", circular],
    ["the URL-encoded key", encodeURIComponent(KEY)],
    ["the key in base64", { a: Buffer.from(KEY).toString("base64") }],
    ["the key in base64, second in a text", Buffer.from(`:${KEY}`).toString("base64")],
    ["the key in base64, third in a text", Buffer.from(`a:${KEY}`).toString("base64url")],
    ["the key file in base64", Buffer.from(ACCOUNT).toString("base64")],
    ["the escaped key", JSON.stringify(JSON.stringify({ KEY }))],
  ])("finds a marker in %s", (_place, value) => {
    expect(leaks(value)).not.toStrictEqual([]);
  });

  it("finds none where there is none", () => {
    expect(leaks({ key: key(), token, text: "ordinary", error: new Error("x") })).toStrictEqual([]);
  });

  it("hears what is printed", () => {
    // biome-ignore lint/suspicious/noConsole: what is printed is what is looked at
    console.log("key %s", KEY);
    process.stderr.write(KEY);
    expect(output.filter(holds)).toHaveLength(2);
    output.splice(0);
  });
});

interface Given {
  readonly update: ProviderUpdate;
  readonly family?: string;
  /** Something is read before the write. */
  readonly reads?: boolean;
}

interface Case {
  readonly title: string;
  readonly gateway: (settings?: object) => Gateway<ProviderId>;
  readonly id: ProviderId;
  /** Updates that hold secrets, each with the family of provider that takes it. */
  readonly updates: readonly (readonly [title: string, given: Given])[];
  readonly provider: (family: string) => object;
  readonly page: (provider: object) => unknown;
}

const UUID = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
const time = "2024-01-15T10:30:00Z";
const plainUpdate: ProviderUpdate = { name: "N" };
const keyUpdate: ProviderUpdate = { name: "N", credential: { scheme: "api_key", apiKey: key() } };
const nativeUpdate: ProviderUpdate = {
  baseUrl: "https://x.test/v1",
  native: { organization: secret(OTHER), api_version: "2024-01" },
};
const oddlyNamedUpdate: ProviderUpdate = {
  baseUrl: "https://x.test/v1",
  native: { organization: secret(OTHER), embedded: secret(KEY), reveal: secret(KEY), toJSON: secret(KEY) },
};
const common = { token, timeoutMs: 30_000, retry: { attempts: 0 }, rateLimit: false };

const respanCase = (title: string, adapter: typeof respan): Case => ({
  title,
  gateway: (settings) => adapter.open({ ...common, ...settings }),
  id: 123,
  updates: [
    ["no secret", { update: plainUpdate }],
    ["a key", { update: keyUpdate }],
    ["native secrets", { update: nativeUpdate }],
    ["native secrets of odd names", { update: oddlyNamedUpdate }],
  ],
  provider: () => ({ id: "my", provider_id: "my", provider_name: "N", created_at: time, updated_at: time }),
  page: (provider) => [provider],
});

const cases: readonly Case[] = [
  respanCase("Respan", respan),
  respanCase("Keywords AI", keywordsai),
  {
    title: "Barndoor",
    gateway: (settings) => barndoor.open({ ...common, baseUrl: "https://b.test", ...settings }),
    id: UUID,
    updates: [
      ["no secret", { update: plainUpdate }],
      ["a key", { update: keyUpdate }],
      ["a detach", { update: { connectionId: null, credential: { scheme: "api_key", apiKey: key() } } }],
      [
        "a bedrock key",
        { update: { credential: { scheme: "bedrock_api_key", apiKey: key() } }, family: "bedrock", reads: true },
      ],
      [
        "keys of AWS",
        {
          update: { credential: { scheme: "aws_keys", accessKeyId: "AKIAEXAMPLE", secretAccessKey: key() } },
          family: "bedrock",
          reads: true,
        },
      ],
      [
        "a service account",
        {
          update: { credential: { scheme: "google_service_account", serviceAccount: secret(ACCOUNT) } },
          family: "vertex",
          reads: true,
        },
      ],
      ["settings and a key", { update: { ...keyUpdate, native: { settings: { region: "eu" } } }, reads: true }],
    ],
    provider: (family) => ({ id: UUID, name: "N", model_provider: family, settings: {} }),
    page: (provider) => [provider],
  },
  {
    title: "ngrok",
    gateway: (settings) => ngrok.open({ ...common, ...settings }),
    id: "aigpk_2abc",
    updates: [
      ["no secret", { update: plainUpdate }],
      ["a key", { update: keyUpdate }],
      ["a key without a name", { update: { credential: { scheme: "api_key", apiKey: key() } }, reads: true }],
      ["a key and what rotate cannot carry", { update: { ...keyUpdate, description: "D", metadata: { team: "ml" } } }],
    ],
    provider: () => ({
      id: "aigpk_2abc",
      providerId: "openai",
      name: "N",
      keyRedacted: "sk-...abcd",
      createdAt: time,
      updatedAt: time,
    }),
    page: (provider) => ({ aiGatewayProviderKeys: [provider], nextPageUri: null }),
  },
];

/** The texts of the secrets that an update holds. */
function secretTexts(value: unknown): string[] {
  if (isSecret(value)) return value.reveal() === ACCOUNT ? [ACCOUNT, PRIVATE_KEY] : [value.reveal()];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(secretTexts) : [];
}

/** What a hostile gateway sends back: every secret that it was sent, in every form that an error may give it. */
function hostile(texts: readonly string[]): Readonly<Record<Echo, string>> {
  const echo = texts.flatMap((text) => {
    const bytes = Buffer.from(text);
    const url = encodeURIComponent(text);
    return [
      text,
      url,
      url.replace(/%[0-9A-F]{2}/g, (part) => part.toLowerCase()),
      url.replaceAll("%20", "+"),
      bytes.toString("base64"),
      bytes.toString("base64").replace(/=+$/, ""),
      bytes.toString("base64url"),
      JSON.stringify(text),
    ];
  });
  const said = `Incorrect key provided: ${echo.join(" | ")}`;
  const code = texts.join(" ");
  const errors = Object.fromEntries(echo.map((text) => [text, [`${text} is wrong`, { [text]: [text] }]]));
  const members = { detail: said, message: said, msg: said, details: said, error_code: code, errorCode: code };
  return {
    "all members of an error": JSON.stringify({ ...members, errors, retry_after: code }),
    "an error object": JSON.stringify({ error: { message: said, code, type: code }, errors }),
    "an error text": JSON.stringify({ error: said }),
    "a code only": JSON.stringify({ error: { code, type: code }, errorCode: code }),
    "a map of fields": JSON.stringify(errors),
    "a JSON text": JSON.stringify(said),
    "a text": said,
    "a page": `<html>${said}</html>`,
    "a long text": texts.map((text) => "x".repeat(990) + text).join(""),
  };
}

const echoes = [
  "all members of an error",
  "an error object",
  "an error text",
  "a code only",
  "a map of fields",
  "a JSON text",
  "a text",
  "a page",
  "a long text",
] as const;
type Echo = (typeof echoes)[number];

const STATUSES = [301, 400, 401, 403, 404, 405, 408, 409, 418, 422, 429, 500, 503];
/** Every status with the fullest body, and every body with a refusal and a failure. */
const answers: readonly (readonly [status: number, name: Echo])[] = [
  ...STATUSES.map((status) => [status, "all members of an error"] as const),
  ...echoes.flatMap((name) => [400, 503].map((status) => [status, name] as const)),
];
/** Every body once, and the statuses that are told in ways of their own: for updates whose path through the kit is known. */
const briefAnswers: readonly (readonly [status: number, name: Echo])[] = [
  ...[301, 429, 503].map((status) => [status, "all members of an error"] as const),
  ...echoes.map((name) => [400, name] as const),
];
const headers = { "retry-after": TOKEN, location: "https://elsewhere.test/" };
const everySecret = [TOKEN, KEY, OTHER, PRIVATE_KEY, ACCOUNT];
const { "a text": said } = hostile(everySecret);

type Answer = (
  method: string,
) => { readonly status: number; readonly body: string; readonly headers?: object } | undefined;

/** Answers every request of every gateway; without an answer the request stays open. */
function answerAll(answer: Answer, onRequest?: () => void): void {
  for (const method of ["GET", "PATCH", "PUT", "POST"]) {
    nock(/.*/)
      .persist()
      .intercept(/.*/, method)
      .reply((_uri, _body, reply) => {
        onRequest?.();
        const given = answer(method);
        if (given !== undefined) reply(null, [given.status, given.body, { ...given.headers }]);
      });
  }
}

function failAll(error: Error): void {
  for (const method of ["GET", "PATCH", "PUT", "POST"]) {
    nock(/.*/).persist().intercept(/.*/, method).replyWithError(error);
  }
}

interface Operations {
  readonly update: () => Promise<unknown>;
  readonly get: () => Promise<unknown>;
  readonly list: () => Promise<unknown>;
}

function operationsOf(open: Gateway<ProviderId>, id: ProviderId, update: ProviderUpdate, call: Call = {}): Operations {
  const list = async () => {
    const found: unknown[] = [];
    for await (const provider of open.list(call)) found.push(provider);
    return found;
  };
  return { update: () => open.update(id, update, call), get: () => open.get(id, call), list };
}

/** What came of each operation. */
async function outcomes(...runs: readonly (() => Promise<unknown>)[]) {
  return Promise.all(
    runs.map(async (run) => {
      try {
        return { result: await run() };
      } catch (error) {
        return { error };
      }
    }),
  );
}

const everything = (...given: Parameters<typeof operationsOf>) => outcomes(...Object.values(operationsOf(...given)));

type Came = Awaited<ReturnType<typeof outcomes>>;

function expectClean(came: Came, ...names: readonly string[]): void {
  for (const each of came) {
    if ("error" in each) expect(isGatewayError(each.error)).toBe(true);
    const value: unknown = "error" in each ? each.error : each.result;
    expect(leaks(value)).toStrictEqual([]);
  }
  const errors = came.flatMap((each) => ("error" in each && isGatewayError(each.error) ? [each.error.name] : []));
  for (const name of names) expect(errors).toContain(name);
}

describe.each(cases.map((each) => [each.title, each] as const))("no secret leaves through %s", (_title, each) => {
  const { gateway, id, updates, provider, page } = each;

  describe("when it reads", () => {
    const { get, list } = operationsOf(gateway(), id, plainUpdate);

    it("and succeeds, whatever unknown members the reply has", async () => {
      const item = { ...provider("openai"), api_key: TOKEN, value: said, [KEY]: TOKEN };
      answerAll(() => ({ status: 200, body: JSON.stringify(item) }));
      const [got] = await outcomes(get);
      nock.cleanAll();
      answerAll(() => ({ status: 200, body: JSON.stringify(page(item)) }));
      const [listed] = await outcomes(list);
      for (const came of [got, listed]) {
        expect(came).toHaveProperty("result");
        expect(leaks(came)).toStrictEqual([]);
      }
    });

    it.each(answers)("and is answered %d with %s", async (status, name) => {
      answerAll(() => ({ status, body: hostile([TOKEN])[name], headers }));
      expectClean(await outcomes(get, list));
    });
  });

  describe.each(updates)("when it updates with %s", (title, given) => {
    // The second is each vendor's first with a secret.
    const ownAnswers = title === updates[1]?.[0] ? answers : briefAnswers;
    const { update, family = "openai", reads = false } = given;
    const own = JSON.stringify(provider(family));
    const known = [TOKEN, ...secretTexts(update)];
    const run = (settings?: object) => operationsOf(gateway(settings), id, update).update;

    it("and succeeds, whatever unknown members the reply has", async () => {
      answerAll(() => ({
        status: 200,
        body: JSON.stringify({ ...provider(family), api_key: KEY, value: said, [KEY]: 1 }),
      }));
      const came = await outcomes(run());
      expect(came[0]).toHaveProperty("result");
      expect(leaks(came)).toStrictEqual([]);
    });

    it.each(ownAnswers)("and the write is answered %d with %s", async (status, name) => {
      const failure = { status, body: hostile(known)[name], headers };
      answerAll((method) => (method === "GET" ? { status: 200, body: own } : failure));
      const came = await outcomes(run());
      expectClean(came);
      expect(came[0]).toHaveProperty("error");
    });

    it.each(reads ? briefAnswers : briefAnswers.slice(0, 3))(
      "and whatever is asked first is answered %d with %s",
      async (status, name) => {
        answerAll(() => ({ status, body: hostile(known)[name], headers }));
        expectClean(await outcomes(run()));
      },
    );

    it.each([
      ["is no JSON", said],
      ["is broken JSON", `{"id":"${CORES.key}`],
      ["is a page", `<html>${said}`],
      ["has another shape", JSON.stringify([said])],
      ["has wrong members", JSON.stringify({ id: [KEY], provider_name: { [KEY]: KEY }, name: [KEY], [KEY]: KEY })],
      ["is about another provider", JSON.stringify({ ...provider(family), id: OTHER, provider_id: OTHER })],
    ])("and the reply %s", async (_kind, body) => {
      answerAll((method) => ({ status: 200, body: method === "GET" ? own : body }));
      const written = await outcomes(run());
      nock.cleanAll();
      answerAll(() => ({ status: 200, body }));
      const all = await everything(gateway(), id, update);
      expectClean([...written, ...all].filter((came) => "error" in came));
    });

    it.each(["ECONNREFUSED", "ECONNRESET", "EPROTO", "ERR_BAD_REQUEST"])("and the network fails: %s", async (code) => {
      failAll(
        Object.assign(new Error(`${code} ${said}`, { cause: new Error(said) }), { code, headers: { KEY, TOKEN } }),
      );
      expectClean(await everything(gateway(), id, update), "NetworkError");
    });

    it("and the time is over, or it is aborted", async () => {
      answerAll(() => undefined);
      expectClean(await everything(gateway({ timeoutMs: 20 }), id, update), "TimeoutError");
      nock.cleanAll();
      const controller = new AbortController();
      answerAll(
        () => undefined,
        () => controller.abort(new Error(said)),
      );
      const { signal } = controller;
      expectClean(await everything(gateway(), id, update, { signal }), "AbortedError");
      expectClean(await everything(gateway(), id, update, { signal: AbortSignal.abort(said) }), "AbortedError");
    });

    it.each<[string, () => unknown]>([
      [
        "throws",
        () => {
          throw Object.assign(new Error(said, { cause: said }), { TOKEN });
        },
      ],
      ["rejects with a text", () => Promise.reject(said)],
      ["gives a plain text", () => TOKEN],
      ["gives a bad token", () => secret(`${TOKEN}\n`)],
      ["gives something else", async () => ({ TOKEN, [TOKEN]: TOKEN })],
    ])("and the token function %s", async (_kind, give) => {
      expectClean(await everything(gateway({ token: give }), id, update), "InvalidInputError");
    });

    it("in a preview, in the gateway itself, or in what it can do", () => {
      const open = gateway();
      expect(leaks(open.explain(id, update))).toStrictEqual([]);
      expect(leaks(open)).toStrictEqual([]);
      expect(leaks(open.capabilities)).toStrictEqual([]);
    });
  });

  it("when what was given is refused", async () => {
    const wrong: unknown[] = [
      { credential: { scheme: "api_key", apiKey: KEY } },
      { credential: { scheme: "api_key", apiKey: secret(`${KEY}\n`) } },
      { credential: { scheme: KEY } },
      { credential: KEY },
      { credential: { scheme: "google_service_account", serviceAccount: secret(ACCOUNT.slice(1)) } },
      {
        credential: { scheme: "google_service_account", serviceAccount: secret(JSON.stringify({ key: PRIVATE_KEY })) },
      },
      { credential: { scheme: "google_impersonation", targetServiceAccount: KEY, apiKey: KEY } },
      { [KEY]: KEY },
      { baseUrl: `https://user:${CORES.key}@x.test` },
      { requestTimeout: KEY, enabled: KEY, connectionId: { KEY }, native: KEY, metadata: [KEY] },
      { native: { [KEY]: undefined, settings: secret(KEY), change_note: secret(KEY) } },
      KEY,
      key(),
    ];
    for (const update of wrong) {
      expectClean(await outcomes(operationsOf(gateway(), id, update as ProviderUpdate).update), "InvalidInputError");
    }
    for (const settings of [
      { token: TOKEN },
      { token: secret(`${TOKEN}\n`) },
      { userAgent: `${KEY}\n` },
      { [KEY]: KEY },
    ]) {
      let caught: unknown;
      try {
        gateway(settings);
      } catch (error) {
        caught = error;
      }
      expect(isGatewayError(caught)).toBe(true);
      expect(leaks(caught)).toStrictEqual([]);
    }
  });
});

describe("an update that took effect in part", () => {
  it.each(echoes)("shows no secret: the later error has %s", async (name) => {
    const body = hostile([TOKEN, KEY])[name];
    const update: ProviderUpdate = { ...keyUpdate, description: "D" };
    const ngrokCase = cases.find(({ title }) => title === "ngrok");
    if (ngrokCase === undefined) throw new Error("there is no such case");
    answerAll((method) => ({
      status: method === "PATCH" ? 400 : 200,
      body: method === "PATCH" ? body : JSON.stringify(ngrokCase.provider("")),
    }));
    expectClean(await outcomes(operationsOf(ngrokCase.gateway(), ngrokCase.id, update).update), "PartialUpdateError");
  });
});

const { "a text": echo } = hostile([TOKEN, KEY]);

describe("a reply that holds and shows the key where text is reported", () => {
  it.each<[string, string, Record<string, unknown>]>([
    ["Barndoor", "what its health check says", { health_status: "failing", health_detail: echo }],
    ["Barndoor", "its upstream and settings", { model_provider: KEY, settings: { note: echo } }],
    ["ngrok", "the redacted form of the key", { keyRedacted: KEY }],
    ["ngrok", "the description", { description: echo, metadata: echo }],
    [
      "Respan",
      "the shown members of extra_kwargs",
      { extra_kwargs: { region: KEY, base_url: `https://x.test/?k=${KEY}` } },
    ],
    ["Respan", "other members of extra_kwargs", { extra_kwargs: { organization: KEY, api_key: KEY, nested: [echo] } }],
  ])("%s: %s", async (title, _place, echoed) => {
    const each = cases.find((candidate) => candidate.title === title);
    if (each === undefined) throw new Error("there is no such case");
    answerAll(() => ({ status: 200, body: JSON.stringify({ ...each.provider("openai"), ...echoed }) }));
    const [updated] = await outcomes(operationsOf(each.gateway(), each.id, keyUpdate).update);
    expect(updated).toHaveProperty("result");
    expect(leaks(updated)).toStrictEqual([]);
  });
});
