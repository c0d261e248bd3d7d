import type { z } from "zod";
import {
  defineVendorSandbox,
  RateWindow,
  type Refusal,
  type RouteCall,
  type VendorEnvironment,
  type VendorGateway,
  type WireReply,
} from "../../src/sandbox/index.ts";
import {
  createBody,
  type Seed,
  type Switches,
  seed,
  switches,
  type UpdateBody,
  updateBody,
} from "./sandbox/configuration.ts";

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
        { method: "POST", path: "/api/providers/", handle: (call) => this.#create(call) },
        { method: "PATCH", path: "/api/providers/{id}/", handle: (call) => this.#update(call) },
        { method: "DELETE", path: "/api/providers/{id}/", handle: (call) => this.#remove(call) },
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
    return this.#change(provider, parsed.data);
  }

  #change(provider: StoredProvider, body: UpdateBody): WireReply {
    const locked = this.#lockedFields(provider, body);
    if (Object.keys(locked).length > 0) return this.#invalid(locked);

    const { extra_kwargs, ...fields } = body;
    Object.assign(provider, fields);
    if (extra_kwargs !== undefined) {
      provider.extra_kwargs =
        this.switches.extraKwargs === "merge" ? { ...provider.extra_kwargs, ...extra_kwargs } : extra_kwargs;
    }
    if (Object.keys(body).length > 0) provider.updated_at = this.#timestamp();
    return { status: 200, json: this.#shown(provider) };
  }

  #create({ body }: RouteCall): WireReply {
    const parsed = createBody.safeParse(body);
    if (!parsed.success) return this.#invalid(fieldErrors(parsed.error));
    const { provider_id, ...fields } = parsed.data;
    const existing = this.#providers.find((one) => one.provider_id === provider_id);
    if (existing !== undefined) {
      if (this.switches.existing !== "refused") return this.#change(existing, fields);
      // The newest pages list a 400 and show no body of it: the general error page's form.
      return { status: 400, json: { detail: "Invalid request format" } };
    }
    const { provider_name, api_key = null, extra_kwargs = {} } = fields;
    const now = this.#timestamp();
    const pk = 1 + Math.max(0, ...this.#providers.map((one) => one.pk));
    const times = { created_at: now, updated_at: now };
    const made = { pk, provider_id, provider_name, api_key, extra_kwargs, is_managed: false, ...times };
    this.#providers.push(made);
    return { status: 201, json: this.#shown(made) };
  }

  #remove({ id }: RouteCall): WireReply {
    const provider = this.#addressed(id);
    if (provider === undefined) return notFound();
    // The one error of these pages that comes under `error`, with the brand's name in it.
    if (provider.is_managed)
      return { status: 403, json: { error: `Cannot delete managed provider. ${this.brand.name} owns it.` } };
    this.#providers.splice(this.#providers.indexOf(provider), 1);
    return { status: 204, text: "" };
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
