import type { Route, WireReply } from "../../../src/sandbox/index.ts";
import { Collection, type Stored, type Surroundings } from "./collection.ts";
import { conflictStatus, failure, invalidStatus, Refused, read } from "./failures.ts";
import { keyCreateBody, keyQuery, keyUpdateBody, rotateBody, type SeedKey } from "./schema.ts";

interface StoredKey extends Stored {
  readonly providerId: string;
  name: string;
  value: string;
  description?: string | undefined;
  metadata?: string | undefined;
  readonly lastUsed: string | null;
}

// https://ngrok.com/docs/errors/err_ngrok_27510
const MISSING = "ERR_NGROK_27510";

/** The provider keys. */
export class Keys {
  readonly #keys: Collection<StoredKey>;

  constructor(
    seed: readonly SeedKey[],
    private readonly surroundings: Surroundings,
    /** Whether there is a provider of that `providerId`, built in or custom. */
    private readonly isProvider: (providerId: string) => boolean,
  ) {
    this.#keys = new Collection("/provider-keys", "provider key", "aigpk_", surroundings);
    for (const key of seed) {
      this.#keys.add({ ...key, lastUsed: key.lastUsed ?? null, ...this.#keys.history(key.id, key) });
    }
  }

  all(): readonly StoredKey[] {
    return this.#keys.all();
  }

  routes(): Route[] {
    const { path } = this.#keys;
    const item = `${path}/{id}`;
    return [
      {
        method: "GET",
        path,
        query: ["limit", "beforeId", "provider"],
        handle: ({ query }) => this.#list(Object.fromEntries(query)),
      },
      { method: "POST", path, handle: ({ body }) => this.#create(body) },
      { method: "GET", path: item, handle: ({ id }) => this.#shown(this.#keys.one(id)) },
      { method: "PATCH", path: item, handle: ({ id, body }) => this.#update(this.#keys.one(id), body) },
      { method: "DELETE", path: item, handle: ({ id }) => this.#remove(this.#keys.one(id)) },
      { method: "POST", path: `${item}/rotate`, handle: ({ id, body }) => this.#rotate(this.#keys.one(id), body) },
    ];
  }

  #list(given: unknown): WireReply {
    const { provider, ...page } = read(keyQuery, given, this.surroundings.switches);
    const show = (key: StoredKey) => this.#view(key);
    if (provider === undefined) return this.#keys.page("aiGatewayProviderKeys", page, show);
    const takes = (key: StoredKey) => key.providerId === provider;
    return this.#keys.page("aiGatewayProviderKeys", page, show, { query: { provider }, takes });
  }

  #create(given: unknown): WireReply {
    const body = read(keyCreateBody, given, this.surroundings.switches, MISSING);
    if (!this.isProvider(body.providerId)) {
      const status = invalidStatus(this.surroundings.switches);
      throw new Refused(failure(status, `provider_id: ${body.providerId} is not supported.`, "ERR_NGROK_27508"));
    }
    const key = { ...body, lastUsed: null, ...this.#keys.history(this.#keys.newId(), {}) };
    this.#keys.add(key);
    return this.#shown(key, 201);
  }

  #update(key: StoredKey, body: unknown): WireReply {
    const { name, description, metadata } = read(keyUpdateBody, body, this.surroundings.switches);
    if (name !== undefined) key.name = name;
    if (description !== undefined) key.description = description ?? undefined;
    if (metadata !== undefined) key.metadata = metadata ?? undefined;
    this.#keys.touch(key);
    return this.#shown(key);
  }

  #rotate(key: StoredKey, body: unknown): WireReply {
    Object.assign(key, read(rotateBody, body, this.surroundings.switches, MISSING));
    this.#keys.touch(key);
    return this.#shown(key);
  }

  // https://ngrok.com/docs/errors/err_ngrok_27511
  #remove(key: StoredKey): WireReply {
    if (!this.surroundings.routed.has(key.id)) return this.#keys.remove(key);
    const msg = "The provider key cannot be deleted: a router rule refers to it.";
    throw new Refused(failure(conflictStatus(this.surroundings.switches), msg, "ERR_NGROK_27511"));
  }

  #shown(key: StoredKey, status = 200): WireReply {
    return { status, json: this.#view(key) };
  }

  // https://ngrok.com/docs/ai-gateway/api-reference/provider-keys/get
  #view({ value, description, metadata, ...key }: StoredKey) {
    return {
      ...key,
      uri: this.surroundings.uri(key.uri),
      keyRedacted: redacted(value),
      ...(description !== undefined && { description }),
      ...(metadata !== undefined && { metadata }),
    };
  }
}

/** The guide's form for long keys and its form for short ones; where "short" begins is not documented. */
function redacted(value: string): string {
  if (value.length >= 20) return `${value.slice(0, 10)}***${value.slice(-4)}`;
  return value.length >= 8 ? `***${value.slice(-4)}` : "***";
}
