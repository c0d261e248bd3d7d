import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import { z } from "zod";
import { adapters } from "../../adapters/index.ts";
import { schema } from "../../src/cli/commands/schema.ts";
import { type AnyAdapter, secret } from "../../src/index.ts";
import {
  ConfigError,
  checkConfig,
  configJsonSchema,
  importGateway,
  openWithoutToken,
  parseConfig,
  parseConfigDocument,
} from "../../src/sync/index.ts";
import { root } from "../support/built.ts";
import fc from "../support/property.ts";
import { BARNDOOR_ID, CONNECTION_ID, configErrorOf, problemsOf } from "../support/sync.ts";

const document = configJsonSchema(adapters);
// Strict: a keyword that no validator knows is an error of ours.
const compiled = (schemaDocument: object) =>
  new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schemaDocument);
const accepts = compiled(document);

const refusedBy = (text: string) => ({
  schema: !accepts(parseConfigDocument("gatefold.yaml", text).value),
  reader: problemsOf(text).length > 0,
});

const TOKEN_LINE = `token: "exec:print 'the token'"`;
const full = `version: 1
journal: state/journal.jsonl
fingerprintKey: env:FINGERPRINT_KEY
limits: { update: { percent: 12.5, atLeast: 0 }, key: { count: 10 }, total: { update: {}, key: { percent: 100 } } }
gateways:
  respan: { adapter: respan, token: env:A, identifier: provider_id, extraKwargs: merge, concurrency: 64 }
  keywordsai: { adapter: keywordsai, token: file:./token, rateLimit: false, proxy: environment, userAgent: me }
  barndoor:
    adapter: barndoor
    baseUrl: https://platform.barndoor.ai
    token: "exec:print 'the token'"
    updateMethod: PUT
    timeoutCeilings: { request: 600 }
    authTypes: { api_key: { anthropic: x_api_key, default: bearer_api_key }, aws_role: role }
    limits: { update: { count: 0 } }
  ngrok: { adapter: ngrok, token: env:D, timeoutMs: 1000, retry: { attempts: 0 }, rateLimit: { requests: 1, perMs: 1 } }
providers:
  openai:
    tags: [prod, ai]
    writeUnverified: true
    name: OpenAI
    credential: { scheme: api_key, apiKey: env:OPENAI_KEY }
    gateways:
      respan: { id: openai, baseUrl: https://api.openai.com/v1, native: { organization: env:ORG, max_tokens: 5 } }
      keywordsai: { id: 7, omit: [credential], writeUnverified: false }
      barndoor: { id: ${BARNDOOR_ID}, requestTimeout: 90, streamIdleTimeout: null, enabled: true }
      ngrok: { id: 0123, metadata: { team: ml, deep: [1, null, { a: b }] }, description: null }
  bedrock:
    gateways:
      barndoor:
        id: ${CONNECTION_ID}
        connectionId: null
        credential: { scheme: aws_keys, accessKeyId: id, secretAccessKey: file:/run/key }
        native: { settings: { region: eu }, change_note: why }
`;

