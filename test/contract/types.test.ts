import type { z } from "zod";
import { adapters } from "../../adapters/index.ts";
import { keywordsai, type RespanSettings, respan } from "../../adapters/respan/index.ts";
import type { providerUpdateSchema } from "../../src/contract/update.ts";
import {
  type Capabilities,
  type Credential,
  type FieldCapability,
  type Gateway,
  type GatewayError,
  type ProviderId,
  type ProviderUpdate,
  secret,
  updateFields,
} from "../../src/index.ts";

// The compiler is the judge here: a line that should not compile and does fails the type check.

type MutuallyAssignable<Left, Right> = [Left] extends [Right] ? ([Right] extends [Left] ? true : false) : false;

const token = secret("token");
const pk = respan({ token });
const slugs = respan({ token, identifier: "provider_id" });

/** Takes a call that is type-checked and never made. */
const compiled = (..._calls: readonly (() => unknown)[]) =>
  expect(_calls.every((call) => typeof call === "function")).toBe(true);

describe("the type of an update", () => {
  it("takes each field, a null where it may clear, and any credential", () => {
    const update: ProviderUpdate = {
      name: "N",
      description: null,
      metadata: { team: ["ml", { size: 3 }] },
      baseUrl: "https://x.test",
      credential: { scheme: "aws_role", roleArn: "arn" },
      connectionId: null,
      requestTimeout: null,
      streamIdleTimeout: null,
      enabled: false,
      native: { organization: secret("o") },
    };
    expect(Object.keys(update)).toStrictEqual([...updateFields]);
  });

  it("refuses what the contract refuses", () => {
    // @ts-expect-error an unknown field is a mistake, not something to ignore
    const unknownField: ProviderUpdate = { nmae: "N" };
    // @ts-expect-error undefined is neither omitted nor null
    const explicitUndefined: ProviderUpdate = { description: undefined };
    // @ts-expect-error a provider always has a name
    const clearedName: ProviderUpdate = { name: null };
    // @ts-expect-error a base URL cannot be cleared
    const clearedUrl: ProviderUpdate = { baseUrl: null };
    // @ts-expect-error a credential is replaced, never cleared
    const clearedCredential: ProviderUpdate = { credential: null };
    // @ts-expect-error enabled is true or false
    const clearedSwitch: ProviderUpdate = { enabled: null };
    // @ts-expect-error native is left out, never cleared
    const clearedNative: ProviderUpdate = { native: null };
    // @ts-expect-error seconds are a number
    const textTimeout: ProviderUpdate = { requestTimeout: "90" };
    // @ts-expect-error metadata is a text or an object
    const listMetadata: ProviderUpdate = { metadata: [1] };
    // @ts-expect-error a date is no JSON
    const dateMetadata: ProviderUpdate = { metadata: { at: new Date(0) } };
    const refused = [unknownField, explicitUndefined, clearedName, clearedUrl, clearedCredential, clearedSwitch];
    expect([...refused, clearedNative, textTimeout, listMetadata, dateMetadata]).toHaveLength(10);
  });

  it("is exactly what the schema infers", () => {
    const same: MutuallyAssignable<z.infer<typeof providerUpdateSchema>, ProviderUpdate> = true;
    const sameFields: MutuallyAssignable<keyof z.infer<typeof providerUpdateSchema>, keyof ProviderUpdate> = true;
    expect([same, sameFields]).toStrictEqual([true, true]);
  });
});

describe("the type of a credential", () => {
  it("takes a Secret where a key goes, and nothing that could be printed", () => {
    const right: Credential = { scheme: "api_key", apiKey: secret("k") };
    // @ts-expect-error a plain text could be printed by mistake
    const plainKey: Credential = { scheme: "api_key", apiKey: "k" };
    // @ts-expect-error a plain text could be printed by mistake
    const plainFile: Credential = { scheme: "google_service_account", serviceAccount: "{}" };
    // @ts-expect-error a hint is display text, never a key
    const masked: Credential = { scheme: "api_key", apiKey: { kind: "inline", hint: "sk-...abcd" }.hint };
    // @ts-expect-error the members belong to their scheme
    const mixed: Credential = { scheme: "google_adc", apiKey: secret("k") };
    // @ts-expect-error an unknown scheme
    const unknownScheme: Credential = { scheme: "password", apiKey: secret("k") };
    // @ts-expect-error a key without its scheme
    const bare: Credential = { apiKey: secret("k") };
    // @ts-expect-error undefined is not omitted
    const undefinedMember: Credential = { scheme: "aws_role", roleArn: "arn", externalId: undefined };
    // @ts-expect-error a token is a Secret or a function that gives one
    const plainToken: RespanSettings = { token: "t" };
    expect([right, plainKey, plainFile, masked, mixed, unknownScheme, bare, undefinedMember, plainToken]).toHaveLength(
      9,
    );
  });
});

