import type { Route, WireReply } from "../../../src/sandbox/index.ts";
import { Collection, type Stored, type Surroundings } from "./collection.ts";
import { conflictStatus, failure, Refused, read } from "./failures.ts";
import { providerCreateBody, providerQuery, providerUpdateBody, type SeedProvider, type Surface } from "./schema.ts";

interface Model {
  readonly id: string;
  readonly modelId: string;
}

interface StoredProvider extends Stored {
  readonly providerId: string;
  name: string;
  baseUrl: string;
  metadata?: string | undefined;
  supportedApiSurfaces: readonly Surface[];
  models: readonly Model[];
}

// https://ngrok.com/docs/errors/err_ngrok_27704
const MISSING = "ERR_NGROK_27704";

/** What a provider's neighbours tell of it. */
export interface Neighbours {
  isBuiltIn(providerId: string): boolean;
  /** The ids of the keys that refer to it. */
  keysOf(providerId: string): readonly string[];
}

/** The custom providers. */
export class Providers {
  readonly #providers: Collection<StoredProvider>;

  constructor(
    seed: readonly SeedProvider[],
    private readonly surroundings: Surroundings,
    private readonly neighbours: Neighbours,
  ) {
    this.#providers = new Collection("/providers", "provider", "aigp_", surroundings);
    for (const provider of seed) this.#add(provider, this.#providers.history(provider.id, provider));
  }

  all(): readonly StoredProvider[] {
    return this.#providers.all();
  }

  routes(): Route[] {
    const { path } = this.#providers;
    const item = `${path}/{id}`;
    return [
      {
        method: "GET",
        path,
        query: ["limit", "beforeId"],
        handle: ({ query }) => this.#list(Object.fromEntries(query)),
      },
      { method: "POST", path, handle: ({ body }) => this.#create(body) },
      { method: "GET", path: item, handle: ({ id }) => this.#shown(this.#providers.one(id)) },
      { method: "PATCH", path: item, handle: ({ id, body }) => this.#update(this.#providers.one(id), body) },
      { method: "DELETE", path: item, handle: ({ id }) => this.#remove(this.#providers.one(id)) },
    ];
  }

  #list(given: unknown): WireReply {
    const page = read(providerQuery, given, this.surroundings.switches);
    return this.#providers.page("aiGatewayProviders", page, (provider) => this.#view(provider));
  }

  #create(given: unknown): WireReply {
    const body = read(providerCreateBody, given, this.surroundings.switches, MISSING);
    // https://ngrok.com/docs/errors/err_ngrok_27705, https://ngrok.com/docs/errors/err_ngrok_27712
    if (this.neighbours.isBuiltIn(body.providerId)) this.#refuseTaken("belongs to a built-in provider", 27705);
    if (this.all().some(({ providerId }) => providerId === body.providerId)) {
      this.#refuseTaken("exists in the account already", 27712);
    }
    return this.#shown(this.#add(body, this.#providers.history(this.#providers.newId(), {})), 201);
  }

  #refuseTaken(why: string, code: number): never {
    const msg = `The provider_id ${why}.`;
    throw new Refused(failure(conflictStatus(this.surroundings.switches), msg, `ERR_NGROK_${code}`));
  }

  #add(given: Omit<SeedProvider, "id">, history: Stored): StoredProvider {
    const { supportedApiSurfaces = [], models = [], ...body } = given;
    const provider = { ...body, ...history, supportedApiSurfaces, models: identified(history.id, models) };
    this.#providers.add(provider);
    return provider;
  }

  #update(provider: StoredProvider, given: unknown): WireReply {
    const body = read(providerUpdateBody, given, this.surroundings.switches);
    const { name, baseUrl, metadata, supportedApiSurfaces, models } = body;
    if (name !== undefined) provider.name = name;
    if (baseUrl !== undefined) provider.baseUrl = baseUrl;
    if (metadata !== undefined) provider.metadata = metadata ?? undefined;
    if (supportedApiSurfaces !== undefined) provider.supportedApiSurfaces = supportedApiSurfaces;
    if (models !== undefined) provider.models = identified(provider.id, models);
    this.#providers.touch(provider);
    return this.#shown(provider);
  }

  // https://ngrok.com/docs/ai-gateway/api-reference/providers/delete, https://ngrok.com/docs/errors/err_ngrok_27710
  #remove(provider: StoredProvider): WireReply {
    const keys = this.neighbours.keysOf(provider.providerId);
    const referring = [
      ...(keys.length > 0 ? [`the provider keys ${keys.join(", ")}`] : []),
      ...(this.surroundings.routed.has(provider.id) ? ["an access key configuration"] : []),
    ];
    if (referring.length === 0) return this.#providers.remove(provider);
    const msg = `The provider cannot be deleted: referred to by ${referring.join(" and ")}.`;
    throw new Refused(failure(409, msg, "ERR_NGROK_27710"));
  }

  #shown(provider: StoredProvider, status = 200): WireReply {
    return { status, json: this.#view(provider) };
  }

  // https://ngrok.com/docs/ai-gateway/api-reference/providers/get
  #view({ metadata, supportedApiSurfaces, models, ...provider }: StoredProvider) {
    const { modelOrder, emptyLists } = this.surroundings.switches;
    const isShown = (list: readonly unknown[]) => list.length > 0 || emptyLists === "empty";
    return {
      ...provider,
      uri: this.surroundings.uri(provider.uri),
      ...(metadata !== undefined && { metadata }),
      ...(isShown(supportedApiSurfaces) && { supportedApiSurfaces }),
      ...(isShown(models) && { models: modelOrder === "reversed" ? models.toReversed() : models }),
    };
  }
}

/** Whether a model's id outlives a replacement is not documented; here it does. */
function identified(id: string, models: readonly Omit<Model, "id">[]): Model[] {
  return models.map(({ modelId }) => ({ id: `model_${id}_${modelId}`, modelId }));
}
