import { z } from "zod";
import {
  defineVendorSandbox,
  type Refusal,
  type RouteCall,
  SandboxConfigurationError,
  type VendorEnvironment,
  type VendorGateway,
  type WireReply,
} from "../../src/sandbox/index.ts";

const basePath = "/api/llm-gateway";
const text = z.string().min(1);
const uuid = z.guid().toLowerCase();
const object = z.record(z.string(), z.unknown());
const url = z.url({ protocol: /^https?$/ });
const time = z.iso.datetime({ offset: true, local: true });
const billingReason = z.enum(["subscription", "local", "external", "other"]);
const billingNote = z.string().trim().max(200);

// https://docs.barndoor.ai/api-reference/llm-gateway/credentials/createCredential
/** The secret each `auth_type` takes: a key, an object in `credentials`, none; undefined where no page shows it. */
const secrets: Readonly<Record<string, "api_key" | "none" | z.ZodType>> = {
  api_key: "api_key",
  bearer_api_key: "api_key",
  x_api_key: "api_key",
  azure_api_key: "api_key",
  azure_foundry_api_key: "api_key",
  bedrock_api_key: "api_key",
  aws_role: z.strictObject({ iam_role_arn: text, external_id: text.optional() }),
  aws_keys: z.strictObject({ access_key_id: text, secret_access_key: text }),
  aws_static_credentials: z.strictObject({ access_key_id: text, secret_access_key: text }),
  google_service_account: z.looseObject({ client_email: text, private_key: text }),
  azure_entra_client_secret: z.strictObject({ tenant_id: text, client_id: text, client_secret: text }),
  google_adc: "none",
  oauth_passthrough: "none",
  claude_oauth: "none",
  codex_oauth: "none",
};

/** What each family takes, its default first; `*` is every other family. */
const authTypes: Readonly<Record<"docs" | "newer", Readonly<Record<string, readonly string[]>>>> = {
  docs: {
    bedrock: ["aws_role", "aws_keys", "bedrock_api_key"],
    vertex: ["google_adc", "google_service_account", "google_impersonation"],
    anthropic: ["api_key", "oauth_passthrough"],
    openai: ["api_key", "oauth_passthrough"],
    "*": ["api_key"],
  },
  newer: {
    bedrock: ["aws_role", "aws_static_credentials", "bedrock_api_key"],
    vertex: ["google_adc", "google_service_account", "google_service_account_impersonation"],
    anthropic: ["x_api_key", "claude_oauth"],
    openai: ["bearer_api_key", "codex_oauth"],
    azure_openai: ["azure_api_key", "azure_entra_client_secret"],
    azure_foundry: ["azure_foundry_api_key", "azure_entra_client_secret"],
    "*": ["bearer_api_key"],
  },
};
const twoSecrets = "A connection_id and an inline key exclude each other.";
const oauth = ["oauth_passthrough", "claude_oauth", "codex_oauth"];
const unprobed = ["bedrock", "vertex", "azure_openai", "azure_foundry"];
const withoutV1 = [
  ...["openai", "anthropic", "groq", "together", "mistral", "cohere", "xai"],
  ...["fireworks", "perplexity", "openrouter", "deepseek", "custom", "typesafe"],
];