describe("the type of an id", () => {
  it("follows from the settings", () => {
    const byKey: Gateway<number> = pk;
    const bySlug: Gateway<string> = slugs;
    const formerBrand: Gateway<number> = keywordsai({ token, identifier: "pk" });
    expect([byKey.adapter, bySlug.adapter, formerBrand.adapter]).toStrictEqual(["respan", "respan", "keywordsai"]);
  });

  it("is refused where it is of the wrong kind", () =>
    compiled(
      // @ts-expect-error the default takes the integer primary key
      () => pk.get("my-azure-provider"),
      // @ts-expect-error the default takes the integer primary key
      () => pk.update("123", { name: "N" }),
      // @ts-expect-error the string id was chosen
      () => slugs.get(123),
      // @ts-expect-error the string id was chosen
      () => slugs.explain(123, { name: "N" }),
      // @ts-expect-error an update is strict in a call, too
      () => pk.update(123, { name: "N", colour: "red" }),
    ));

  it("is a union where the settings come from a file, and such a gateway can be used", () => {
    const fromFile = (settings: RespanSettings): Gateway<ProviderId> => respan(settings);
    const gateway = fromFile({ token, identifier: Math.abs(1) === 1 ? "provider_id" : "pk" });
    const collected: readonly Gateway<ProviderId>[] = adapters.map((adapter) =>
      adapter.open({ token, ...(adapter.name.startsWith("barndoor") ? { baseUrl: "https://b.test" } : {}) }),
    );
    expect(gateway.parseId("my-azure-provider")).toBe("my-azure-provider");
    expect(collected).toHaveLength(adapters.length);
    compiled(() => collected.map((each) => each.get(each.parseId("1"))));
  });
});

describe("the type of capabilities", () => {
  it("is total over fields and schemes", () => {
    const { fields, schemes } = pk.capabilities;
    const { native, ...withoutNative } = fields;
    const { oauth_passthrough, ...fewerSchemes } = schemes;
    const total: Capabilities = { fields, schemes, list: "ids", hint: false };
    // @ts-expect-error a field is missing, and a missing one would be a silent drop
    const lackingField: Capabilities = { fields: withoutNative, schemes, list: "ids", hint: false };
    // @ts-expect-error a scheme is missing
    const lackingScheme: Capabilities = { fields, schemes: fewerSchemes, list: "ids", hint: false };
    // @ts-expect-error a capability says what a read shows
    const halfCapability: FieldCapability = { set: true, clear: false, mode: "patch" };
    expect([total, lackingField, lackingScheme, halfCapability, native, oauth_passthrough]).toHaveLength(6);
  });
});

describe("the type of an error", () => {
  const about = (error: GatewayError): string => {
    // @ts-expect-error only some errors name fields
    const unnarrowed: unknown = error.fields;
    switch (error.name) {
      case "UnsupportedFieldError":
        return error.fields.join();
      case "InvalidInputError":
        return error.issues.map(({ path }) => path).join();
      case "MissingSettingError":
        return error.settings.join();
      case "RateLimitError":
        return String(error.retryAfterMs);
      case "RejectedError":
        return error.fieldErrors.map(({ message }) => message).join();
      case "PartialUpdateError":
        return `${error.applied.join()}/${error.failed.join()}/${error.cause.code}`;
      default:
        return `${error.code} ${String(unnarrowed)}`;
    }
  };

  it("is narrowed by its name", () => {
    let caught: unknown;
    try {
      pk.parseId("x");
    } catch (error) {
      caught = error;
    }
    expect(about(caught as GatewayError)).toBe("id");
  });

  it("is narrowed by its code, and is a closed union", () => {
    const fieldsOf = (error: GatewayError) => (error.code === "UNSUPPORTED_FIELD" ? error.fields : []);
    // @ts-expect-error there is no such name
    const isTeapot = (error: GatewayError): boolean => error.name === "TeapotError";
    expect([fieldsOf, isTeapot]).toHaveLength(2);
  });
});