describe("the editor's schema takes what the reader takes", () => {
  it("of the README", () => {
    const [, config = ""] = /^```yaml\n([\s\S]*?)^```/m.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
    expect(config).toContain("gateways:");
    expect(refusedBy(config)).toEqual({ schema: false, reader: false });
  });

  it("of a config that has everything", () => {
    expect(refusedBy(full)).toEqual({ schema: false, reader: false });
  });

  it.each([
    ["gateways without providers", "version: 1\ngateways: { one: { adapter: ngrok, token: env:T } }\n"],
    ...["a text", "{}", "{ team: ml }", "null"].map((metadata) => [
      `metadata as ${metadata}`,
      `version: 1
gateways: { one: { adapter: ngrok, token: env:T } }
providers: { p: { metadata: ${metadata}, gateways: { one: { id: x } } } }
`,
    ]),
    ...["{ clientId: c, clientSecret: env:S }", "{ clientId: c, clientSecret: file:s, audience: a, scope: b c }"].map(
      (auth) => [
        `a login by ${auth}`,
        `version: 1
gateways: { one: { adapter: barndoor-connection, baseUrl: https://platform.barndoor.ai, auth: ${auth} } }
`,
      ],
    ),
    [
      "every scheme of a credential",
      `version: 1
gateways: { one: { adapter: barndoor, baseUrl: https://platform.barndoor.ai, token: env:T } }
providers:
  a: { credential: { scheme: bedrock_api_key, apiKey: env:K }, gateways: { one: { id: ${id(1)} } } }
  b: { credential: { scheme: aws_role, roleArn: arn, externalId: x }, gateways: { one: { id: ${id(2)} } } }
  c: { credential: { scheme: google_adc }, gateways: { one: { id: ${id(3)} } } }
  d: { credential: { scheme: google_service_account, serviceAccount: file:a }, gateways: { one: { id: ${id(4)} } } }
  e: { credential: { scheme: oauth_passthrough }, gateways: { one: { id: ${id(5)} } } }
`,
    ],
  ])("of %s", (_what, text) => {
    expect(refusedBy(text)).toEqual({ schema: false, reader: false });
  });

  it("of one of several files, which need not have gateways", () => {
    expect(accepts({ version: 1 })).toBe(true);
    expect(accepts({ version: 1, providers: {} })).toBe(true);
  });

  it("however a config is changed", () => {
    const values = [null, true, 0, 1, 1.5, -1, "", "text", "env:X", "123", [], ["name"], {}, { a: 1 }, { count: 1 }];
    const paths = pathsOf(parseConfigDocument("gatefold.yaml", full).value);
    const names = ["name", "id", "token", "adapter", "count", "limits", "native", "omit", "tags", "settings", "other"];
    const change = fc.record({
      path: fc.constantFrom(...paths),
      name: fc.option(fc.constantFrom(...names), { nil: undefined }),
      value: fc.constantFrom(...values, undefined),
    });
    const taken = { reader: 0, schema: 0 };
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), (changes) => {
        const value = parseConfigDocument("gatefold.yaml", full).value;
        for (const { path, name, value: by } of changes) put(value, name === undefined ? path : [...path, name], by);
        const byReader = problemsOf(JSON.stringify(value)).length === 0;
        const bySchema = accepts(value);
        if (byReader) taken.reader++;
        if (bySchema) taken.schema++;
        // An editor that warns of what works is not believed.
        expect(byReader && !bySchema).toBe(false);
      }),
      { numRuns: 80 },
    );
    // Some changes are taken by both, and some refused: else nothing was compared.
    expect(taken.reader).toBeGreaterThan(5);
    expect(taken.schema).toBeGreaterThan(taken.reader);
    expect(taken.schema).toBeLessThan(75);
  });
});

function id(number: number): string {
  return `4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a11${number}`;
}

function pathsOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, member]) => pathsOf(member, [...path, name]))];
}

function put(value: unknown, path: readonly string[], by: unknown): void {
  const [name, ...rest] = path;
  if (typeof value !== "object" || value === null || name === undefined) return;
  if (rest.length > 0) put(Reflect.get(value, name), rest, by);
  else if (by === undefined) Reflect.deleteProperty(value, name);
  else Reflect.set(value, name, by);
}

describe("the editor's schema refuses what the reader refuses", () => {
  const rows: readonly (readonly [what: string, part: string, by: string])[] = [
    ["an unknown top-level field", "journal:", "jornal:"],
    ["another version", "version: 1", "version: 2"],
    ["a missing version", "version: 1\n", ""],
    ["an adapter that is no text", "adapter: ngrok", "adapter: 1"],
    ["a missing token", "token: env:D, ", ""],
    ["a literal token", "token: env:D", "token: sk-live-42"],
    ["a login beside a token", "updateMethod: PUT", "auth: { clientId: c, clientSecret: env:S }"],
    ["a login where there is none", "token: env:D", "auth: { clientId: c, clientSecret: env:S }"],
    ["a literal secret of a client", TOKEN_LINE, "auth: { clientId: c, clientSecret: sk-live-42 }"],
    ["a login without its secret", TOKEN_LINE, "auth: { clientId: c }"],
    ["an unknown member of a login", TOKEN_LINE, "auth: { clientId: c, clientSecret: env:S, user: u }"],
    ["a literal fingerprint key", "fingerprintKey: env:FINGERPRINT_KEY", "fingerprintKey: sk-live-42"],
    ["a missing base URL where one is required", "    baseUrl: https://platform.barndoor.ai\n", ""],
    ["an unknown setting", "timeoutMs: 1000", "timeoutMS: 1000"],
    ["another adapter's setting", "timeoutMs: 1000", "identifier: pk"],
    ["a setting of the wrong kind", "timeoutMs: 1000", "timeoutMs: soon"],
    ["a setting out of its bounds", "attempts: 0", "attempts: 11"],
    ["a concurrency out of its bounds", "concurrency: 64", "concurrency: 65"],
    ["a percentage over 100", "percent: 12.5", "percent: 101"],
    ["an unknown limit", "limits: { update: { count: 0 } }", "limits: { total: {} }"],
    ["an unknown field of a provider", "name: OpenAI", "nam: OpenAI"],
    ["an unknown field of a binding", "enabled: true", "enable: true"],
    ["a literal key", "apiKey: env:OPENAI_KEY", "apiKey: sk-live-42"],
    ["a literal key of another member", "secretAccessKey: file:/run/key", "secretAccessKey: sk-live-42"],
    ["a credential of no scheme", "scheme: api_key", "scheme: password"],
    ["a member of another scheme", "accessKeyId: id", "accessKeyId: id, apiKey: env:K"],
    ["a timeout as text", "requestTimeout: 90", 'requestTimeout: "90"'],
    ["a timeout of part of a second", "requestTimeout: 90", "requestTimeout: 1.5"],
    ["a timeout of nothing", "requestTimeout: 90", "requestTimeout: 0"],
    ["a field that cannot be cleared", "name: OpenAI", "name: null"],
    ["an omitted field that does not exist", "omit: [credential]", "omit: [credentials]"],
    ["a missing id", "id: 7, ", ""],
    ["an id that is a list", "id: 7", "id: [7]"],
    ["tags that are no list", "tags: [prod, ai]", "tags: prod"],
    ["a text where true or false goes", "writeUnverified: true", "writeUnverified: yes"],
    ["a native field that no vendor has under that name", "max_tokens: 5", "base_url: https://a.test"],
    ["a name that cannot be one", "  bedrock:", "  -bedrock:"],
    ["gateways that are none", "    gateways:\n      barndoor:\n", "    gateways: 7\n    native:\n"],
  ];

  it.each(rows)("%s", (_what, part, by) => {
    if (!full.includes(part)) throw new Error(`the config has no ${part}`);
    expect(refusedBy(full.replace(part, by))).toEqual({ schema: true, reader: true });
  });
});