const switches = z.strictObject({
  /** The verb that updates a provider. Default both. */
  updateMethod: z.enum(["PATCH", "PUT", "both"]).optional(),
  /** The status of the wrong verb: 405 (default), or a bare 404 in plain text. */
  wrongMethod: z.union([z.literal(405), z.literal(404)]).optional(),
  /** Whether a provider may hold its own key; newer platforms refuse it, and with it a detach. Default accepted. */
  inlineKeys: z.enum(["accepted", "refused"]).optional(),
  /** Which words `auth_type` takes. Default docs. */
  authTypes: z.enum(["docs", "newer"]).optional(),
  /** The highest timeouts in seconds. Default 3600 and 1800; newer platforms take 600 and 300. */
  timeoutCeilings: z
    .strictObject({ request: z.int().positive().optional(), streamIdle: z.int().positive().optional() })
    .optional(),
  /** Whether attaching sets the connection's base URL (default) or leaves the provider its own. */
  attachedBaseUrl: z.enum(["connection", "own"]).optional(),
  /** Whether a base URL may end in `/v1` where the family is OpenAI-compatible. Default accepted. */
  trailingV1: z.enum(["accepted", "refused"]).optional(),
  /** What a probe finds, and how long after a key or connection change a read shows it. Default healthy, 0 ms. */
  probeResult: z.enum(["healthy", "unhealthy"]).optional(),
  probeDelayMs: z.int().nonnegative().optional(),
  /** Timestamps with `Z` (default), or without an offset. */
  timestamps: z.enum(["utc", "offsetless"]).optional(),
  /** All fields of a reply (default), or only those of the reference page's sample, unset ids left out. */
  replyFields: z.enum(["all", "sample"]).optional(),
});

const shared = {
  id: uuid,
  name: text,
  /** The upstream, e.g. `openai`; its family decides which `auth_type` it takes. */
  model_provider: text,
  api_key: text.optional(),
  credentials: object.optional(),
  settings: object.optional(),
  last_change_note: z.string().max(500).optional(),
  created_at: time.optional(),
  updated_at: time.optional(),
};
const seedConnection = z.strictObject({ ...shared, base_url: url, auth_type: text.optional() });
const seedProvider = z.strictObject({
  ...shared,
  /** Left out: the connection's. */
  base_url: url.optional(),
  auth_type: text.optional(),
  connection_id: uuid.optional(),
  catalog_id: uuid.optional(),
  catalog_slug: text.optional(),
  enabled: z.boolean().optional(),
  request_timeout_secs: z.int().positive().optional(),
  stream_idle_timeout_secs: z.int().positive().optional(),
  enforce_health_check: z.boolean().optional(),
  billing_mode: z.enum(["per_token", "not_metered"]).optional(),
  billing_reason: billingReason.optional(),
  billing_note: billingNote.optional(),
  model_sync_mode: z.enum(["off", "additive", "full"]).optional(),
  health_status: z.enum(["unverified", "healthy", "unhealthy"]).optional(),
  health_detail: text.optional(),
  health_checked_at: time.optional(),
});
const seed = z.strictObject({
  token: text.optional(),
  org_id: uuid.optional(),
  connections: z.array(seedConnection).optional(),
  providers: z.array(seedProvider).optional(),
});

// https://docs.barndoor.ai/api-reference/llm-gateway/providers/createProvider and updateProvider
/** Null clears a tri-state field; elsewhere the server reads it as omitted. */
const updateBody = ({ request = 3600, streamIdle = 1800 }: NonNullable<Switches["timeoutCeilings"]> = {}) =>
  z.strictObject({
    connection_id: uuid.nullish(),
    request_timeout_secs: z.int().min(1).max(request).nullish(),
    stream_idle_timeout_secs: z.int().min(1).max(streamIdle).nullish(),
    billing_reason: billingReason.nullish(),
    billing_note: billingNote.nullish(),
    name: text.nullish(),
    base_url: url.nullish(),
    auth_type: text.nullish(),
    api_key: text.nullish(),
    credentials: object.nullish(),
    settings: object.nullish(),
    enabled: z.boolean().nullish(),
    enforce_health_check: z.boolean().nullish(),
    billing_mode: z.enum(["per_token", "not_metered"]).nullish(),
    model_sync_mode: z.enum(["off", "additive", "full"]).nullish(),
    change_note: z.string().max(500).nullish(),
  });

type Seed = z.infer<typeof seed>;
type Switches = z.infer<typeof switches>;
type UpdateBody = z.infer<ReturnType<typeof updateBody>>;
type Connection = ReturnType<typeof storedConnection>;
type Provider = ReturnType<typeof storedProvider>;
type Binding = Pick<Provider, "connection_id" | "auth_type" | "api_key" | "credentials">;

