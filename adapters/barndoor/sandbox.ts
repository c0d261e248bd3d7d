import {
  defineVendorSandbox,
  type Refusal,
  type RouteCall,
  type VendorEnvironment,
  type VendorGateway,
  type WireReply,
} from "../../src/sandbox/index.ts";
import { newConnection, newProvider } from "./sandbox/creation.ts";
import { Probes } from "./sandbox/probes.ts";
import {
  answered,
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
} from "./sandbox/records.ts";
import { Replies } from "./sandbox/replies.ts";
import {
  checkBaseUrl,
  checkSecret,
  type Kind,
  nextSecret,
  nextSettings,
  type Rules,
  rulesOf,
  wordsOf,
} from "./sandbox/rules.ts";
import {
  connectionBody,
  newConnectionBody,
  newProviderBody,
  type Seed,
  seed,
  switches,
  type UpdateBody,
  updateBody,
} from "./sandbox/schema.ts";
import { withLogin } from "./sandbox/token.ts";
import { derivedSettings, inlineKey, oauth, twoSecrets } from "./sandbox/vocabulary.ts";

const basePath = "/api/llm-gateway";

export const barndoorSandbox = defineVendorSandbox({
  name: "barndoor",
  basePath,
  seed,
  switches,
  open: (seed, switches, environment) =>
    withLogin(new GatewayApi(seed, rulesOf(switches), environment).gateway(), seed, switches, environment),
});

class GatewayApi {
  readonly #connections = new Map<string, Connection>();
  readonly #providers = new Map<string, Provider>();
  readonly #probes: Probes;
  readonly #replies: Replies;
  #made = 0;

  constructor(
    private readonly seed: Seed,
    private readonly rules: Rules,
    private readonly environment: VendorEnvironment,
  ) {
    this.#probes = new Probes(rules, environment);
    this.#replies = new Replies(rules, seed.org_id ?? "00000000-0000-4000-8000-000000000001");
    const started = this.#timestamp();
    for (const [index, one] of (seed.connections ?? []).entries()) {
      planted(this.#connections, `connections[${index}]`, () => {
        const connection = storedConnection(one, this.#defaultType("connection", one), started);
        checkSecret(rules, "connection", connection);
        return connection;
      });
    }
    for (const [index, one] of (seed.providers ?? []).entries()) {
      planted(this.#providers, `providers[${index}]`, () => {
        const connection = one.connection_id === undefined ? undefined : this.#attachable(one, one.connection_id);
        const provider = storedProvider(one, connection, this.#defaultType("provider", one), started);
        if (connection === undefined) checkSecret(rules, "provider", provider);
        else if (provider.api_key !== null || provider.credentials !== null) throw new Refused(twoSecrets);
        checkRules(provider);
        return provider;
      });
    }
  }

