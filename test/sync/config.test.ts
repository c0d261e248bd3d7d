import {
  type ConfigProblem,
  DEFAULT_GATEWAY_LIMIT,
  DEFAULT_GATEWAY_REMOVAL_LIMIT,
  DEFAULT_TOTAL_LIMIT,
  DEFAULT_TOTAL_REMOVAL_LIMIT,
  describeProblem,
  parseConfig,
} from "../../src/sync/index.ts";
import { BARNDOOR_ID, checked, configErrorOf, marked, problemsOf } from "../support/sync.ts";

const base = `version: 1
gateways:
  respan-prod: { adapter: respan, token: env:RESPAN_TOKEN }
  barndoor-prod: { adapter: barndoor, baseUrl: https://platform.barndoor.ai, token: env:BARNDOOR_TOKEN }
  ngrok-prod: { adapter: ngrok, token: env:NGROK_TOKEN }
providers:
  openai-prod:
    name: OpenAI
    credential: { scheme: api_key, apiKey: env:OPENAI_KEY }
    gateways:
      respan-prod: { id: 123 }
      barndoor-prod: { id: ${BARNDOOR_ID} }
      ngrok-prod: { id: aigpk_1 }
`;

/** The base config with one part replaced; the mark in the new part is where the problem is expected. */
/** What is wrong, and what to do about it. */
const toldBy = ({ message, advice }: ConfigProblem) => (advice === undefined ? message : `${message}; ${advice}`);

function broken(part: string, by: string) {
  if (!base.includes(part)) throw new Error(`the base config has no ${part}`);
  return marked(base.replace(part, by));
}

const SECRET = "sk-live-4242424242424242";
const reference = /expected a reference: env:NAME, file:PATH or exec:COMMAND/;

describe("a config that holds", () => {
  it("is taken", () => {
    expect(problemsOf(base)).toEqual([]);
  });

  it("is taken as JSON", () => {
    const json = {
      version: 1,
      gateways: { ngrok: { adapter: "ngrok", token: "env:NGROK_TOKEN" } },
      providers: { openai: { name: "OpenAI", gateways: { ngrok: { id: "aigpk_1" } } } },
    };
    expect(problemsOf(JSON.stringify(json, null, 2))).toEqual([]);
  });

  it("is taken with anchors and aliases as people use them", () => {
    const aliased = base
      .replace("credential: {", "credential: &openai {")
      .replace("ngrok-prod: { id: aigpk_1 }", "ngrok-prod: { id: aigpk_1, credential: *openai }");
    expect(problemsOf(aliased)).toEqual([]);
  });
});

