import { type Secret, secret } from "../../src/index.ts";
import {
  connect,
  parseReference,
  requireTrust,
  resolveSecrets,
  type SecretReference,
  type SecretResolver,
  secretsOf,
} from "../../src/sync/index.ts";
import { checked, configErrorOf } from "../support/sync.ts";

const MARKER = "sk-never-to-be-shown";

const config = checked(`version: 1
gateways: { one: { adapter: ngrok, token: "vault:ci/ngrok#token" } }
providers:
  p: { credential: { scheme: api_key, apiKey: "vault:kv/openai#key" }, gateways: { one: { id: x } } }
  q: { credential: { scheme: api_key, apiKey: "vault:kv/openai#key" }, gateways: { one: { id: y } } }
`);
const wanted = config.bindings.flatMap((binding) => secretsOf(binding).uses);

function recording(give: (reference: SecretReference) => Secret) {
  const asked: SecretReference[] = [];
  const resolver: SecretResolver = async (reference) => {
    asked.push(reference);
    return give(reference);
  };
  return { asked, resolver };
}

describe("a vault: reference", () => {
  it("is what the program's resolver gives, asked once for each reference", async () => {
    const { asked, resolver } = recording(({ target }) => secret(`value of ${target}`));
    const secretOf = await resolveSecrets(config, wanted, {}, resolver);
    const [first] = wanted;
    expect(first && secretOf(first.reference).reveal()).toBe("value of kv/openai#key");
    expect(asked).toMatchObject([{ kind: "vault", target: "kv/openai#key" }]);
  });

  it("can be a gateway's token", async () => {
    const { asked, resolver } = recording(() => secret("token"));
    const connections = await connect(config, config.bindings, {}, {}, { resolver });
    expect([...connections.keys()]).toEqual(["one"]);
    expect(asked).toMatchObject([{ kind: "vault", target: "ci/ngrok#token" }]);
  });

  it("means the same in every file", async () => {
    const { asked, resolver } = recording(() => secret("v"));
    const references = ["/a", "/b"]
      .map((folder) => parseReference("vault:k", folder))
      .filter((each) => each !== undefined);
    await resolveSecrets(
      config,
      references.map((reference) => ({ path: [], reference })),
      {},
      resolver,
    );
    expect(asked).toHaveLength(1);
  });

  it("is refused with its place where no resolver was passed in", async () => {
    const error = await configErrorOf(() => resolveSecrets(config, wanted, { "kv/openai#key": MARKER }));
    expect(error.kind).toBe("credentials");
    expect(error.problems).toMatchObject([
      {
        path: "providers.q.credential.apiKey",
        line: 5,
        message:
          "vault:kv/openai#key is kept where only a program knows: the command line reads env:, file: and exec:; " +
          "a program gives connect and resolveSecrets a resolver",
      },
    ]);
  });

  it("needs no trust: what it reaches is the program's own choice", () => {
    expect(() => requireTrust(config, config.bindings, false)).not.toThrow();
  });

  it.each<[string, SecretResolver, string]>([
    ["throws", () => Promise.reject(new Error(MARKER)), "the resolver failed for vault:kv/openai#key"],
    ["gives text", (() => MARKER) as never, "the resolver gave no Secret for vault:kv/openai#key"],
    ["gives nothing", () => secret(""), "the resolver gave an empty secret for vault:kv/openai#key"],
  ])("whose resolver %s is reported without what it said", async (_what, resolver, message) => {
    const error = await configErrorOf(() => resolveSecrets(config, wanted, {}, resolver));
    expect(error.problems.map((problem) => problem.message)).toEqual([message]);
    expect(JSON.stringify(error)).not.toContain(MARKER);
  });

  it("is asked for nothing but vault: references", async () => {
    const { asked, resolver } = recording(() => secret("no"));
    const reference = parseReference("env:KEY");
    const own = reference === undefined ? [] : [{ path: [], reference }];
    const secretOf = await resolveSecrets(config, own, { KEY: "yes" }, resolver);
    expect(own.map((use) => secretOf(use.reference).reveal())).toEqual(["yes"]);
    expect(asked).toEqual([]);
  });
});
