import { checked, marked, problemsOf } from "../support/sync.ts";

const base = `version: 1
gateways:
  respan-prod: { adapter: respan, token: env:RESPAN_TOKEN }
  ngrok-prod: { adapter: ngrok, token: env:NGROK_TOKEN }
  ngrok-other: { adapter: ngrok, token: env:OTHER_TOKEN }
providers:
  openai:
    name: OpenAI
    credential: { scheme: api_key, apiKey: env:OPENAI_KEY }
    gateways:
      ngrok-prod: { create: true, upstream: openai }
`;
const BINDING = "ngrok-prod: { create: true, upstream: openai }";

function broken(part: string, by: string) {
  if (!base.includes(part)) throw new Error(`the base config has no ${part}`);
  return marked(base.replace(part, by));
}

describe("a binding without an id", () => {
  it("is taken where its object can be made", () => {
    const { bindings, unmade } = checked(base);
    expect(bindings).toEqual([]);
    expect(unmade.map(({ provider, gateway, creation }) => [provider, gateway, creation])).toEqual([
      ["openai", "ngrok-prod", { upstream: "openai" }],
    ]);
  });

  it("is an ordinary one where it has an id beside create: true, whatever it says of creations", () => {
    const { bindings, unmade } = checked(base.replace(BINDING, "ngrok-prod: { id: aigpk_1, create: true, slug: x }"));
    expect(bindings.map(({ providerId }) => providerId)).toEqual(["aigpk_1"]);
    expect(unmade).toEqual([]);
  });

  it("may set to null what a new object has not", () => {
    expect(problemsOf(base.replace(BINDING, `${BINDING.slice(0, -2)}, description: null, metadata: null }`))).toEqual(
      [],
    );
  });

  type Row = readonly [title: string, by: string, path: string, message: string];
  const rows: readonly Row[] = [
    [
      "no create",
      "»ngrok-prod: { upstream: openai }",
      "id",
      "expected the provider's id at this gateway, or create: true to have one made",
    ],
    [
      "create: false",
      "»ngrok-prod: { create: false }",
      "id",
      "expected the provider's id at this gateway, or create: true to have one made",
    ],
    ["create that is no flag", "ngrok-prod: { create: »yes }", "create", "expected true or false"],
    [
      "an upstream and no create",
      "ngrok-prod: { id: x, »upstream: openai }",
      "upstream",
      "is for what is made: it needs create: true at the same binding",
    ],
    ["an upstream that is no text", "ngrok-prod: { create: true, upstream: »7 }", "upstream", "expected a text"],
    [
      "no upstream where one is required",
      "»ngrok-prod: { create: true }",
      "upstream",
      "is required to make it at ngrok-prod: add upstream to this binding",
    ],
    [
      "a slug that nobody can choose",
      "ngrok-prod: { create: true, upstream: openai, slug: »mine }",
      "slug",
      "cannot be chosen at ngrok-prod: take it out",
    ],
    [
      "no credential where one is required",
      "»ngrok-prod: { create: true, upstream: openai, omit: [credential] }",
      "credential",
      "is required to make it at ngrok-prod: add credential to this binding",
    ],
    [
      "a field that the gateway never takes",
      "ngrok-prod: { create: true, upstream: openai, enabled: »true }",
      "enabled",
      "cannot be written at this gateway",
    ],
    [
      "a field that breaks a limit",
      `ngrok-prod: { create: true, upstream: openai, description: »${"x".repeat(300)} }`,
      "description",
      "has 300 characters as it is sent, expected at most 255",
    ],
  ];
  it.each(rows)("is refused with %s", (_title, by, path, message) => {
    const { text, line, column } = broken(BINDING, by);
    const [problem, ...others] = problemsOf(text);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ path: `providers.openai.gateways.ngrok-prod.${path}` });
    expect(problem?.message).toContain(message);
    expect(problem?.line).toBe(line);
    expect(problem?.column).toBe(column);
  });

  it("is refused where the gateway makes nothing, and told to be given an id", () => {
    const { text, line } = broken(BINDING, "respan-prod: { create: »true }");
    expect(problemsOf(text).map((problem) => [problem.line, problem.message])).toEqual([
      [line, "respan makes no objects with these settings: make it at the gateway, and give its id"],
    ]);
  });

  it("is refused where another of the same account would be made under its name", () => {
    const second = `  second: { name: OpenAI, credential: { scheme: api_key, apiKey: env:K }, gateways: { ${BINDING} } }\n`;
    expect(problemsOf(base + second).map(({ path, message }) => [path, message])).toEqual([
      ["providers.second.gateways.ngrok-prod.create", "is managed by openai already"],
    ]);
    expect(problemsOf(base + second.replace("ngrok-prod", "ngrok-other"))).toEqual([]);
  });
});

describe("a provider that says nothing of gateways", () => {
  it("is taken, and is bound to nothing", () => {
    const { config } = checked(base.replace("providers:\n", "providers:\n  kept: { name: Kept }\n"));
    expect(config.providers).toEqual([
      { name: "kept", gateways: undefined },
      { name: "openai", gateways: ["ngrok-prod"] },
    ]);
  });
});

it("a name that holds itself is refused like any other wrong name", () => {
  const problems = problemsOf(base.replace("    name: OpenAI\n", "    name: &m { a: *m, b: *m }\n"));
  expect(problems.map(({ path, message }) => [path, message])).toEqual([["providers.openai.name", "expected a text"]]);
});
