import { type Gateway, type GatewayError, isGatewayError, type ProviderCreation, secret } from "../../src/index.ts";
import { type Step, scriptWire } from "../support/wire.ts";
import { maker, plainMaker } from "./maker.ts";

const token = secret("the-token-of-this-test");
const key = "sk-the-key-of-this-test";
const creation: ProviderCreation = {
  name: "N",
  slug: "new",
  credential: { scheme: "api_key", apiKey: secret(key) },
};
const atOnce = { "retry-after": "0" };
const made = { id: "t1", slug: "new", name: "N" };

const open = (): Gateway<string> => maker()({ token });
const answers = (...list: readonly Omit<Step, "method" | "path">[]) =>
  scriptWire(
    "https://maker.example",
    list.map((answer) => ({ method: "POST", path: "/api/things", ...answer })),
  );

async function failureOf(promise: Promise<unknown>): Promise<GatewayError> {
  const error: unknown = await promise.catch((caught: unknown) => caught);
  if (!isGatewayError(error)) throw new Error("no error of the contract was thrown");
  return error;
}

/** Calls with anything, as from JavaScript. */
function create(value: unknown, gateway: Gateway<string> = open()): Promise<unknown> {
  const method: unknown = Reflect.get(gateway, "create");
  if (typeof method !== "function") throw new Error("there is no create");
  return Promise.resolve(Reflect.apply(method, gateway, [value]));
}

