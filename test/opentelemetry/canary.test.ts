import { inspect } from "node:util";
import pino from "pino";
import { barndoor } from "../../adapters/barndoor/index.ts";
import { ngrok } from "../../adapters/ngrok/index.ts";
import { type Gateway, type ProviderId, type ProviderUpdate, secret } from "../../src/index.ts";
import { recorder } from "../kit/recorder.ts";
import nock from "../support/nock.ts";
import { useTelemetry } from "./telemetry.ts";

// What is looked for is a core of letters and digits, so that no encoding of the rest can hide it.
const CORES = { token: "T0kenCanary9f3a", key: "KeyCan4ry7b2e", client: "Cl1entCanary5d8c", other: "Oth3rCanary1a6f" };
const marked = (core: string) => `sk/${core}+é ~"\\=`;
const [TOKEN, KEY, CLIENT, OTHER] = [
  `tok/${CORES.token}+~=`,
  marked(CORES.key),
  marked(CORES.client),
  marked(CORES.other),
];
const holds = (text: string) => Object.values(CORES).filter((core) => text.includes(core));

const telemetry = useTelemetry();
const UUID = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
const update = {
  name: "N",
  credential: { scheme: "api_key", apiKey: secret(KEY) },
} satisfies ProviderUpdate;
const echo = [TOKEN, KEY, CLIENT, OTHER].flatMap((text) => [
  text,
  encodeURIComponent(text),
  Buffer.from(text).toString("base64"),
  JSON.stringify(text),
]);
const said = `You sent ${echo.join(" | ")}`;

/** What an answer is made of: a status and a body, an error of the network, or nothing at all. */
type Answer = readonly [status: number, body: string] | Error | undefined;

function answerAll(answer: (method: string, host: string) => Answer): void {
  for (const method of ["GET", "PATCH", "PUT", "POST", "DELETE"]) {
    nock(/.*/)
      .persist()
      .intercept(/.*/, method)
      .reply(function reply(_uri, _body, done) {
        const given = answer(method, String(this.req.headers.host));
        if (given instanceof Error) return done(given, [0, ""]);
        if (given !== undefined)
          done(null, [...given, { "retry-after": "0", location: `https://x.test/?${CORES.token}` }]);
      });
  }
}

afterEach(() => nock.cleanAll());

interface Watched {
  readonly gateway: Gateway<ProviderId>;
  readonly id: ProviderId;
  readonly shown: () => string;
}

const kinds: Readonly<Record<string, (settings: object) => readonly [Gateway<ProviderId>, ProviderId]>> = {
  "a token": (settings) => [ngrok.open({ token: secret(TOKEN), ...settings }), "aigpk_2abc"],
  "a token function": (settings) => [ngrok.open({ token: () => secret(TOKEN), ...settings }), "aigpk_2abc"],
  "a login": (settings) => [
    barndoor.open({
      baseUrl: "https://b.test",
      auth: { clientId: "acme", clientSecret: secret(CLIENT), tokenUrl: "https://login.test/token" },
      ...settings,
    }),
    UUID,
  ],
};

/** A gateway that is watched in every way there is, and all that was shown. */
function watch(kind: string, settings: object = {}): Watched {
  const { hooks, told } = recorder();
  const lines: string[] = [];
  const logger = pino({ level: "trace" }, { write: (line: string) => void lines.push(line) });
  const common = { retry: { attempts: 1 }, timeoutMs: 5_000, hooks: [hooks, telemetry.hooks("main")], logger };
  const [gateway, id] = kinds[kind]?.({ ...common, ...settings }) ?? [];
  if (gateway === undefined || id === undefined) throw new Error("there is no such kind");
  const spans = () =>
    telemetry.spans().map(({ name, attributes, status, events }) => ({ name, attributes, status, events }));
  return {
    gateway,
    id,
    shown() {
      expect(told.length).toBeGreaterThan(2);
      expect(lines.length).toBeGreaterThan(0);
      expect(spans().length).toBeGreaterThan(0);
      return [
        JSON.stringify(told),
        inspect(told, { depth: 20, showHidden: true }),
        ...lines,
        JSON.stringify(spans()),
      ].join("\n");
    },
  };
}