describe("a config that does not hold", () => {
  type Row = readonly [title: string, part: string, by: string, path: string, message: RegExp];
  const rows: readonly Row[] = [
    ["an unknown top-level key", "providers:", "»provider:", "provider", /unknown field; did you mean providers\?/],
    ["a missing version", "version: 1\ngateways:", "»gateways:", "version", /expected 1/],
    ["another version", "version: 1", "version: »2", "version", /expected 1/],
    ["a version as text", "version: 1", 'version: »"1"', "version", /expected 1/],
    [
      "an unknown adapter",
      "adapter: ngrok",
      "adapter: »ngrokk",
      "gateways.ngrok-prod.adapter",
      /unknown adapter; did you mean ngrok\?; there are respan, keywordsai, barndoor, barndoor-connection, ngrok/,
    ],
    [
      "an adapter that is like no other",
      "adapter: ngrok",
      "adapter: »openrouter",
      "gateways.ngrok-prod.adapter",
      /unknown adapter; there are respan, keywordsai, barndoor, barndoor-connection, ngrok, ngrok-provider$/,
    ],
    [
      "a missing adapter",
      "ngrok-prod: { adapter: ngrok, ",
      "»ngrok-prod: { ",
      "gateways.ngrok-prod.adapter",
      /expected the name of an adapter/,
    ],
    [
      "a missing token",
      "ngrok-prod: { adapter: ngrok, token: env:NGROK_TOKEN }",
      "»ngrok-prod: { adapter: ngrok }",
      "gateways.ngrok-prod.token",
      reference,
    ],
    [
      "a literal token",
      "token: env:NGROK_TOKEN",
      `token: »${SECRET}`,
      "gateways.ngrok-prod.token",
      /a key itself does not belong in the file/,
    ],
    ["a number as a token", "token: env:NGROK_TOKEN", "token: »4242", "gateways.ngrok-prod.token", reference],
    ["a reference to nothing", "token: env:NGROK_TOKEN", 'token: »"env:"', "gateways.ngrok-prod.token", reference],
    [
      "a setting that the adapter does not have",
      "adapter: ngrok, ",
      "adapter: ngrok, timeoutMS: »10, ",
      "gateways.ngrok-prod.timeoutMS",
      /unknown field; did you mean timeoutMs\?/,
    ],
    [
      "a setting of the wrong kind",
      "adapter: ngrok, ",
      "adapter: ngrok, retry: { attempts: »many }, ",
      "gateways.ngrok-prod.retry.attempts",
      /expected a whole number/,
    ],
    [
      "a required setting that is missing",
      "barndoor-prod: { adapter: barndoor, baseUrl: https://platform.barndoor.ai, ",
      "»barndoor-prod: { adapter: barndoor, ",
      "gateways.barndoor-prod.baseUrl",
      /is required/,
    ],
    [
      "a base URL that holds a password",
      "baseUrl: https://platform.barndoor.ai",
      `baseUrl: »https://user:${SECRET}@platform.barndoor.ai`,
      "gateways.barndoor-prod.baseUrl",
      /holds user info/,
    ],
    [
      "an unknown gateway in a binding",
      "ngrok-prod: { id: aigpk_1 }",
      "»ngrok-pord: { id: aigpk_1 }",
      "providers.openai-prod.gateways.ngrok-pord",
      /unknown gateway; did you mean ngrok-prod\?/,
    ],
    [
      "an unknown field at a provider",
      "name: OpenAI",
      "»nam: OpenAI",
      "providers.openai-prod.nam",
      /unknown field; did you mean name\?/,
    ],
    [
      "an unknown field at a binding",
      "id: 123 }",
      "id: 123, »baseURL: https://a.test }",
      "providers.openai-prod.gateways.respan-prod.baseURL",
      /unknown field; did you mean baseUrl\?/,
    ],
    [
      "an unknown field that is like no other",
      "id: 123 }",
      "id: 123, »temperature: 1 }",
      "providers.openai-prod.gateways.respan-prod.temperature",
      /unknown field$/,
    ],
    [
      "a missing id",
      "ngrok-prod: { id: aigpk_1 }",
      "»ngrok-prod: {}",
      "providers.openai-prod.gateways.ngrok-prod.id",
      /expected the provider's id at this gateway/,
    ],
    [
      "an id that is neither a text nor a number",
      "id: aigpk_1",
      "id: »[aigpk_1]",
      "providers.openai-prod.gateways.ngrok-prod.id",
      /expected the provider's id at this gateway/,
    ],
    [
      "a text where the id is an integer",
      "id: 123",
      "id: »openai",
      "providers.openai-prod.gateways.respan-prod.id",
      /expected the integer primary key; this looks like a Respan provider_id/,
    ],
    [
      "a text where the id is a UUID",
      `id: ${BARNDOOR_ID}`,
      "id: »123",
      "providers.openai-prod.gateways.barndoor-prod.id",
      /expected a UUID/,
    ],
    [
      "a binding that is no mapping",
      "ngrok-prod: { id: aigpk_1 }",
      "ngrok-prod: »aigpk_1",
      "providers.openai-prod.gateways.ngrok-prod",
      /expected a mapping/,
    ],
    [
      "a provider that is no mapping",
      "providers:\n",
      "providers:\n  other: »none\n",
      "providers.other",
      /expected a mapping/,
    ],
    ["a gateway without a mapping", "gateways:\n", "gateways:\n  other:»\n", "gateways.other", /expected a mapping/],
    [
      "a provider bound to no gateway",
      "providers:\n",
      "providers:\n  other: { name: Other, gateways: »{} }\n",
      "providers.other.gateways",
      /is bound to no gateway/,
    ],
    [
      "gateways that are no mapping",
      "providers:\n",
      "providers:\n  other: { name: Other, gateways: »7 }\n",
      "providers.other.gateways",
      /expected a mapping/,
    ],
    [
      "a binding without a field",
      "providers:\n",
      "providers:\n  other: { gateways: { ngrok-prod: »{ id: aigpk_2 } } }\n",
      "providers.other.gateways.ngrok-prod",
      /has no fields/,
    ],
    [
      "a name that no gateway can have",
      "gateways:\n  respan-prod",
      "gateways:\n  »-bad: { adapter: ngrok, token: env:T }\n  respan-prod",
      "gateways.-bad",
      /expected a name of letters/,
    ],
    [
      "tags that are no list",
      "name: OpenAI",
      "tags: »prod\n    name: OpenAI",
      "providers.openai-prod.tags",
      /expected a list of texts/,
    ],
    [
      "a field in omit that does not exist",
      "id: 123 }",
      "id: 123, omit: [»requestTimout] }",
      "providers.openai-prod.gateways.respan-prod.omit.0",
      /unknown field; did you mean requestTimeout\?/,
    ],
    [
      "a literal key at a provider",
      "apiKey: env:OPENAI_KEY",
      `apiKey: »${SECRET}`,
      "providers.openai-prod.credential.apiKey",
      /a key itself does not belong in the file/,
    ],
    [
      "a literal key at a binding",
      "id: aigpk_1 }",
      `id: aigpk_1, credential: { scheme: api_key, apiKey: »"${SECRET}" } }`,
      "providers.openai-prod.gateways.ngrok-prod.credential.apiKey",
      /a key itself does not belong in the file/,
    ],
    [
      "a literal fingerprint key",
      "version: 1",
      `version: 1\nfingerprintKey: »${SECRET}`,
      "fingerprintKey",
      /a key itself does not belong in the file/,
    ],
    [
      "a credential without its key",
      "credential: { scheme: api_key, apiKey: env:OPENAI_KEY }",
      "»credential: { scheme: api_key }",
      "providers.openai-prod.credential.apiKey",
      /expected a Secret/,
    ],
    [
      "a credential with a mistyped member",
      "apiKey: env:OPENAI_KEY",
      `api_key: »${SECRET}, apiKey: env:OPENAI_KEY`,
      "providers.openai-prod.credential.api_key",
      /unknown field/,
    ],
    [
      "a credential of a scheme that does not exist",
      "scheme: api_key",
      "scheme: »password",
      "providers.openai-prod.credential.scheme",
      /expected a credential with a scheme: api_key/,
    ],
    [
      "a key in place of the credential",
      "credential: { scheme: api_key, apiKey: env:OPENAI_KEY }",
      `credential: »${SECRET}`,
      "providers.openai-prod.credential",
      /expected a credential with a scheme/,
    ],
    [
      "a field that a gateway cannot take, given for all",
      "name: OpenAI",
      "name: OpenAI\n    description: »primary",
      "providers.openai-prod.description",
      /cannot be written at this gateway; leave it out for \S+ with omit: \[description\]/,
    ],
    [
      "a clear that a gateway cannot do",
      "id: 123 }",
      "id: 123, baseUrl: https://api.openai.com, requestTimeout: »null }",
      "providers.openai-prod.gateways.respan-prod.requestTimeout",
      /cannot be cleared at this gateway/,
    ],
    [
      "a credential scheme that a gateway does not take",
      "id: aigpk_1 }",
      "id: aigpk_1, credential: »{ scheme: google_adc } }",
      "providers.openai-prod.gateways.ngrok-prod.credential",
      /the scheme google_adc cannot be written at this gateway/,
    ],
    [
      "a value above a gateway's limit",
      `id: ${BARNDOOR_ID} }`,
      `id: ${BARNDOOR_ID}, requestTimeout: »3601 }`,
      "providers.openai-prod.gateways.barndoor-prod.requestTimeout",
      /expected at most 3600/,
    ],
    [
      "a text that is too long for a gateway",
      "id: aigpk_1 }",
      `id: aigpk_1, description: »${"x".repeat(256)} }`,
      "providers.openai-prod.gateways.ngrok-prod.description",
      /has 256 characters as it is sent, expected at most 255/,
    ],
    ["a value of the wrong kind", "name: OpenAI", "name: »42", "providers.openai-prod.name", /expected a text/],
    [
      "a base URL that is none",
      "id: 123 }",
      "id: 123, baseUrl: »api.openai.com }",
      "providers.openai-prod.gateways.respan-prod.baseUrl",
      /expected an absolute http or https URL/,
    ],
    [
      "a native field that the vendor does not have",
      `id: ${BARNDOOR_ID} }`,
      `id: ${BARNDOOR_ID}, native: { billing_mod: »per_token } }`,
      "providers.openai-prod.gateways.barndoor-prod.native.billing_mod",
      /unknown field; did you mean billing_mode\?/,
    ],
    [
      "a native field at a gateway that has none",
      "id: aigpk_1 }",
      "id: aigpk_1, native: »{ region: eu } }",
      "providers.openai-prod.gateways.ngrok-prod.native",
      /cannot be written at this gateway/,
    ],
    [
      "a field that may erase another one",
      "respan-prod: { id: 123 }",
      "»respan-prod: { id: 123, requestTimeout: 90 }",
      "providers.openai-prod.gateways.respan-prod.baseUrl",
      /needs baseUrl in the same update: .*; or set extraKwargs: "merge"/,
    ],
    [
      "a connection beside a credential",
      `id: ${BARNDOOR_ID} }`,
      `id: ${BARNDOOR_ID}, connectionId: »${BARNDOOR_ID} }`,
      "providers.openai-prod.gateways.barndoor-prod.connectionId",
      /give one of the two/,
    ],
    [
      "a limit of something that has none",
      "version: 1",
      "version: 1\nlimits: { »updates: { count: 1 } }",
      "limits.updates",
      /unknown field; did you mean update\?/,
    ],
    [
      "an unknown member of a limit",
      "version: 1",
      "version: 1\nlimits: { total: { key: { »cuont: 1 } } }",
      "limits.total.key.cuont",
      /unknown field; did you mean count\?/,
    ],
    [
      "a percentage over 100",
      "version: 1",
      "version: 1\nlimits: { update: { percent: »101 } }",
      "limits.update.percent",
      /expected a number from 0 to 100/,
    ],
    [
      "a percentage below 0",
      "version: 1",
      "version: 1\nlimits: { update: { percent: »-1 } }",
      "limits.update.percent",
      /expected a number from 0 to 100/,
    ],
    [
      "a percentage as text",
      "version: 1",
      "version: 1\nlimits: { update: { percent: »50% } }",
      "limits.update.percent",
      /expected a number from 0 to 100/,
    ],
    [
      "a count that is not whole",
      "version: 1",
      "version: 1\nlimits: { key: { count: »1.5 } }",
      "limits.key.count",
      /expected a whole number/,
    ],
    [
      "a count below 0",
      "version: 1",
      "version: 1\nlimits: { key: { count: »-1 } }",
      "limits.key.count",
      /expected at least 0/,
    ],
    [
      "a least number below 0",
      "version: 1",
      "version: 1\nlimits: { key: { atLeast: »-1 } }",
      "limits.key.atLeast",
      /expected at least 0/,
    ],
    [
      "a limit that is no mapping",
      "version: 1",
      "version: 1\nlimits: { key: »10 }",
      "limits.key",
      /expected a mapping/,
    ],
    ["limits that are no mapping", "version: 1", "version: 1\nlimits:»", "limits", /expected a mapping/],
    [
      "a limit over all gateways at one gateway",
      "adapter: ngrok, ",
      "adapter: ngrok, limits: { »total: {} }, ",
      "gateways.ngrok-prod.limits.total",
      /unknown field$/,
    ],
    [
      "a gateway's limit of the wrong kind",
      "adapter: ngrok, ",
      "adapter: ngrok, limits: { update: { count: »all } }, ",
      "gateways.ngrok-prod.limits.update.count",
      /expected a whole number/,
    ],
    ...["0", "65", "2.5", '"4"', "null"].map(
      (value): Row => [
        `a concurrency of ${value}`,
        "adapter: ngrok, ",
        `adapter: ngrok, concurrency: »${value}, `,
        "gateways.ngrok-prod.concurrency",
        /expected a whole number from 1 to 64/,
      ],
    ),
    [
      "a wish to write unverified fields that is neither true nor false, at a provider",
      "name: OpenAI",
      "writeUnverified: »yes\n    name: OpenAI",
      "providers.openai-prod.writeUnverified",
      /expected true or false/,
    ],
    [
      "a wish to write unverified fields that is neither true nor false, at a binding",
      "id: 123 }",
      "id: 123, writeUnverified: »1 }",
      "providers.openai-prod.gateways.respan-prod.writeUnverified",
      /expected true or false/,
    ],
    [
      "a literal key that every binding overrides",
      "providers:\n",
      `providers:
  other:
    credential: { scheme: api_key, apiKey: »${SECRET} }
    gateways: { ngrok-prod: { id: x, credential: { scheme: api_key, apiKey: env:K } } }
`,
      "providers.other.credential.apiKey",
      /a key itself does not belong in the file/,
    ],
    [
      "a value of the wrong kind that every binding omits",
      "providers:\n",
      `providers:
  other: { name: N, requestTimeout: »soon, gateways: { ngrok-prod: { id: x, omit: [requestTimeout] } } }
`,
      "providers.other.requestTimeout",
      /expected whole seconds/,
    ],
    [
      "an unknown member of a credential that every binding omits",
      "providers:\n",
      `providers:
  other:
    name: N
    credential: { scheme: api_key, apiKey: env:K, »keys: x }
    gateways: { ngrok-prod: { id: x, omit: [credential] } }
`,
      "providers.other.credential.keys",
      /unknown field/,
    ],
    ["a journal without a path", "version: 1", 'version: 1\njournal: »""', "journal", /is empty/],
    ["a journal that is no path", "version: 1", "version: 1\njournal: »1", "journal", /expected a path/],
    [
      "a fingerprint key that is no reference",
      "version: 1",
      "version: 1\nfingerprintKey: »null",
      "fingerprintKey",
      reference,
    ],
    [
      "a name that stands twice, once as a number",
      "providers:\n",
      'providers:\n  7: { name: A, gateways: { ngrok-prod: { id: a } } }\n  »"7": { name: B, gateways: {} }\n',
      "",
      /is defined twice/,
    ],
    ["a name that is a list", "providers:\n", "providers:\n  »[a, b]: {}\n", "", /is no name/],
    ["a key that stands twice", "name: OpenAI", "name: OpenAI\n    »name: Again", "", /is defined twice/],
    ["a syntax error", "name: OpenAI", "name: »@OpenAI", "", /character that YAML reserves/],
    ["an alias to nothing", "name: OpenAI", "name: »*nothing", "", /alias/],
  ];

  it.each(rows)("%s", (_title, part, by, path, message) => {
    const { text, line, column } = broken(part, by);
    const problems = problemsOf(text);
    const found = problems.filter((problem) => problem.path === path && message.test(toldBy(problem)));
    expect(problems.map((problem) => `${problem.path}: ${toldBy(problem)}`)).toContainEqual(
      expect.stringMatching(message),
    );
    expect(found).toContainEqual(expect.objectContaining({ file: "gatefold.yaml", line, column, path }));
    expect(JSON.stringify(problems)).not.toContain(SECRET);
  });

  it("is shown as file, line, column, path and problem", () => {
    const [problem] = problemsOf(base.replace("name: OpenAI", "nam: OpenAI"));
    const text = problem === undefined ? "" : describeProblem(problem);
    expect(text).toBe("gatefold.yaml:8:5: providers.openai-prod.nam: unknown field");
    expect(problem?.advice).toBe("did you mean name?");
  });

  it("is reported with every problem at once", async () => {
    const text = base
      .replace("adapter: ngrok, ", "adapter: ngrok, timeoutMS: 1, ")
      .replace("id: 123", "id: openai")
      .replace(BARNDOOR_ID, "none");
    const paths = problemsOf(text).map(({ path }) => path);
    expect(paths.sort()).toEqual([
      "gateways.ngrok-prod.timeoutMS",
      "providers.openai-prod.gateways.barndoor-prod.id",
      "providers.openai-prod.gateways.respan-prod.id",
    ]);
  });

  it("reports a problem at the top beside the problems below it", async () => {
    const text = `jornal: a\n${base.replace("name: OpenAI", "nam: OpenAI")}`;
    const error = await configErrorOf(() => parseConfig("gatefold.yaml", text, "."));
    expect(error.problems.map(({ path }) => path).sort()).toEqual(["jornal", "providers.openai-prod.nam"]);
  });

  it("names the provider that manages the same object already", () => {
    const twice = base.replace(
      "providers:\n",
      "providers:\n  first: { name: First, gateways: { ngrok-prod: { id: aigpk_1 } } }\n",
    );
    const last = twice.lastIndexOf("aigpk_1");
    const { text, line, column } = marked(`${twice.slice(0, last)}»${twice.slice(last)}`);
    const path = "providers.openai-prod.gateways.ngrok-prod.id";
    expect(problemsOf(text)).toEqual([
      { file: "gatefold.yaml", line, column, path, message: "is managed by first already" },
    ]);
  });

  it("reports a problem of a shared field once, however many gateways it is bound to", () => {
    const problems = problemsOf(base.replace("name: OpenAI", "name: 42"));
    expect(problems).toHaveLength(1);
  });

  it("offers omit in a way that helps, wherever the field stands", () => {
    const own = base.replace("id: aigpk_1", "id: aigpk_1, requestTimeout: 90");
    const [problem] = problemsOf(own);
    expect(problem?.message).toMatch(/^cannot be written at this gateway/);
    const advised = /omit: \[requestTimeout\]/.test(problem?.message ?? "");
    const followed = own.replace("requestTimeout: 90", "requestTimeout: 90, omit: [requestTimeout]");
    expect(advised ? problemsOf(followed) : []).toEqual([]);
  });

  it.each([
    ["after a block scalar's sign", base.replace("env:OPENAI_KEY }", "}").replace("name: OpenAI", `name: |${SECRET}`)],
    ["as an alias", base.replace("env:OPENAI_KEY", `*${SECRET}`)],
    ["as a tag", base.replace("env:OPENAI_KEY", `!${SECRET} [x]`)],
    ["in a quote that is not closed", base.replace("env:OPENAI_KEY", `"${SECRET}`)],
    ["behind a quoted text", base.replace("env:OPENAI_KEY", `"a" ${SECRET}`)],
    ["behind a reserved character", base.replace("env:OPENAI_KEY", `@${SECRET}`)],
    ["behind a brace too many", base.replace("env:OPENAI_KEY }", `env:OPENAI_KEY }\n} apiKey: ${SECRET}`)],
    ["as a key and a value in one line", base.replace("name: OpenAI", `name: ${SECRET}: OpenAI`)],
    ["in a list", base.replace("env:OPENAI_KEY", `[${SECRET}]`)],
    ["in a mapping", base.replace("env:OPENAI_KEY", `{ key: ${SECRET} }`)],
    ["as the scheme", base.replace("api_key,", `${SECRET},`)],
    ["as the whole credential", base.replace("{ scheme: api_key, apiKey: env:OPENAI_KEY }", SECRET)],
    ["as the adapter", base.replace("adapter: ngrok", `adapter: ${SECRET}`)],
    ["as the id", base.replace(`id: ${BARNDOOR_ID}`, `id: ${SECRET}`)],
    ["as the version", base.replace("version: 1", `version: ${SECRET}`)],
    ["as a line of its own", `${base}\n${SECRET}\n`],
  ])("never shows a key that was pasted %s", (_where, text) => {
    const problems = problemsOf(text);
    expect(problems).not.toEqual([]);
    expect(JSON.stringify(problems)).not.toContain(SECRET);
  });

  it("does not expand a chain of aliases without end", () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const inner = level === 0 ? "x" : Array.from({ length: 9 }, () => `*level${level - 1}`).join(", ");
      return `  - &level${level} [${inner}]`;
    });
    const [problem] = problemsOf(`version: 1\njournal:\n${levels.join("\n")}\n`);
    expect(problem?.message).toMatch(/aliases/);
  });

  it("is refused when it is empty, no mapping, or larger than any file by hand", () => {
    expect(problemsOf("")).not.toEqual([]);
    expect(problemsOf("just words")).not.toEqual([]);
    expect(problemsOf("[1, 2]")).not.toEqual([]);
    expect(problemsOf(`# ${"x".repeat(11 * 1024 * 1024)}`)[0]?.message).toMatch(/at most 4 MiB/);
  });

  it("is not passed over for a key of a strange name", () => {
    const strange = base.replace("providers:\n", "providers:\n  __proto__: { name: Hidden, gateways: {} }\n");
    expect(problemsOf(strange)).not.toEqual([]);
  });
});