  gateway(): VendorGateway {
    const { updateMethod = "both" } = this.rules;
    const providers = `${basePath}/admin/providers`;
    const connections = `${basePath}/admin/connections`;
    const shownNow = (one: Provider) => this.#shown(this.#probes.settled(one));
    const connection = (one: Connection) => this.#replies.connection(one);
    const updates = {
      [`${providers}/{id}`]: ({ id, body }: RouteCall) => onOne(this.#providers, id, (one) => this.#update(one, body)),
      [`${connections}/{id}`]: ({ id, body }: RouteCall) =>
        onOne(this.#connections, id, (one) => this.#updateConnection(one, body)),
    };
    const removals = {
      [`${providers}/{id}`]: ({ id }: RouteCall) => onOne(this.#providers, id, (one) => this.#remove(one)),
      [`${connections}/{id}`]: ({ id }: RouteCall) =>
        onOne(this.#connections, id, (one) => this.#removeConnection(one)),
    };
    return {
      token: this.seed.token ?? "sandbox-barndoor-token",
      routes: [
        { method: "GET", path: providers, handle: () => listed(this.#providers, shownNow) },
        { method: "GET", path: `${providers}/{id}`, handle: ({ id }) => onOne(this.#providers, id, shownNow) },
        { method: "POST", path: providers, handle: ({ body }) => answered(() => this.#create(body)) },
        { method: "GET", path: connections, handle: () => listed(this.#connections, connection) },
        { method: "POST", path: connections, handle: ({ body }) => answered(() => this.#createConnection(body)) },
        { method: "GET", path: `${connections}/{id}`, handle: ({ id }) => onOne(this.#connections, id, connection) },
        ...Object.entries(removals).map(([path, handle]) => ({ method: "DELETE", path, handle })),
        ...["PATCH", "PUT"]
          .filter((method) => updateMethod === "both" || updateMethod === method)
          .flatMap((method) => Object.entries(updates).map(([path, handle]) => ({ method, path, handle }))),
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
    const body = read(updateBody(this.rules.ceilings), sent);
    const binding = this.#nextBinding(provider, body);
    const next: Provider = {
      ...provider,
      ...binding,
      name: body.name ?? provider.name,
      base_url: this.#nextBaseUrl(provider, binding, body),
      settings: this.#nextSettings(provider, binding, body),
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
    if (isRebound || holdsSecret(body)) this.#probes.start(provider);
    return this.#shown(provider);
  }

  #create(sent: unknown): unknown {
    const body = read(newProviderBody(this.rules.ceilings), sent);
    const connection = body.connection_id === undefined ? undefined : this.#attachable(body, body.connection_id);
    const provider = newProvider(this.rules, body, connection, this.#fresh());
    this.#providers.set(provider.id, provider);
    this.#probes.start(provider);
    return this.#shown(provider);
  }

  #createConnection(sent: unknown): unknown {
    const connection = newConnection(this.rules, read(newConnectionBody, sent), this.#fresh());
    this.#connections.set(connection.id, connection);
    return this.#replies.connection(connection);
  }

  #remove({ id }: Provider): unknown {
    this.#providers.delete(id);
    this.#probes.forget(id);
    return { deleted: true };
  }

  #removeConnection({ id }: Connection): unknown {
    const users = [...this.#providers.values()].filter(({ connection_id }) => connection_id === id);
    if (users.length > 0) {
      const names = users.map(({ name }) => name).join(", ");
      throw new Refused(`The credential is in use by: ${names}.`, 409, "conflict_error");
    }
    this.#connections.delete(id);
    return { deleted: true };
  }

  #updateConnection(connection: Connection, sent: unknown): unknown {
    const body = read(connectionBody, sent);
    const { auth_type, ...secret } = nextSecret(this.rules, "connection", connection, body);
    const base_url = body.base_url ?? connection.base_url;
    if (typeof body.base_url === "string") checkBaseUrl(this.rules, connection, body.base_url);
    const written = body.settings ? { ...derived(connection.settings), ...body.settings } : connection.settings;
    const isSettled = !body.settings && !holdsSecret(body) && !body.auth_type;
    const settings = isSettled
      ? connection.settings
      : nextSettings(this.rules, { ...connection, auth_type, settings: written }, connection.settings);
    // A connection supplies type and base URL: its providers follow, but for those with a base URL of their own.
    for (const provider of this.#providers.values()) {
      if (provider.connection_id !== connection.id) continue;
      const isFollowing = provider.base_url === connection.base_url;
      Object.assign(provider, { auth_type, ...(isFollowing && { base_url }) });
    }
    Object.assign(connection, {
      ...secret,
      auth_type,
      base_url,
      name: body.name ?? connection.name,
      settings,
      last_change_note: body.change_note ?? null,
      updated_at: this.#timestamp(),
    });
    return this.#replies.connection(connection);
  }

  #nextBinding(provider: Provider, body: UpdateBody): Binding {
    const { connection_id } = body;
    const isInline = holdsSecret(body);
    if (isInline && this.rules.isNewer) throw new Refused(inlineKey);
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
    return { ...nextSecret(this.rules, "provider", provider, body), connection_id: null };
  }

  /** On newer platforms only request-scoped OAuth may leave a connection. */
  #checkDetach(auth_type: string, isInline: boolean): void {
    const isAllowed = this.rules.isNewer ? oauth.includes(auth_type) : isInline;
    if (!isAllowed) throw new Refused("connection_id can be null only together with a new api_key or credentials.");
  }

  #defaultType(kind: Kind, { model_provider }: { model_provider: string }): string {
    return wordsOf(this.rules, kind, model_provider)[0] ?? "";
  }

  #attachable({ model_provider }: { model_provider: string }, id: string): Connection {
    const connection = this.#connections.get(id);
    if (connection === undefined) throw new Refused("The connection was not found.", 404, "not_found_error");
    if (connection.model_provider === model_provider) return connection;
    throw new Refused("The connection belongs to another model_provider.");
  }

  #nextSettings(provider: Provider, { connection_id, auth_type }: Binding, body: UpdateBody): Record<string, unknown> {
    const settings = body.settings ?? provider.settings;
    // The connection has them where there is one.
    if (connection_id !== null || !(body.settings || body.auth_type)) return settings;
    return nextSettings(this.rules, { ...provider, auth_type, settings }, provider.settings);
  }

  #nextBaseUrl(provider: Provider, { connection_id, auth_type }: Binding, body: UpdateBody): string {
    const { attachedBaseUrl = "connection" } = this.rules;
    const own = body.base_url ?? undefined;
    if (own !== undefined) checkBaseUrl(this.rules, { ...provider, auth_type }, own);
    if (own !== undefined || attachedBaseUrl === "own") return own ?? provider.base_url;
    const isAttached = connection_id !== null && connection_id !== provider.connection_id;
    return (isAttached && this.#connections.get(connection_id)?.base_url) || provider.base_url;
  }

  #shown(provider: Provider): unknown {
    return this.#replies.provider(provider, this.#connections.get(provider.connection_id ?? "")?.settings);
  }

  #refuse({ kind, status, message }: Refusal): WireReply {
    const isBare = kind === "wrong-method" && this.rules.wrongMethod === 404;
    if (kind === "unknown-route" || isBare) return { status: 404, text: "404 page not found" };
    return failure(status, message, status === 401 ? "authentication_error" : "invalid_request_error");
  }

  #fresh() {
    this.#made += 1;
    return { id: `${`${this.#made}`.padStart(8, "0")}-0000-4000-8000-00000000c0de`, now: this.#timestamp() };
  }

  #timestamp(): string {
    return new Date(this.environment.now()).toISOString();
  }
}

/** The settings that survive a write without them; the others are replaced as a whole. */
function derived(settings: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => derivedSettings.includes(name)));
}
