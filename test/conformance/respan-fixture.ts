import type { RespanSettings } from "../../adapters/respan/index.ts";
import { type ProviderUpdate, secret } from "../../src/index.ts";
import type { AdapterFixture, ErrorFixture, SandboxSwitches, WriteFixture } from "../../src/testing/index.ts";
import { sandboxGateway } from "../support/sandbox-gateway.ts";

/** One brand of the family: its name in the sandbox and in texts, and the vendor's pages. */
export interface Brand {
  readonly gateway: "respan" | "keywordsai";
  readonly title: string;
  /** The page of the update. */
  readonly source: string;
  /** Where the pages on errors and on the rate limit stand. */
  readonly reference: string;
}

export const ofRespan: Brand = {
  gateway: "respan",
  title: "Respan",
  source: "https://www.respan.ai/docs/api-reference/manage/models/update-custom-provider",
  reference: "https://respan.ai/docs/documentation/resources/reference",
};

export const ofKeywordsAi: Brand = {
  gateway: "keywordsai",
  title: "Keywords AI",
  source: "https://docs.keywordsai.co/api-endpoints/manage/models/custom-providers/update",
  // The same pages stand under the newer brand only.
  reference: "https://respan.ai/docs/documentation/resources/reference",
};

/** What the vendor's generations of documents differ in. */
export interface Generation {
  readonly settings?: Pick<RespanSettings, "identifier" | "extraKwargs">;
  readonly switches?: SandboxSwitches["respan"];
  /** The page of the update, where it is not the brand's. */
  readonly source?: string;
}

const time = "2024-01-15T12:30:00+02:00";
const moment = "2024-01-15T10:30:00.000Z";

const providers = [
  {
    pk: 123,
    provider_id: "my-azure-provider",
    provider_name: "Azure",
    api_key: "the-stored-key-of-azure",
    extra_kwargs: {
      base_url: "https://old.example.test/v1",
      timeout: 60,
      region: "us-east-1",
      organization: "org-of-azure",
    },
    created_at: time,
    updated_at: time,
  },
  {
    pk: 7,
    provider_id: "custom/provider 7",
    provider_name: "Custom",
    api_key: "the-stored-key-of-custom",
    created_at: null,
    updated_at: null,
  },
  { pk: 8, provider_id: "123", provider_name: "Another, named like a key", created_at: time },
  { pk: 9, provider_id: "house", provider_name: "The vendor's own", created_at: time, is_managed: true },
];

/** What the vendor's documents say of a custom provider, for one brand and one generation of them. */
export function respanFixture(
  brand: Brand,
  { settings = {}, switches = {}, source = brand.source }: Generation = {},
): AdapterFixture {
  const isByText = settings.identifier === "provider_id";
  const id = isByText ? "my-azure-provider" : 123;
  const otherId = isByText ? "custom/provider 7" : 7;
  const path = `/api/providers/${id}/`;
  const patch = (update: ProviderUpdate, body: unknown): WriteFixture => {
    return { update, requests: [{ method: "PATCH", path, body }] };
  };
  const isMerged = settings.extraKwargs === "merge";
  const returns = switches.returnsExtraKwargs === true;
  const isMasked = switches.secretKwargs === "masked";
  // Where a write may replace all of it, the base URL goes along.
  const baseUrl = "https://new.example.test/v1";
  const beside = isMerged ? {} : { baseUrl };
  const besideWire = isMerged ? {} : { base_url: baseUrl };
  const withheld = { withheld: true };
  const times = { createdAt: moment, updatedAt: moment };
  const state = { credential: { kind: "unknown" }, ...times } as const;
  return {
    source,
    start: () =>
      sandboxGateway(brand.gateway, {
        seed: { [brand.gateway]: { providers } },
        switches: { [brand.gateway]: switches },
      }),
    settings: ({ url, token }) => ({ baseUrl: url, token: secret(token), ...settings }),
    objects: [
      {
        id,
        state: {
          id,
          slug: "my-azure-provider",
          name: "Azure",
          ...(returns && {
            baseUrl: "https://old.example.test/v1",
            requestTimeout: 60,
            native: { region: "us-east-1", ...(isMasked && { organization: withheld }) },
          }),
          ...state,
        },
      },
      {
        id: otherId,
        state: {
          id: otherId,
          slug: "custom/provider 7",
          name: "Custom",
          ...(returns && { baseUrl: null, requestTimeout: null }),
          ...state,
          createdAt: null,
          updatedAt: null,
        },
      },
    ],
    listed: providers.length,
    keptByGateway: ["updated_at"],
    absentId: isByText ? "no-such-provider" : 999,
    refusedIds: isByText
      ? [123, "x".repeat(1025)]
      : [0, -1, "0123", "1e3", "+1", "my-azure-provider", 2 ** 53, "9007199254740993"],
    fields: {
      name: { set: patch({ name: "Updated Azure Provider" }, { provider_name: "Updated Azure Provider" }) },
      baseUrl: { set: patch({ baseUrl }, { extra_kwargs: { base_url: baseUrl } }) },
      credential: {
        set: {
          ...patch({ credential: { scheme: "api_key", apiKey: secret("new-api-key") } }, { api_key: "new-api-key" }),
          shows: { kind: "unknown" },
        },
      },
      requestTimeout: {
        set: patch({ ...beside, requestTimeout: 90 }, { extra_kwargs: { ...besideWire, timeout: 90 } }),
      },
      native: {
        set: {
          ...patch(
            {
              ...beside,
              native: { temperature: 0.7, max_tokens: 4096, region: "eu", organization: secret("org-key") },
            },
            {
              extra_kwargs: {
                ...besideWire,
                ...{ temperature: 0.7, max_tokens: 4096, region: "eu", organization: "org-key" },
              },
            },
          ),
          // What a key may hide is never shown; replies that leave it out do not even tell that it is there.
          ...(returns && {
            shows: { region: "eu", temperature: 0.7, max_tokens: 4096, ...(isMasked && { organization: withheld }) },
          }),
        },
      },
    },
    schemes: {},
    errors: errorsOf(brand),
    ...(isByText && { creations: creationsOf(returns) }),
    removal: {
      requests: [{ method: "DELETE", path: isByText ? "/api/providers/custom%2Fprovider%207/" : "/api/providers/7/" }],
      refused: {
        id: isByText ? "house" : 9,
        name: "PermissionDeniedError",
        says: `Cannot delete managed provider. ${brand.title} owns it.`,
      },
      source: "https://respan.ai/docs/api-reference/manage/models/delete-custom-provider",
    },
  };
}