describe("what a config says besides gateways and providers", () => {
  const gateway = "gateways: { one: { adapter: ngrok, token: env:T } }";
  const parsed = (text: string) => parseConfig("gatefold.yaml", `version: 1\n${text}`, "/configs");

  it("may be gateways alone: a config to import into", () => {
    const { gateways, bindings } = parsed(gateway);
    expect([gateways.map(({ name }) => name), bindings]).toEqual([["one"], []]);
    expect(problemsOf(`version: 1\n${gateway}\nproviders: {}\n`)).toEqual([]);
  });

  it.each(["", "gateways: {}\n"])("is not enough without any gateway: %j", (text) => {
    const problems = problemsOf(`version: 1\n${text}providers: {}\n`);
    expect(problems).toMatchObject([{ path: "gateways", message: "no gateway is defined" }]);
  });

  it("is the journal, relative to the file's folder", () => {
    expect(parsed(gateway).journal).toBe("/configs/.gatefold/journal.jsonl");
    expect(parsed(`${gateway}\njournal: state/../log.jsonl`).journal).toBe("/configs/log.jsonl");
    expect(parsed(`${gateway}\njournal: /var/lib/log.jsonl`).journal).toBe("/var/lib/log.jsonl");
  });

  it("is the reference to the fingerprints' key", () => {
    expect(parsed(gateway)).not.toHaveProperty("fingerprintKey");
    const { fingerprintKey } = parsed(`${gateway}\nfingerprintKey: env:FINGERPRINT_KEY`);
    expect(fingerprintKey).toEqual({ kind: "env", target: "FINGERPRINT_KEY", directory: "/configs" });
  });

  it("is how many changes of a gateway may be in flight, which is no setting of its adapter", () => {
    const { gateways } = parsed(
      "gateways: { a: { adapter: ngrok, token: env:A, concurrency: 64, timeoutMs: 5 }, b: { adapter: ngrok, token: env:B } }",
    );
    expect(gateways.map(({ concurrency, settings }) => [concurrency, settings])).toEqual([
      [64, { timeoutMs: 5 }],
      [8, {}],
    ]);
  });

  it("is whether fields are written that cannot be verified: a binding's word before its provider's", () => {
    const { bindings } = parsed(`gateways: { a: { adapter: ngrok, token: env:A }, b: { adapter: ngrok, token: env:B } }
providers:
  p: { name: P, writeUnverified: true, gateways: { a: { id: 1 }, b: { id: 2, writeUnverified: false } } }
  q: { name: Q, gateways: { a: { id: 3 }, b: { id: 4, writeUnverified: true } } }
`);
    expect(bindings.map(({ writeUnverified }) => writeUnverified)).toEqual([true, false, false, true]);
    expect(bindings.map(({ fields }) => Object.keys(fields))).toEqual([["name"], ["name"], ["name"], ["name"]]);
  });
});

