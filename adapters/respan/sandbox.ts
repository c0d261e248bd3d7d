import { z } from "zod";
import {
  defineVendorSandbox,
  RateWindow,
  type Refusal,
  type RouteCall,
  type VendorEnvironment,
  type VendorGateway,
  type WireReply,
} from "../../src/sandbox/index.ts";

// https://respan.ai/docs/api-reference/manage/models/create-custom-provider
// https://docs.keywordsai.co/api-endpoints/manage/models/custom-providers/create
/** The documented keys are typed, every other one may hold anything; what an empty object means is not documented. */
const extraKwargs = z
  .looseObject({
    base_url: z.string().min(1).optional(),
    timeout: z.int().optional(),
    temperature: z.number().optional(),
    max_tokens: z.int().optional(),
  })
  .refine((value) => Object.keys(value).length > 0, "An empty object is not accepted.");

// https://www.respan.ai/docs/api-reference/manage/models/update-custom-provider
// https://docs.keywordsai.co/api-endpoints/manage/models/custom-providers/update
/** No field is documented as nullable, nor what an empty text does. */
const updateBody = z.strictObject({
  provider_name: z.string().min(1).optional(),
  api_key: z.string().min(1).optional(),
  extra_kwargs: extraKwargs.optional(),
});

const time = z.iso.datetime({ offset: true }).nullable();

const seedProvider = z.strictObject({
  /** The integer primary key, which no reply shows. */
  pk: z.int().positive(),
  /** The text that replies show as `id` and as `provider_id`. */
  provider_id: z.string().min(1),
  provider_name: z.string().min(1),
  api_key: z.string().min(1).optional(),
  extra_kwargs: extraKwargs.optional(),
  is_managed: z.boolean().optional(),
  created_at: time.optional(),
  updated_at: time.optional(),
});

const seed = z.strictObject({
  token: z.string().min(1).optional(),
  providers: z
    .array(seedProvider)
    .refine((list) => isUnique(list.map(({ pk }) => pk)), "expected every pk only once")
    .refine((list) => isUnique(list.map((one) => one.provider_id)), "expected every provider_id only once")
    .optional(),
});

const switches = z.strictObject({
  /** What the path names: the integer primary key (default) or, as in the newest pages, the text id. */
  identifier: z.enum(["pk", "provider_id"]).optional(),
  /** A bare array (default), or the envelope that sibling resources use. */
  list: z.enum(["array", "envelope"]).optional(),
  /** Providers per page of the envelope. Default 50. */
  pageSize: z.int().positive().optional(),
  /** Whether replies hold `extra_kwargs`, as in the newest pages. Default false. */
  returnsExtraKwargs: z.boolean().optional(),
  /** What a reply does with the `extra_kwargs` that may be secret: all but the documented keys. Default dropped. */
  secretKwargs: z.enum(["dropped", "masked"]).optional(),
  /** What an update does to the stored `extra_kwargs`. Default replace. */
  extraKwargs: z.enum(["replace", "merge"]).optional(),
  /** The status of a body that fails validation. Default 422. */
  validationStatus: z.union([z.literal(400), z.literal(422)]).optional(),
  /** The field errors under `errors` beside a `detail` (default), or as the whole body. */
  validationBody: z.enum(["wrapped", "bare"]).optional(),
  /** The fields that cannot be changed on a managed provider. Default all three. */
  managedCriticalFields: z.array(z.enum(["provider_name", "api_key", "extra_kwargs"])).optional(),
  /** 60 requests a minute when true, or as many as said. Default off. */
  rateLimit: z.union([z.boolean(), z.int().positive()]).optional(),
});

type Seed = z.infer<typeof seed>;
type Switches = z.infer<typeof switches>;
type UpdateBody = z.infer<typeof updateBody>;

interface Brand {
  readonly name: string;
  readonly site: string;
}