/** A rule that a body breaks; the record stays as it was. */
class Refused extends Error {
  constructor(
    message: string,
    readonly status = 400,
    readonly type = "invalid_request_error",
  ) {
    super(message);
  }
}

export const barndoorSandbox = defineVendorSandbox({
  name: "barndoor",
  basePath,
  seed,
  switches,
  open: (seed, switches, environment) => new GatewayApi(seed, switches, environment).gateway(),
});

class GatewayApi {
  readonly #connections = new Map<string, Connection>();
  readonly #providers = new Map<string, Provider>();
  readonly #probesDue = new Map<string, number>();

  constructor(
    private readonly seed: Seed,
    private readonly switches: Switches,
    private readonly environment: VendorEnvironment,
  ) {
    const started = this.#timestamp();
    for (const [index, one] of (seed.connections ?? []).entries()) {
      planted(this.#connections, `connections[${index}]`, () => {
        const connection = storedConnection(one, this.#words(one)[0] ?? "", started);
        this.#checkSecret(connection);
        return connection;
      });
    }
    for (const [index, one] of (seed.providers ?? []).entries()) {
      planted(this.#providers, `providers[${index}]`, () => {
        const connection = one.connection_id === undefined ? undefined : this.#attachable(one, one.connection_id);
        const provider = storedProvider(one, connection, this.#words(one)[0] ?? "", started);
        if (connection === undefined) this.#checkSecret(provider);
        else if (provider.api_key !== null || provider.credentials !== null) throw new Refused(twoSecrets);
        checkRules(provider);
        return provider;
      });
    }
  }