describe("the limits of a config", () => {
  const limitsOf = (limits: string, own = "") => {
    const text = `version: 1
${limits}
gateways: { a: { adapter: ngrok, token: env:A${own} }, b: { adapter: ngrok, token: env:B } }
`;
    const { limits: resolved, gateways } = parseConfig("gatefold.yaml", text, "/configs");
    expect(gateways.map(({ settings }) => settings)).toEqual([{}, {}]);
    return { total: resolved.total, a: resolved.gateway("a"), b: resolved.gateway("b") };
  };
  const half = { percent: 50, atLeast: 3 };
  const halfInTotal = { percent: 50, atLeast: 10 };
  const remove = { percent: 30, atLeast: 3 };
  const removeInTotal = { percent: 30, atLeast: 10 };

  it("are half of the bindings where nothing is said, and always a few", () => {
    const each = { update: half, key: half, remove };
    const total = { update: halfInTotal, key: halfInTotal, remove: removeInTotal };
    expect(limitsOf("")).toEqual({ total, a: each, b: each });
    expect([DEFAULT_GATEWAY_LIMIT, DEFAULT_TOTAL_LIMIT]).toEqual([half, halfInTotal]);
    expect([DEFAULT_GATEWAY_REMOVAL_LIMIT, DEFAULT_TOTAL_REMOVAL_LIMIT]).toEqual([remove, removeInTotal]);
  });

  it("are what the file says, and the defaults for the members that it leaves out", () => {
    const limits =
      "limits: { update: { percent: 12.5, atLeast: 0 }, key: { count: 10 }, remove: { count: 1 }, total: { key: { count: 0 } } }";
    const each = {
      update: { percent: 12.5, atLeast: 0 },
      key: { ...half, count: 10 },
      remove: { ...remove, count: 1 },
    };
    expect(limitsOf(limits)).toEqual({
      total: { update: halfInTotal, key: { ...halfInTotal, count: 0 }, remove: removeInTotal },
      a: each,
      b: each,
    });
  });

  it("are a gateway's own first, then the file's", () => {
    const own = ", limits: { key: { percent: 100 }, update: {} }";
    const { a, b, total } = limitsOf("limits: { key: { count: 10 } }", own);
    expect(a).toEqual({ update: half, key: { count: 10, percent: 100, atLeast: 3 }, remove });
    expect(b).toEqual({ update: half, key: { ...half, count: 10 }, remove });
    expect(total).toEqual({ update: halfInTotal, key: halfInTotal, remove: removeInTotal });
  });
});

