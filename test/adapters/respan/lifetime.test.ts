import { keywordsai, respan } from "../../../adapters/respan/index.ts";
import { type Gateway, type ProviderCreation, type ProviderId, secret } from "../../../src/index.ts";
import { fixture } from "../../support/fixture.ts";
import { credentials, script, token, wireRequest } from "../../support/mapping.ts";

const reply = fixture("respan/updated");
const creation = { name: "Updated Azure Provider", slug: "my-azure-provider" };
const byText = { token, identifier: "provider_id" } as const;
const merging = { ...byText, extraKwargs: "merge" } as const;
const families = [
  ["Respan", respan, "api.respan.ai"],
  ["Keywords AI", keywordsai, "api.keywordsai.co"],
] as const;

const refusalOf = (gateway: Gateway<ProviderId>, value: ProviderCreation) =>
  gateway.create?.(value).catch((error: unknown) => error);

describe.each(families)("a creation at %s", (_name, adapter, host) => {
  const post = (body: unknown) => ["POST", `${host}/api/providers/`, body] as const;

  it.each<readonly [string, ProviderCreation, object]>([
    ["name and slug", creation, {}],
    ["credential", { ...creation, credential: credentials.api_key }, { api_key: "new-api-key" }],
    [
      "baseUrl",
      { ...creation, baseUrl: "https://new.example.test/v1" },
      { extra_kwargs: { base_url: "https://new.example.test/v1" } },
    ],
    ["requestTimeout", { ...creation, requestTimeout: 90 }, { extra_kwargs: { timeout: 90 } }],
    [
      "native",
      { ...creation, native: { temperature: 0.7, organization: secret("org-key") } },
      { extra_kwargs: { temperature: 0.7, organization: "org-key" } },
    ],
  ])("is one POST: %s", async (_field, value, members) => {
    const line = post({ provider_id: "my-azure-provider", provider_name: "Updated Azure Provider", ...members });
    const requests = script([{ request: line, status: 201, reply }]);
    await expect(adapter(merging).create?.(value)).resolves.toMatchObject({
      provider: { id: "my-azure-provider", slug: "my-azure-provider", name: "Updated Azure Provider" },
      notes: [{ code: "may-have-updated" }],
    });
    expect(requests).toStrictEqual([wireRequest(line)]);
  });

  it("is taken by an older gateway for an update, which answers 200: each creation has a note on it", async () => {
    script([
      {
        request: post({ provider_id: "my-azure-provider", provider_name: "Updated Azure Provider" }),
        status: 200,
        reply,
      },
    ]);
    const result = await adapter(byText).create?.(creation);
    expect(result?.notes).toStrictEqual([
      {
        code: "may-have-updated",
        message:
          "older generations of this API update an existing provider of the same provider_id instead of refusing",
      },
    ]);
  });
});

describe("a creation at Respan is refused before anything is sent", () => {
  it.each<readonly [string, object, string]>([
    ["no slug", { name: "N" }, "slug"],
    ["no name", { slug: "new" }, "name"],
    ["a slug that no path could name", { name: "N", slug: ".." }, "slug"],
    ["a slug that is too long", { name: "N", slug: "x".repeat(1025) }, "slug"],
    ["a slug that is empty", { name: "N", slug: "" }, "slug"],
  ])("with %s", async (_what, value, path) => {
    const requests = script([]);
    // Whoever calls from JavaScript can give anything.
    const gateway = respan(byText);
    const create: unknown = Reflect.get(gateway, "create");
    if (typeof create !== "function") throw new Error("there is no create");
    const error: unknown = await Reflect.apply(create, gateway, [value]).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: "InvalidInputError", outcome: "not-sent", issues: [{ path }] });
    expect(requests).toStrictEqual([]);
  });

  it("with a timeout and no base URL, where it could be an update that replaces all of extra_kwargs", async () => {
    expect(await refusalOf(respan(byText), { ...creation, requestTimeout: 90 })).toMatchObject({
      name: "InvalidInputError",
      issues: [{ path: "baseUrl", message: expect.stringContaining("in the same creation") }],
    });
  });

  it.each<readonly [string, object]>([
    ["description", { description: "D" }],
    ["metadata", { metadata: "M" }],
    ["connectionId", { connectionId: "c" }],
    ["streamIdleTimeout", { streamIdleTimeout: 5 }],
    ["enabled", { enabled: true }],
    ["upstream", { upstream: "openai" }],
    ["credential", { credential: credentials.aws_role }],
  ])("with a %s that it does not take", async (field, more) => {
    expect(await refusalOf(respan(byText), { ...creation, ...more })).toMatchObject({
      name: "UnsupportedFieldError",
      fields: [field],
    });
  });
});

it("no provider is made where the path takes the primary key: no reply would tell it", () => {
  const gateway = respan({ token });
  expect(gateway.capabilities.creation).toBeUndefined();
  expect([gateway.create, gateway.explainCreation]).toStrictEqual([undefined, undefined]);
});

describe.each(families)("a removal at %s", (_name, adapter, host) => {
  it("is one DELETE of the primary key", async () => {
    const line = ["DELETE", `${host}/api/providers/123/`] as const;
    const requests = script([{ request: line, status: 204, reply: "" }]);
    await expect(adapter({ token }).remove?.(123)).resolves.toBeUndefined();
    expect(requests).toStrictEqual([wireRequest(line)]);
  });

  it("is one DELETE of the text id, encoded", async () => {
    const line = ["DELETE", `${host}/api/providers/a%2Fb/`] as const;
    const requests = script([{ request: line, status: 204, reply: "" }]);
    await expect(adapter(byText).remove?.("a/b")).resolves.toBeUndefined();
    expect(requests).toStrictEqual([wireRequest(line)]);
  });

  it("of a managed provider is refused in the vendor's words", async () => {
    const error = "Cannot delete managed provider. It is shared.";
    script([{ request: ["DELETE", `${host}/api/providers/7/`], status: 403, reply: { error } }]);
    await expect(adapter({ token }).remove?.(7)).rejects.toMatchObject({
      name: "PermissionDeniedError",
      outcome: "not-applied",
      message: expect.stringContaining(error),
    });
  });
});