  gateway(): VendorGateway {
    const { updateMethod = "both" } = this.switches;
    const providers = `${basePath}/admin/providers`;
    const connections = `${basePath}/admin/connections`;
    const shownNow = (one: Provider) => this.#shown(this.#probed(one));
    const connection = (one: Connection) => this.#shownConnection(one);
    const update = ({ id, body }: RouteCall) => onOne(this.#providers, id, (one) => this.#update(one, body));
    return {
      token: this.seed.token ?? "sandbox-barndoor-token",
      routes: [
        { method: "GET", path: providers, handle: () => listed(this.#providers, shownNow) },
        { method: "GET", path: `${providers}/{id}`, handle: ({ id }) => onOne(this.#providers, id, shownNow) },
        { method: "GET", path: connections, handle: () => listed(this.#connections, connection) },
        { method: "GET", path: `${connections}/{id}`, handle: ({ id }) => onOne(this.#connections, id, connection) },
        ...["PATCH", "PUT"]
          .filter((method) => updateMethod === "both" || updateMethod === method)
          .map((method) => ({ method, path: `${providers}/{id}`, handle: update })),
      ],
      refuse: (refusal) => this.#refuse(refusal),
      stored: (id) => {
        const key = String(id).toLowerCase();
        const found = this.#providers.get(key) ?? this.#connections.get(key);
        return found && structuredClone({ ...found });
      },
    };
  }

  #update(provider: Provider, sent: unknown): unknown {
    const body = read(updateBody(this.switches.timeoutCeilings), sent);
    const binding = this.#nextBinding(provider, body);
    const next: Provider = {
      ...provider,
      ...binding,
      name: body.name ?? provider.name,
      base_url: this.#nextBaseUrl(provider, binding, body),
      settings: body.settings ?? provider.settings,
      enabled: body.enabled ?? provider.enabled,
      enforce_health_check: body.enforce_health_check ?? provider.enforce_health_check,
      model_sync_mode: body.model_sync_mode ?? provider.model_sync_mode,
      billing_mode: body.billing_mode ?? provider.billing_mode,
      billing_reason: kept(body.billing_reason, provider.billing_reason),
      billing_note: kept(body.billing_note, provider.billing_note) || null,
      request_timeout_secs: kept(body.request_timeout_secs, provider.request_timeout_secs),
      stream_idle_timeout_secs: kept(body.stream_idle_timeout_secs, provider.stream_idle_timeout_secs),
      last_change_note: body.change_note ?? null,
      updated_at: this.#timestamp(),
    };
    if (next.billing_mode === "per_token" && body.billing_reason) throw new Refused("A reason needs not_metered.");
    checkRules(next);
    const isRebound = next.connection_id !== provider.connection_id;
    Object.assign(provider, next);
    if (isRebound || holdsSecret(body)) this.#startProbe(provider);
    return this.#shown(provider);
  }

  #nextBinding(provider: Provider, body: UpdateBody): Binding {
    const { connection_id } = body;
    const isInline = holdsSecret(body);
    if (isInline && this.switches.inlineKeys === "refused") {
      throw new Refused("A provider cannot hold its own key; create a credential and set connection_id.");
    }
    if (typeof connection_id === "string") {
      if (isInline) throw new Refused(twoSecrets);
      const { auth_type } = this.#attachable(provider, connection_id);
      return { connection_id, auth_type, api_key: null, credentials: null };
    }
    const auth_type = body.auth_type ?? provider.auth_type;
    if (connection_id === null) this.#checkDetach(auth_type, isInline);
    else if (provider.connection_id !== null) {
      if (isInline || auth_type !== provider.auth_type)
        throw new Refused("The connection supplies the key and its type.");
      return provider;
    }
    if (!isInline && auth_type === provider.auth_type) return { ...provider, connection_id: null };
    const inline = { api_key: body.api_key ?? null, credentials: body.credentials ?? null };
    this.#checkSecret({ ...inline, auth_type, model_provider: provider.model_provider });
    return { ...inline, auth_type, connection_id: null };
  }

  /** On newer platforms only request-scoped OAuth may leave a connection. */
  #checkDetach(auth_type: string, isInline: boolean): void {
    const isAllowed = this.switches.inlineKeys === "refused" ? oauth.includes(auth_type) : isInline;
    if (!isAllowed) throw new Refused("connection_id can be null only together with a new api_key or credentials.");
  }

  #attachable({ model_provider }: { model_provider: string }, id: string): Connection {
    const connection = this.#connections.get(id);
    if (connection === undefined) throw new Refused("The connection was not found.", 404, "not_found_error");
    if (connection.model_provider === model_provider) return connection;
    throw new Refused("The connection belongs to another model_provider.");
  }

  #words({ model_provider }: { model_provider: string }): readonly string[] {
    const vocabulary = authTypes[this.switches.authTypes ?? "docs"];
    return (Object.hasOwn(vocabulary, model_provider) ? vocabulary[model_provider] : vocabulary["*"]) ?? [];
  }

  #checkSecret(one: Pick<Connection, "model_provider" | "auth_type" | "api_key" | "credentials">): void {
    const words = this.#words(one);
    if (!words.includes(one.auth_type)) throw new Refused(`auth_type must be one of ${words.join(", ")} here.`);
    if (one.api_key !== null && one.credentials !== null) throw new Refused("Send api_key or credentials, not both.");
    const isNewerRole = one.auth_type === "aws_role" && this.switches.authTypes === "newer";
    const expected = isNewerRole ? "none" : secrets[one.auth_type];
    if (expected === undefined) throw new Refused(`What ${one.auth_type} takes is not documented.`);
    if (expected !== "api_key" && one.api_key !== null) throw new Refused(`${one.auth_type} takes no api_key.`);
    if (typeof expected === "string" && one.credentials !== null) {
      throw new Refused(`${one.auth_type} takes no credentials.`);
    }
    if (expected === "api_key" && one.api_key === null) throw new Refused(`${one.auth_type} needs an api_key.`);
    if (typeof expected !== "string") read(expected, one.credentials, "credentials");
  }

  #nextBaseUrl(provider: Provider, { connection_id, auth_type }: Binding, body: UpdateBody): string {
    const { attachedBaseUrl = "connection", trailingV1 = "accepted" } = this.switches;
    const own = body.base_url ?? undefined;
    const isPicky =
      trailingV1 === "refused" && auth_type !== "codex_oauth" && withoutV1.includes(provider.model_provider);
    if (own !== undefined && isPicky && /\/v1\/?$/.test(own)) {
      throw new Refused(`base_url must not end in /v1; use ${own.replace(/\/v1\/?$/, "")}`);
    }
    if (own !== undefined || attachedBaseUrl === "own") return own ?? provider.base_url;
    const isAttached = connection_id !== null && connection_id !== provider.connection_id;
    return (isAttached && this.#connections.get(connection_id)?.base_url) || provider.base_url;
  }

  /** Only key types of these families are probed; the write's own reply always says unverified. */
  #startProbe(provider: Provider): void {
    Object.assign(provider, { health_status: "unverified", health_detail: null, health_checked_at: null });
    this.#probesDue.delete(provider.id);
    if (unprobed.includes(provider.model_provider) || oauth.includes(provider.auth_type)) return;
    this.#probesDue.set(provider.id, this.environment.now() + (this.switches.probeDelayMs ?? 0));
  }

  #probed(provider: Provider): Provider {
    const due = this.#probesDue.get(provider.id);
    if (due === undefined || this.environment.now() < due) return provider;
    this.#probesDue.delete(provider.id);
    const health_status = this.switches.probeResult ?? "healthy";
    const health_detail = health_status === "healthy" ? null : "The upstream refused the key.";
    return Object.assign(provider, { health_status, health_detail, health_checked_at: new Date(due).toISOString() });
  }

  // https://docs.barndoor.ai/api-reference/llm-gateway/providers/getProvider
  #shown({ api_key, credentials, ...provider }: Provider): unknown {
    const { id, name, model_provider, auth_type, base_url, enabled, catalog_id, connection_id } = provider;
    const { request_timeout_secs, stream_idle_timeout_secs } = provider;
    const supplied = this.#connections.get(connection_id ?? "")?.settings ?? {};
    const settings = { ...supplied, ...provider.settings };
    const org_id = this.#organization();
    if (this.switches.replyFields === "sample") {
      const core = { id, org_id, name, model_provider, auth_type, base_url, enabled, settings };
      return { ...core, ...without({ catalog_id, connection_id }), request_timeout_secs, stream_idle_timeout_secs };
    }
    const { catalog_slug, billing_reason, billing_note, health_detail, health_checked_at, ...always } = provider;
    return {
      ...this.#stamped(always, connection_id === null ? `organizations/${org_id}/providers/${id}` : "pending"),
      settings,
      ...without({ catalog_slug, billing_reason, billing_note, health_detail }),
      ...without({ health_checked_at: health_checked_at && this.#written(health_checked_at) }),
    };
  }

  // https://docs.barndoor.ai/api-reference/llm-gateway/credentials/getCredential
  #shownConnection({ api_key, credentials, ...connection }: Connection): unknown {
    return {
      ...this.#stamped(connection, `organizations/${this.#organization()}/connections/${connection.id}`),
      stores_key_material: api_key !== null || credentials !== null,
      key_last4: api_key !== null && api_key.length >= 8 ? api_key.slice(-4) : null,
    };
  }

  #stamped<Fields extends { created_at: string; updated_at: string }>(fields: Fields, secret_path: string) {
    return {
      ...fields,
      org_id: this.#organization(),
      secret_path,
      created_at: this.#written(fields.created_at),
      updated_at: this.#written(fields.updated_at),
      created_by_user_id: null,
      created_by_name: null,
      created_by_email: null,
      last_modified_by_user_id: null,
      last_modified_by_name: null,
      last_modified_by_email: null,
      last_modified_at: this.#written(fields.updated_at),
    };
  }