describe("an id", () => {
  const idOf = (adapter: string, written: string) => {
    const settings = adapter === "barndoor" ? "baseUrl: https://platform.barndoor.ai, " : "";
    const text = `version: 1
gateways: { one: { adapter: ${adapter}, ${settings}token: env:T } }
providers: { p: { name: P, gateways: { one: { id: ${written} } } } }
`;
    const problems = problemsOf(text);
    return problems.length > 0 ? problems.map(({ message }) => message) : checked(text).bindings[0]?.providerId;
  };

  it.each([
    ["respan", "123", 123],
    ["respan", '"123"', 123],
    ["ngrok", "123", "123"],
    ["ngrok", "0123", "0123"],
    ["ngrok", "1e3", "1e3"],
    ["ngrok", "0x1F", "0x1F"],
    ["ngrok", "1.50", "1.50"],
    ["ngrok", "12345678901234567890", "12345678901234567890"],
    ["ngrok", '"0123"', "0123"],
    ["ngrok", "2026-01-01", "2026-01-01"],
    ["barndoor", BARNDOOR_ID.toUpperCase(), BARNDOOR_ID],
  ])("of %s written as %s is taken as it was written", (adapter, written, expected) => {
    expect(idOf(adapter, written)).toBe(expected);
  });

  it.each(["0123", "1e3", "0x1F", "1.0", "-1", "0", "12345678901234567890", "true", "null", '""'])(
    "of Respan written as %s is refused, not reinterpreted",
    (written) => {
      expect(idOf("respan", written)).toEqual([expect.stringMatching(/^expected /)]);
    },
  );

  it("is taken as it was written where the names around it are numbers", () => {
    const text = `version: 1
gateways: { 2024: { adapter: respan, token: env:T } }
providers: { 7: { name: P, gateways: { 2024: { id: 0123 } } } }
`;
    expect(problemsOf(text)).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/^expected the integer/) }),
    ]);
  });

  it("is taken as it was written through an alias", () => {
    const text = `version: 1
gateways: { a: { adapter: ngrok, token: env:T }, b: { adapter: respan, token: env:T } }
providers: { p: { name: P, gateways: { a: { id: &id 0123 }, b: { id: *id } } } }
`;
    expect(problemsOf(text)).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/^expected the integer/) }),
    ]);
  });

  describe("that stands at two gateways", () => {
    const messagesOf = (a: string, b: string) => {
      const { text, line, column } = marked(`version: 1
gateways:
  a: { ${a} }
  b: { ${b} }
providers:
  p: { name: P, gateways: { a: { id: same } } }
  q: { name: Q, gateways: { b: { id: »same } } }
`);
      const problems = problemsOf(text);
      for (const problem of problems) {
        expect(problem).toMatchObject({ line, column, path: "providers.q.gateways.b.id" });
      }
      return problems.map(({ message }) => message);
    };
    const sameAccount = [
      "is managed by p already; a is the same account: its adapter, base URL and token are the same",
    ];

    it.each([
      ["without a base URL", "adapter: ngrok, token: env:T", "adapter: ngrok, token: env:T"],
      ["with other settings", "adapter: ngrok, token: env:T, timeoutMs: 1", "adapter: ngrok, token: env:T"],
      [
        "with one base URL, written in two ways",
        "adapter: ngrok, token: env:T, baseUrl: https://api.ngrok.ai",
        "adapter: ngrok, token: env:T, baseUrl: 'HTTPS://API.ngrok.ai:443/'",
      ],
      ["with a token from one file", "adapter: ngrok, token: file:token", "adapter: ngrok, token: file:./token"],
    ])("of one account, %s, is refused: two runs would write it at once", (_how, a, b) => {
      expect(messagesOf(a, b)).toEqual(sameAccount);
    });

    it.each([
      ["another token", "adapter: ngrok, token: env:T", "adapter: ngrok, token: env:OTHER"],
      ["another adapter", "adapter: respan, identifier: provider_id, token: env:T", "adapter: ngrok, token: env:T"],
      [
        "another base URL",
        "adapter: ngrok, token: env:T, baseUrl: https://one.test",
        "adapter: ngrok, token: env:T, baseUrl: https://other.test",
      ],
      [
        "another path of the base URL",
        "adapter: ngrok, token: env:T, baseUrl: https://one.test/a",
        "adapter: ngrok, token: env:T, baseUrl: https://one.test/b",
      ],
    ])("with %s may be two objects", (_what, a, b) => {
      expect(messagesOf(a, b)).toEqual([]);
    });
  });

  it("is told apart from a text of the same digits, where one account has both", () => {
    const text = `version: 1
gateways: { a: { adapter: respan, token: env:T }, b: { adapter: respan, identifier: provider_id, token: env:T } }
providers: { p: { name: P, gateways: { a: { id: 1 }, b: { id: 1 } } } }
`;
    expect(problemsOf(text)).toEqual([]);
  });

  it("is the same object in any letter case where the vendor's ids have none", () => {
    const { text, line, column } = marked(`version: 1
gateways: { one: { adapter: barndoor, baseUrl: https://platform.barndoor.ai, token: env:T } }
providers:
  p: { name: P, gateways: { one: { id: ${BARNDOOR_ID} } } }
  q: { name: Q, gateways: { one: { id: »${BARNDOOR_ID.toUpperCase()} } } }
`);
    expect(problemsOf(text)).toEqual([
      expect.objectContaining({ line, column, message: expect.stringMatching(/is managed by p already/) }),
    ]);
  });
});