interface StoredProvider {
  readonly pk: number;
  readonly provider_id: string;
  provider_name: string;
  api_key: string | null;
  extra_kwargs: Record<string, unknown>;
  readonly is_managed: boolean;
  readonly created_at: string | null;
  updated_at: string | null;
}

export const respanSandbox = defineVendorSandbox({
  name: "respan",
  seed,
  switches,
  open: (seed, switches, environment) =>
    new ProviderApi({ name: "Respan", site: "https://www.respan.ai" }, seed, switches, environment).gateway(
      seed.token ?? "sandbox-respan-token",
    ),
});

export const keywordsaiSandbox = defineVendorSandbox({
  name: "keywordsai",
  seed,
  switches,
  open: (seed, switches, environment) =>
    new ProviderApi({ name: "Keywords AI", site: "https://docs.keywordsai.co" }, seed, switches, environment).gateway(
      seed.token ?? "sandbox-keywordsai-token",
    ),
});

class ProviderApi {
  readonly #providers: StoredProvider[];

  constructor(
    private readonly brand: Brand,
    seed: Seed,
    private readonly switches: Switches,
    private readonly environment: VendorEnvironment,
  ) {
    const started = this.#timestamp();
    this.#providers = (seed.providers ?? []).map(
      ({ api_key = null, extra_kwargs = {}, is_managed = false, created_at = started, ...rest }) => ({
        ...rest,
        api_key,
        extra_kwargs,
        is_managed,
        created_at,
        updated_at: rest.updated_at ?? created_at,
      }),
    );
  }

  gateway(token: string): VendorGateway {
    const { list, rateLimit = false } = this.switches;
    const query = list === "envelope" ? ["page"] : [];
    const window = new RateWindow(rateLimit === true ? 60 : Number(rateLimit), 60_000, this.environment.now);
    return {
      token,
      routes: [
        { method: "GET", path: "/api/providers/", query, handle: (call) => this.#list(call) },
        { method: "GET", path: "/api/providers/{id}/", handle: (call) => this.#retrieve(call) },
        { method: "PATCH", path: "/api/providers/{id}/", handle: (call) => this.#update(call) },
      ],
      refuse: (refusal) => ({ status: refusal.status, json: { detail: this.#detail(refusal) } }),
      ...(rateLimit !== false && { admit: () => admit(window) }),
      stored: (id) => {
        const found = this.#stored(id);
        return found && structuredClone({ ...found });
      },
    };
  }

  /** The documented texts where there is one. */
  #detail({ kind, message }: Refusal): string {
    switch (kind) {
      case "missing-token":
        return "Authentication credentials were not provided.";
      case "wrong-token":
        return `Your API key is invalid or expired, please check it at ${this.brand.site}`;
      case "unknown-route":
        return "Not found.";
      case "malformed-body":
        return "Invalid request format";
      default:
        return message;
    }
  }

  #list({ query }: RouteCall): WireReply {
    const all = this.#providers.map((provider) => this.#shown(provider));
    if (this.switches.list !== "envelope") return { status: 200, json: all };
    const size = this.switches.pageSize ?? 50;
    const last = Math.max(1, Math.ceil(all.length / size));
    const text = query.get("page") ?? "1";
    const page = Number(text);
    if (!/^[1-9]\d*$/.test(text) || page > last) return notFound();
    const link = (to: number) => `${this.environment.origin()}/api/providers/?page=${to}`;
    return {
      status: 200,
      json: {
        count: all.length,
        next: page < last ? link(page + 1) : null,
        previous: page > 1 ? link(page - 1) : null,
        results: all.slice((page - 1) * size, page * size),
      },
    };
  }

  #retrieve({ id }: RouteCall): WireReply {
    const provider = this.#addressed(id);
    return provider === undefined ? notFound() : { status: 200, json: this.#shown(provider) };
  }

  #update({ id, body }: RouteCall): WireReply {
    const provider = this.#addressed(id);
    if (provider === undefined) return notFound();
    const parsed = updateBody.safeParse(body);
    if (!parsed.success) return this.#invalid(fieldErrors(parsed.error));
    const locked = this.#lockedFields(provider, parsed.data);
    if (Object.keys(locked).length > 0) return this.#invalid(locked);

    const { extra_kwargs, ...fields } = parsed.data;
    Object.assign(provider, fields);
    if (extra_kwargs !== undefined) {
      provider.extra_kwargs =
        this.switches.extraKwargs === "merge" ? { ...provider.extra_kwargs, ...extra_kwargs } : extra_kwargs;
    }
    if (Object.keys(parsed.data).length > 0) provider.updated_at = this.#timestamp();
    return { status: 200, json: this.#shown(provider) };
  }

  /** The pages say that a managed provider's critical fields cannot be changed, not which they are. */
  #lockedFields(provider: StoredProvider, body: UpdateBody): Record<string, string[]> {
    if (!provider.is_managed) return {};
    const critical = this.switches.managedCriticalFields ?? ["provider_name", "api_key", "extra_kwargs"];
    return Object.fromEntries(
      critical
        .filter((field) => body[field] !== undefined)
        .map((field) => [field, [`Cannot modify '${field}' for ${this.brand.name} managed providers.`]]),
    );
  }

  #invalid(errors: Record<string, string[]>): WireReply {
    const { validationStatus: status = 422, validationBody = "wrapped" } = this.switches;
    return { status, json: validationBody === "bare" ? errors : { detail: "Validation error", errors } };
  }

  #addressed(id: string): StoredProvider | undefined {
    if (this.switches.identifier === "provider_id") return this.#providers.find((one) => one.provider_id === id);
    return this.#providers.find((one) => String(one.pk) === id);
  }

  #stored(id: string | number): StoredProvider | undefined {
    return (
      this.#providers.find((one) => one.provider_id === id) ?? this.#providers.find((one) => String(one.pk) === `${id}`)
    );
  }

  #shown({ provider_id, provider_name, created_at, updated_at, extra_kwargs }: StoredProvider) {
    return {
      id: provider_id,
      provider_id,
      provider_name,
      ...(this.switches.returnsExtraKwargs === true && { extra_kwargs: this.#shownKwargs(extra_kwargs) }),
      created_at,
      updated_at,
    };
  }

  /** Which keys count as secret is not documented, so only those the pages name are shown. */
  #shownKwargs(stored: Record<string, unknown>): Record<string, unknown> {
    const harmless = ["base_url", "timeout", "temperature", "max_tokens", "region"];
    const entries = Object.entries(stored);
    if (this.switches.secretKwargs === "masked") {
      return Object.fromEntries(entries.map(([key, value]) => [key, harmless.includes(key) ? value : "********"]));
    }
    return Object.fromEntries(entries.filter(([key]) => harmless.includes(key)));
  }

  #timestamp(): string {
    return new Date(this.environment.now()).toISOString();
  }
}

// https://respan.ai/docs/documentation/resources/reference/api-rate-limits
/** The wait stands in the body only; no header is documented. */
function admit(window: RateWindow): WireReply | undefined {
  const waitMs = window.take();
  if (waitMs === 0) return undefined;
  return { status: 429, json: { detail: "Rate limit exceeded", retry_after: Math.ceil(waitMs / 1000) } };
}

function notFound(): WireReply {
  return { status: 404, json: { detail: "Not found." } };
}

function fieldErrors({ issues }: z.ZodError): Record<string, string[]> {
  const errors: Record<string, string[]> = {};
  for (const issue of issues) {
    const fields = issue.code === "unrecognized_keys" ? issue.keys : [String(issue.path[0] ?? "non_field_errors")];
    const message = issue.code === "unrecognized_keys" ? "This field is not accepted." : issue.message;
    for (const field of fields) errors[field] = [...(errors[field] ?? []), message];
  }
  return errors;
}

function isUnique(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}