  #refuse({ kind, status, message }: Refusal): WireReply {
    const isBare = kind === "wrong-method" && this.switches.wrongMethod === 404;
    if (kind === "unknown-route" || isBare) return { status: 404, text: "404 page not found" };
    return failure(status, message, status === 401 ? "authentication_error" : "invalid_request_error");
  }

  #organization(): string {
    return this.seed.org_id ?? "00000000-0000-4000-8000-000000000001";
  }

  #timestamp(): string {
    return new Date(this.environment.now()).toISOString();
  }

  #written(time: string): string {
    return this.switches.timestamps === "offsetless" ? time.replace(/Z$/, "") : time;
  }
}

function storedConnection(seed: z.infer<typeof seedConnection>, defaultType: string, started: string) {
  const { auth_type = defaultType, api_key = null, credentials = null, settings = {}, created_at = started } = seed;
  const { updated_at = created_at, last_change_note = null } = seed;
  return { ...seed, auth_type, api_key, credentials, settings, created_at, updated_at, last_change_note };
}

function storedProvider(
  seed: z.infer<typeof seedProvider>,
  connection: Connection | undefined,
  defaultType: string,
  started: string,
) {
  const base_url = seed.base_url ?? connection?.base_url;
  if (base_url === undefined) throw new Refused("expected a base_url, or a connection that has one");
  const { billing_mode = "per_token", model_sync_mode = "off", health_status = "unverified" } = seed;
  return {
    ...storedConnection(
      { ...seed, base_url, auth_type: connection?.auth_type ?? seed.auth_type },
      defaultType,
      started,
    ),
    connection_id: seed.connection_id ?? null,
    catalog_id: seed.catalog_id ?? null,
    catalog_slug: seed.catalog_slug ?? null,
    enabled: seed.enabled ?? true,
    request_timeout_secs: seed.request_timeout_secs ?? null,
    stream_idle_timeout_secs: seed.stream_idle_timeout_secs ?? null,
    enforce_health_check: seed.enforce_health_check ?? true,
    billing_mode,
    billing_reason: seed.billing_reason ?? null,
    billing_note: seed.billing_note || null,
    model_sync_mode,
    health_status,
    health_detail: seed.health_detail ?? null,
    health_checked_at: seed.health_checked_at ?? null,
  };
}