/** Every method, whatever comes of it. The caller names one more secret, which only the gateway can know. */
async function callAll({ gateway, id }: Watched, more: object = {}): Promise<void> {
  const call = { secrets: [secret(OTHER)], ...more };
  const list = async () => {
    for await (const _each of gateway.list(call));
  };
  const creation = { ...update, upstream: "openai", baseUrl: "https://api.openai.com/v1" };
  const { baseUrl: _unsupported, ...plain } = creation;
  await Promise.allSettled([
    gateway.update(id, update, call),
    gateway.get(id, call),
    list(),
    gateway.create?.(gateway.adapter === "ngrok" ? plain : creation, call),
    gateway.remove?.(id, call),
  ]);
}

const provider = {
  ...{ id: "aigpk_2abc", providerId: KEY, name: "N", keyRedacted: KEY, description: said, metadata: said },
  ...{ createdAt: "2024-01-15T10:30:00Z", updatedAt: "2024-01-15T10:30:00Z" },
};
const connection = { id: UUID, name: said, model_provider: "openai", settings: { note: said }, health_detail: said };
const login = JSON.stringify({ access_token: TOKEN, expires_in: 3600 });
const errors = JSON.stringify({ message: said, detail: said, error: { message: said, code: TOKEN }, errorCode: KEY });

describe.each(Object.keys(kinds))("nobody who watches a gateway with %s sees a secret", (kind) => {
  const loginThen = (answer: (method: string) => Answer) => (method: string, host: string) =>
    host.startsWith("login.test") ? ([200, login] as const) : answer(method);

  it("when all goes well and the replies echo them", async () => {
    const cursor = `/provider-keys?before=${encodeURIComponent(KEY)}`;
    const page = { aiGatewayProviderKeys: [provider], nextPageUri: cursor };
    answerAll(
      loginThen((method) => {
        if (method === "GET" && kind !== "a login") return [200, JSON.stringify({ ...provider, ...page })];
        return [200, JSON.stringify(kind === "a login" ? connection : provider)];
      }),
    );
    const watched = watch(kind);
    await callAll(watched, { secrets: [secret(OTHER), secret(KEY), secret(CLIENT)] });
    expect(holds(watched.shown())).toStrictEqual([]);
  });

  it.each([301, 400, 401, 403, 404, 409, 422, 429, 500, 503])("when all is answered %d with them", async (status) => {
    answerAll(loginThen(() => [status, errors]));
    const watched = watch(kind);
    await callAll(watched, { secrets: [secret(OTHER), secret(KEY), secret(CLIENT), secret(TOKEN)] });
    expect(holds(watched.shown())).toStrictEqual([]);
  });

  it.each(["ECONNRESET", "ECONNREFUSED"])("when the network fails with them in its error: %s", async (code) => {
    answerAll(loginThen(() => Object.assign(new Error(said), { code })));
    const watched = watch(kind);
    await callAll(watched);
    expect(holds(watched.shown())).toStrictEqual([]);
  });

  it("when the time is over, or the caller aborts with them for a reason", async () => {
    answerAll(loginThen(() => undefined));
    const late = watch(kind, { timeoutMs: 20 });
    await callAll(late);
    expect(holds(late.shown())).toStrictEqual([]);
    const ended = watch(kind);
    await callAll(ended, { signal: AbortSignal.abort(said) });
    expect(holds(ended.shown())).toStrictEqual([]);
  });

  it("when it stands in the id, or in what is wrong with an update", async () => {
    answerAll(loginThen(() => [404, errors]));
    const watched = watch(kind);
    const call = { secrets: [secret(OTHER), secret(KEY)] };
    await Promise.allSettled([
      watched.gateway.get(OTHER, call),
      watched.gateway.remove?.(KEY, call),
      Reflect.apply(watched.gateway.update, undefined, [watched.id, { credential: KEY, [KEY]: KEY }]),
      Reflect.apply(watched.gateway.update, undefined, [watched.id, { credential: { scheme: KEY, apiKey: KEY } }]),
      watched.gateway.get(watched.id, call),
    ]);
    expect(holds(watched.shown())).toStrictEqual([]);
  });
});

it.each([400, 401, 500])("nobody who watches sees a secret when a login is answered %d with them", async (status) => {
  const refusal = JSON.stringify({
    error: CLIENT,
    error_description: `You sent ${CLIENT} ${encodeURIComponent(CLIENT)}`,
  });
  answerAll(() => [status, refusal]);
  const watched = watch("a login");
  await callAll(watched);
  expect(watched.shown()).toContain('"purpose":"login"');
  expect(holds(watched.shown())).toStrictEqual([]);
});
