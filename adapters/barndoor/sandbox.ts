import {
  defineVendorSandbox,
  type Refusal,
  type RouteCall,
  type VendorEnvironment,
  type VendorGateway,
  type WireReply,
} from "../../src/sandbox/index.ts";
import {
  type Binding,
  type Connection,
  checkRules,
  failure,
  holdsSecret,
  kept,
  listed,
  onOne,
  type Provider,
  planted,
  Refused,
  read,
  storedConnection,
  storedProvider,
  without,
} from "./sandbox/records.ts";
import { type Seed, type Switches, seed, switches, type UpdateBody, updateBody } from "./sandbox/schema.ts";
import { authTypes, oauth, secrets, twoSecrets, unprobed, withoutV1 } from "./sandbox/vocabulary.ts";

const basePath = "/api/llm-gateway";

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