describe("a creation", () => {
  it("is one POST, and gives what the gateway made of it and the vendor's notes", async () => {
    const requests = answers({ status: 201, reply: made });
    await expect(open().create?.({ ...creation, native: { region: "eu" } })).resolves.toStrictEqual({
      provider: { ...made, credential: { kind: "unknown" } },
      notes: [{ code: "made", message: "was made" }],
    });
    expect(requests).toMatchObject([
      { method: "POST", url: "maker.example/api/things", body: { slug: "new", name: "N", key, region: "eu" } },
    ]);
    expect(requests).toHaveLength(1);
  });

  it("is explained with the whole path and its secrets redacted, and sends nothing", () => {
    const requests = answers();
    expect(open().explainCreation?.(creation)).toStrictEqual([
      {
        method: "POST",
        path: "/api/things",
        body: { slug: "new", name: "N", key: "[redacted]" },
        fields: ["name", "credential"],
      },
    ]);
    expect(requests).toStrictEqual([]);
  });

  it("names everything that is required and lacking at once", async () => {
    const error = await failureOf(create({}));
    expect(error).toMatchObject({ name: "InvalidInputError", outcome: "not-sent" });
    expect("issues" in error && error.issues).toStrictEqual([
      { path: "name", message: "is required to create" },
      { path: "slug", message: "is required to create" },
      { path: "credential", message: "is required to create" },
    ]);
  });

  it("has one problem only for what is required, given, and wrong", async () => {
    const error = await failureOf(create({ ...creation, slug: "", credential: { scheme: "api_key", apiKey: key } }));
    expect("issues" in error && error.issues.map(({ path }) => path).sort()).toStrictEqual([
      "credential.apiKey",
      "slug",
    ]);
    expect(JSON.stringify(error)).not.toContain(key);
  });

  it("refuses each field that a creation does not take, and says what an update can write", async () => {
    const error = await failureOf(create({ ...creation, description: "D", metadata: "M", upstream: "U" }));
    expect(error).toMatchObject({
      name: "UnsupportedFieldError",
      outcome: "not-sent",
      issues: [
        {
          path: "description",
          message: "cannot be part of a creation at this gateway: write it with an update after it",
        },
        { path: "metadata", message: "cannot be part of a creation at this gateway" },
        { path: "upstream", message: "cannot be part of a creation at this gateway" },
      ],
    });
  });

  it("takes what only a creation can set, within its limits", async () => {
    answers({ status: 201, reply: made });
    await expect(create({ ...creation, baseUrl: "https://a.example" })).resolves.toBeDefined();
    const error = await failureOf(create({ ...creation, baseUrl: `https://a.example/${"x".repeat(30)}` }));
    expect(error).toMatchObject({
      issues: [{ path: "baseUrl", message: "has 48 characters as it is sent, expected at most 30" }],
    });
  });

  it.each<[string, object, string, string]>([
    ["a limit", { name: "longer than 10" }, "name", "has 14 characters as it is sent, expected at most 10"],
    ["the adapter's own schema", { native: { region: 1 } }, "native.region", "expected a text"],
    [
      "a field that another one requires",
      { requestTimeout: 5 },
      "baseUrl",
      "requestTimeout needs baseUrl in the same creation: the vendor resets it",
    ],
    ["the vendor's own condition", { slug: "taken" }, "slug", "is reserved"],
    [
      "nothing to clear",
      { requestTimeout: null, baseUrl: "https://a.example" },
      "requestTimeout",
      "has nothing to clear in a creation: leave it out",
    ],
  ])("is held by %s", async (_rule, changed, path, message) => {
    const error = await failureOf(create({ ...creation, ...changed }));
    expect(error).toMatchObject({ name: "InvalidInputError", outcome: "not-sent", issues: [{ path, message }] });
  });

  it("refuses a scheme that the gateway never takes", async () => {
    expect(await failureOf(create({ ...creation, credential: { scheme: "google_adc" } }))).toMatchObject({
      name: "UnsupportedFieldError",
      fields: ["credential"],
    });
  });

  it.each([
    ["nothing", undefined],
    ["a list", [1]],
    ["a text", "x"],
  ])("refuses %s", async (_kind, value) => {
    expect(await failureOf(create(value))).toMatchObject({ name: "InvalidInputError", outcome: "not-sent" });
  });

  it("refuses what throws as it is read", async () => {
    const hostile = {
      get slug(): string {
        throw new Error("mine");
      },
    };
    expect(await failureOf(create(hostile))).toMatchObject({ name: "InvalidInputError", outcome: "not-sent" });
  });

  it.each([
    ["a lost reply", { fault: "ECONNRESET" }, "NetworkError"],
    ["a 503", { status: 503, reply: "down", headers: atOnce }, "UnavailableError"],
    ["a 408", { status: 408, reply: "late", headers: atOnce }, "TimeoutError"],
  ])("is not sent again after %s: nobody knows what became of it", async (_kind, answer, name) => {
    const requests = answers(answer, { status: 201, reply: made });
    expect(await failureOf(create(creation))).toMatchObject({ name, outcome: "unknown", retryable: false });
    expect(requests).toHaveLength(1);
  });

  it.each([
    ["a 429", { status: 429, reply: "slow down", headers: atOnce }],
    ["a refused connection", { fault: "ECONNREFUSED" }],
  ])("is sent again after %s: nothing of it took effect", async (_kind, answer) => {
    const requests = answers(answer, { status: 201, reply: made });
    await expect(create(creation)).resolves.toMatchObject({ provider: { id: "t1" } });
    expect(requests).toHaveLength(2);
  });

  it.each([
    ["without an id", { name: "N", slug: "new" }, "does not tell the new object's id"],
    ["about another object", { ...made, slug: "old" }, "is about another object than was to be made"],
    ["without a name", { id: "t1" }, "does not hold what is needed"],
    ["that is HTML", "<html>", "is HTML"],
  ])("has an unknown outcome after a reply %s", async (_kind, reply, message) => {
    const requests = answers({ status: 201, reply });
    const error = await failureOf(create(creation));
    expect(error).toMatchObject({ name: "InvalidResponseError", outcome: "unknown", retryable: false });
    expect(error.message).toContain(`POST /things ${message}`);
    expect(requests).toHaveLength(1);
  });

  it("shows the vendor's words about a conflict, and neither key nor token", async () => {
    answers({ status: 409, reply: { error: `slug exists, key ${key}, token the-token-of-this-test` } });
    const error = await failureOf(create(creation));
    expect(error).toMatchObject({ name: "ConflictError", outcome: "not-applied", status: 409 });
    expect(error.message).toBe("maker: POST /things was answered 409: slug exists, key [redacted], token [redacted]");
  });

  it("shows no secret in what the gateway echoes of the new object", async () => {
    answers({ status: 201, reply: { ...made, name: `N ${key} other-secret` } });
    const result = await open().create?.(creation, { secrets: [secret("other-secret")] });
    expect(result?.provider.name).toBe("N [redacted] [redacted]");
  });
});

describe("what a gateway has beyond updates", () => {
  it("is what its capabilities declare, and nothing else", () => {
    const optional = ["create", "explainCreation", "remove", "usedBy"];
    expect(optional.filter((name) => name in open())).toStrictEqual(optional);
    expect(optional.filter((name) => name in plainMaker()({ token }))).toStrictEqual([]);
  });

  it.each(["creation", "removal", "users"])("is refused where the vendor's %s is declared and not there", (part) => {
    expect(() => maker({ vendor: { [part]: undefined } })({ token })).toThrow("does not say");
  });
});