describe("the editor's schema", () => {
  const members = membersIn(document);

  it("says of which dialect it is, and describes every member at every place", () => {
    expect(document).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "gatefold config",
    });
    const undescribed = members.filter(({ schema }) => typeof Reflect.get(schema, "description") !== "string");
    expect(undescribed.map(({ path }) => path)).toEqual([]);
    expect(members.length).toBeGreaterThan(200);
  });

  it("has examples that it takes itself", () => {
    const distinct = new Map(members.map(({ path, schema }) => [JSON.stringify(schema), { path, schema }]));
    const withExamples = [...distinct.values()].flatMap(({ path, schema }) => {
      const examples: unknown = Reflect.get(schema, "examples");
      return Array.isArray(examples) ? [{ path, schema, examples }] : [];
    });
    const refused = withExamples.flatMap(({ path, schema, examples }) => {
      const takes = compiled(schema);
      return examples.filter((example) => !takes(example)).map((example) => ({ path, example }));
    });
    expect(refused).toEqual([]);
    const shown = new Set(withExamples.map(({ path }) => path.replace(/^.*\./, "")));
    for (const name of ["gateways", "providers", "credential", "token", "limits", "id", "omit", "authTypes", "models"])
      expect(shown).toContain(name);
  });

  it("keeps back the settings that only code can give", () => {
    const names = new Set(members.map(({ path }) => path.replace(/^.*\./, "")));
    expect(names).toContain("userAgent");
    for (const name of ["hooks", "logger"]) expect(names).not.toContain(name);
  });

  it.each([
    ["YAML", "$schema: ./gatefold.schema.json\nversion: 1\ngateways: { one: { adapter: ngrok, token: env:T } }\n"],
    ["JSON", '{"$schema":"x","version":1,"gateways":{"one":{"adapter":"ngrok","token":"env:T"}}}'],
  ])("may be named in the config itself: in %s", (_form, text) => {
    expect(refusedBy(text)).toEqual({ schema: false, reader: false });
    expect(refusedBy(text.replace(/x|\.\/gatefold.schema.json/, "null").replace('"null"', "null"))).toEqual({
      schema: true,
      reader: true,
    });
  });

  it("takes what an import writes", async () => {
    const text = `version: 1\ngateways: { one: { adapter: ngrok, token: env:T } }\n`;
    const { config } = checkConfig(parseConfig("gatefold.yaml", text, root), adapters);
    const [entry] = config.gateways;
    const adapter = adapters.find(({ name }) => name === "ngrok");
    if (entry === undefined || adapter === undefined) throw new Error("there is no such gateway");
    const { capabilities } = openWithoutToken(adapter, {});
    async function* list() {
      yield { id: "aigpk_1", name: "OpenAI", metadata: { team: "ml" }, credential: { kind: "inline" as const } };
    }
    const get = async () => {
      throw new Error("nothing is read one by one here");
    };
    const checked = checkConfig(config, adapters);
    const imported = await importGateway({
      checked,
      entry,
      adapter,
      reader: { adapter: "ngrok", capabilities, list, get },
    });
    expect(imported.entries).toEqual([{ provider: "openai", id: "aigpk_1" }]);
    expect(refusedBy(imported.text)).toEqual({ schema: false, reader: false });
  });

  it("keeps an adapter's own descriptions, and takes settings that are no plain object by their common part", () => {
    const [first] = adapters;
    if (first === undefined) throw new Error("there is no adapter");
    const made = (name: string, settings: z.ZodType, native?: z.ZodType): AnyAdapter => {
      const { capabilities, hosts } = first;
      const more = native === undefined ? {} : { native };
      return { name, contractVersion: 1, hosts, settings, capabilities, open: first.open, ...more };
    };
    const secretSchema = z.custom((value) => typeof value === "object" && value !== null && "reveal" in value);
    const told = z.strictObject({ timeoutMs: z.int().meta({ description: "Told by the adapter." }) });
    const either = z.union([z.strictObject({ a: z.string() }), z.strictObject({ b: z.string() })]);
    const isObject = z.custom((value) => typeof value === "object" && value !== null && !("reveal" in value));
    const native = z.strictObject({ password: secretSchema.exactOptional(), more: isObject.exactOptional() });
    const generated = configJsonSchema([made("told", told, native), made("either", either)]);
    expect(JSON.stringify(generated)).toContain("Told by the adapter.");
    const takes = compiled(generated);
    const config = (gateway: object, given: object = {}) => ({
      version: 1,
      gateways: { one: { token: "env:T", ...gateway } },
      providers: { p: { gateways: { one: { id: 1, ...given } } } },
    });
    expect(takes(config({ adapter: "told", timeoutMs: 1 }))).toBe(true);
    expect(takes(config({ adapter: "told", timeoutMs: 1, a: "x" }))).toBe(false);
    expect(takes(config({ adapter: "either", a: "x" }))).toBe(true);
    expect(takes(config({ adapter: "either", a: "x", token: "literal" }))).toBe(false);
    const password = (text: string) => config({ adapter: "told", timeoutMs: 1 }, { native: { password: text } });
    expect([takes(password("env:P")), takes(password("literal"))]).toEqual([true, false]);
    expect(takes(config({ adapter: "told", timeoutMs: 1 }, { native: { more: { a: 1 } } }))).toBe(true);
    expect(secretSchema.safeParse(secret("x")).success).toBe(true);
  });

  it("takes any settings of an adapter that is a file or a package, and no others of one that it knows", () => {
    const gateway = (adapter: string, more: object = {}) =>
      accepts({ version: 1, gateways: { one: { adapter, token: "env:T", region: "eu", ...more } } });
    for (const adapter of ["./my-gateway.js", "@acme/gateways/keys", "acme-gateways", "ngrok-keys"]) {
      expect([adapter, gateway(adapter)]).toEqual([adapter, true]);
    }
    expect(gateway("./my-gateway.js", { token: "literal" })).toBe(false);
    expect(gateway("./my-gateway.js", { concurrency: 65 })).toBe(false);
    expect(gateway("./my-gateway.js", { token: undefined, auth: { user: "u", password: "env:P" } })).toBe(true);
    for (const { name } of adapters) expect([name, gateway(name)]).toEqual([name, false]);
    expect(gateway("")).toBe(false);
  });

  it("is what the command line prints", async () => {
    const report = schema("config");
    expect(JSON.parse(report.text)).toEqual(document);
    expect([report.data, report.exit]).toEqual([document, 0]);
    expect(schema("plan", { plan: () => ({ title: "a plan" }) }).data).toEqual({ title: "a plan" });
    const error = await configErrorOf(() => schema("confg"));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(/^confg:1:1: has no schema; did you mean config\?$/);
  });
});

/** Every schema in a schema that says something of a member, with the path that leads to it. */
function membersIn(value: unknown, path = ""): readonly { readonly path: string; readonly schema: object }[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([keyword, inner]) => {
    if (keyword === "examples") return [];
    if (keyword !== "properties") return membersIn(inner, `${path}/${keyword}`);
    return Object.entries(inner).flatMap(([name, schema]) => [
      { path: `${path}.${name}`, schema: Object(schema) },
      ...membersIn(schema, `${path}.${name}`),
    ]);
  });
}