function checkRules({ billing_mode, billing_reason, model_sync_mode, catalog_id }: Provider): void {
  if (billing_mode === "not_metered" && billing_reason === null)
    throw new Refused("not_metered needs a billing_reason.");
  if (model_sync_mode !== "off" && catalog_id === null) throw new Refused("model_sync_mode needs a catalog entry.");
}

function planted<Kind extends { id: string }>(into: Map<string, Kind>, where: string, make: () => Kind): void {
  const misplanted = (message: string) => new SandboxConfigurationError([{ path: `barndoor.seed.${where}`, message }]);
  try {
    const one = make();
    if (into.has(one.id)) throw new Refused("expected every id only once");
    into.set(one.id, one);
  } catch (error) {
    throw error instanceof Refused ? misplanted(error.message) : error;
  }
}

function listed<Kind>(all: ReadonlyMap<string, Kind>, show: (one: Kind) => unknown): WireReply {
  return { status: 200, json: [...all.values()].map(show) };
}

function onOne<Kind>(all: ReadonlyMap<string, Kind>, id: string, show: (one: Kind) => unknown): WireReply {
  try {
    const one = all.get(read(uuid, id, "id"));
    if (one === undefined) throw new Refused("Nothing with this id was found.", 404, "not_found_error");
    return { status: 200, json: show(one) };
  } catch (error) {
    if (error instanceof Refused) return failure(error.status, error.message, error.type);
    throw error;
  }
}

function read<Value>(schema: z.ZodType<Value>, value: unknown, part = "body"): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Refused(parsed.error.issues.map(({ path, message }) => `${path.join(".") || part}: ${message}`).join("; "));
}

function failure(status: number, message: string, type: string): WireReply {
  return { status, json: { error: { message, type } } };
}

/** Tri-state: omitted keeps, null clears, a value sets. */
function kept<Value>(given: Value | null | undefined, stored: Value | null): Value | null {
  return given === undefined ? stored : given;
}

function holdsSecret(body: UpdateBody): boolean {
  return (body.api_key ?? body.credentials ?? null) !== null;
}

function without(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