/** What can be made where the text id is the id: with as little, and with as much, as there can be. */
function creationsOf(returns: boolean): NonNullable<AdapterFixture["creations"]> {
  const source = "https://www.respan.ai/docs/apis/models/create-custom-provider";
  const post = (body: unknown) => ({ method: "POST", path: "/api/providers/", body });
  const notes = ["may-have-updated"];
  return [
    {
      creation: { name: "New", slug: "new provider/ü" },
      requests: [post({ provider_id: "new provider/ü", provider_name: "New" })],
      id: "new provider/ü",
      notes,
      source,
    },
    {
      creation: {
        name: "New",
        slug: "new",
        baseUrl: "https://new.example.test/v1",
        credential: { scheme: "api_key", apiKey: secret("new-api-key") },
        requestTimeout: 90,
        native: { region: "eu", organization: secret("org-key") },
      },
      requests: [
        post({
          provider_id: "new",
          provider_name: "New",
          api_key: "new-api-key",
          extra_kwargs: {
            base_url: "https://new.example.test/v1",
            timeout: 90,
            ...{ region: "eu", organization: "org-key" },
          },
        }),
      ],
      id: "new",
      ...(returns && { shows: { native: { region: "eu" } } }),
      notes,
      source,
    },
  ];
}

/** The error bodies that the pages show, for providers and in general. */
function errorsOf({ title, source, reference }: Brand): readonly ErrorFixture[] {
  const managed = `Cannot delete managed provider. ${title} owns it.`;
  const locked = `Cannot modify 'provider_name' for ${title} managed providers.`;
  const invalid = "Your API key is invalid or expired, please check it";
  const errorPage = `${reference}/error-handling`;
  const limitPage = `${reference}/api-rate-limits`;
  const general: readonly ErrorFixture[] = [
    { status: 400, body: { detail: "Invalid request format" }, name: "RejectedError", says: "Invalid request format" },
    { status: 401, body: { detail: `${invalid} at ${title}.` }, name: "AuthenticationError", says: invalid },
    ...[400, 422].flatMap((status): readonly ErrorFixture[] => [
      {
        status,
        body: { detail: "Validation error", errors: { provider_name: ["Too long."], api_key: ["Blank."] } },
        name: "RejectedError",
        says: "Validation error; provider_name: Too long.; api_key: Blank.",
      },
      { status, body: { provider_name: [locked] }, name: "RejectedError", says: `provider_name: ${locked}` },
      {
        status,
        body: { inputs: { input: ["This field is required."] } },
        name: "RejectedError",
        says: "inputs.input: This field is required.",
      },
    ]),
    {
      status: 500,
      body: { detail: "Internal server error", error_code: "INTERNAL_ERROR" },
      name: "UnavailableError",
      says: "Internal server error",
      vendorCode: "INTERNAL_ERROR",
    },
    {
      status: 500,
      body: { detail: "Internal server error", error_code: "INTERNAL_ERROR", retry_after: 60 },
      name: "UnavailableError",
      says: "Internal server error",
      vendorCode: "INTERNAL_ERROR",
    },
    {
      status: 400,
      body: { error: { message: "Model is missing", type: "invalid_request_error", code: "missing_model" } },
      name: "RejectedError",
      says: "Model is missing",
      vendorCode: "missing_model",
    },
    { status: 403, body: { detail: "It is another's." }, name: "PermissionDeniedError", says: "It is another's." },
    { status: 409, body: { message: "Already there" }, name: "ConflictError", says: "Already there" },
    { status: 409, body: { details: "Already there" }, name: "ConflictError", says: "Already there" },
    { status: 503, body: "upstream is not there", name: "UnavailableError", says: "upstream is not there" },
  ];
  return [
    {
      status: 401,
      body: { detail: "Authentication credentials were not provided." },
      name: "AuthenticationError",
      says: "Authentication credentials were not provided.",
    },
    { status: 403, body: { error: managed }, name: "PermissionDeniedError", says: managed, source },
    { status: 404, body: { detail: "Not found." }, name: "NotFoundError", says: "Not found." },
    { status: 400, body: { error: "Base model not found" }, name: "RejectedError", says: "Base model not found" },
    ...general.map((error) => ({ ...error, source: errorPage })),
    // The wait stands in the body; no header is documented.
    ...[30, 60, 0.5].map((wait): ErrorFixture => {
      return {
        status: 429,
        body: { detail: "Rate limit exceeded", retry_after: wait },
        name: "RateLimitError",
        says: "Rate limit exceeded",
        retryAfterMs: wait * 1000,
        source: limitPage,
      };
    }),
    {
      status: 429,
      body: { detail: "Rate limit exceeded" },
      name: "RateLimitError",
      says: "Rate limit exceeded",
      source: limitPage,
    },
  ];
}