describe("the fields of a binding", () => {
  const fieldsOf = (provider: string, binding: string) => {
    const text = `version: 1
gateways: { one: { adapter: ngrok, token: env:T } }
providers: { p: { ${provider}, gateways: { one: { id: x${binding} } } } }
`;
    return checked(text).bindings[0]?.fields;
  };

  it("are the provider's, with the binding's own on top", () => {
    expect(fieldsOf("name: Shared, description: both", "")).toEqual({ name: "Shared", description: "both" });
    expect(fieldsOf("name: Shared, description: both", ", name: Own, metadata: { team: ml }")).toEqual({
      name: "Own",
      description: "both",
      metadata: { team: "ml" },
    });
  });

  it("are replaced as a whole, never mixed", () => {
    expect(fieldsOf("name: P, metadata: { team: ml, tier: 1 }", ", metadata: { tier: 2 }")).toEqual({
      name: "P",
      metadata: { tier: 2 },
    });
  });

  it("are without the omitted ones, and null is a value", () => {
    expect(fieldsOf("name: P, requestTimeout: 90", ", omit: [requestTimeout]")).toEqual({ name: "P" });
    expect(fieldsOf("name: P, description: both", ", description: null")).toEqual({ name: "P", description: null });
  });

  it("may be omitted where the provider does not have them", () => {
    expect(fieldsOf("name: P", ", omit: [requestTimeout]")).toEqual({ name: "P" });
  });
});
