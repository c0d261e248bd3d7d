import { type Gateway, type ProviderId, type ProviderUpdate, secret } from "gatefold";
import { type MapUpdate, mappings } from "./mapping-alone.ts";

/** One adapter with an update as it would really be. */
export interface AdapterCase {
  readonly name: string;
  /** What the update writes. */
  readonly fields: string;
  /** What goes over the wire for it. */
  readonly requests: string;
  /** The bodies of its requests. */
  readonly bodies: readonly { readonly value: unknown; readonly text: string }[];
  /** The reply to each of them. */
  readonly reply: string;
  /** A list in one page, and how many entries it has. */
  readonly page: string;
  readonly entries: number;
  /** What makes so many updates, each with a key of its own, made beforehand. */
  prepare(count: number): Promise<() => Promise<void>>;
  /** The same, of what maps so many of them. */
  prepareMapping(count: number): () => Promise<void>;
  explain(): unknown;
  /** What reads the list so many times. */
  list(count: number): () => Promise<void>;
}

const ENTRIES = 100;
const KEY = "sk-proj-Qh3vT9xLw2RbN7mKc5ZpYd8sJf4gAe6u";
const token = secret("bench-token-0123456789");
const UUID = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
const times = { created_at: "2026-07-01T08:00:00Z", updated_at: "2026-07-02T08:30:00Z" };

let current = { page: "", reply: "" };

/** What stands for a gateway: to a list its page, to anything else the reply. */
export const answers = ({ method }: { readonly method: string }) => (method === "GET" ? current.page : current.reply);

/** The three adapters. Imported here and not above, as what sends their requests must be replaced before. */
export async function casesOf(): Promise<AdapterCase[]> {
  const { respan } = await import("gatefold/adapters/respan");
  const { barndoor } = await import("gatefold/adapters/barndoor");
  const { ngrok } = await import("gatefold/adapters/ngrok");
  const common = { token, rateLimit: false } as const;
  const provider = {
    id: "azure-primary",
    provider_id: "azure-primary",
    provider_name: "Azure, primary",
    extra_kwargs: { base_url: "https://api.example.com/v1", timeout: 60, region: "eastus" },
    ...times,
  };
  const barndoorProvider = {
    id: UUID,
    name: "OpenAI Production",
    model_provider: "openai",
    auth_type: "api_key",
    base_url: "https://api.openai.com/v1",
    enabled: true,
    settings: { region: "us-east-1" },
    connection_id: null,
    request_timeout_secs: 60,
    stream_idle_timeout_secs: 30,
    health_status: "healthy",
    health_detail: null,
    health_checked_at: "2026-07-02T08:31:00Z",
    enforce_health_check: true,
    billing_mode: "per_token",
    billing_reason: null,
    billing_note: null,
    model_sync_mode: "additive",
    last_change_note: "quarterly rotation",
    ...times,
  };
  const user = { id: "user_1", uri: "https://api.ngrok.ai/users/user_1" };
  const ngrokKey = {
    id: "aigpk_2abc",
    uri: "https://api.ngrok.ai/provider-keys/aigpk_2abc",
    providerId: "openai",
    name: "OpenAI Production",
    keyRedacted: "sk-proj-ab***wxyz",
    description: "Primary key",
    metadata: '{"owner":"ml","tier":1}',
    createdAt: times.created_at,
    updatedAt: times.updated_at,
    createdBy: user,
    lastUpdatedBy: user,
    lastUsed: "2026-07-03T12:00:00Z",
  };
  return [
    caseOf(respan({ ...common }), 123, {
      update: { name: provider.provider_name, baseUrl: provider.extra_kwargs.base_url, requestTimeout: 60 },
      reply: provider,
      page: (items) => items,
      entry: (index) => ({ ...provider, id: `p-${index}`, provider_id: `p-${index}` }),
      map: await mappings.respan(),
    }),
    caseOf(barndoor({ ...common, baseUrl: "https://acme.platform.barndoor.ai" }), UUID, {
      update: {
        name: barndoorProvider.name,
        baseUrl: barndoorProvider.base_url,
        requestTimeout: 60,
        streamIdleTimeout: 30,
        enabled: true,
        native: { change_note: "quarterly rotation" },
      },
      reply: barndoorProvider,
      page: (items) => items,
      entry: (index) => ({ ...barndoorProvider, id: UUID.replace(/^.{8}/, String(10_000_000 + index)) }),
      map: await mappings.barndoor(),
    }),
    caseOf(ngrok({ ...common }), ngrokKey.id, {
      update: { name: ngrokKey.name, description: ngrokKey.description, metadata: { owner: "ml", tier: 1 } },
      reply: ngrokKey,
      page: (items) => ({ aiGatewayProviderKeys: items, uri: "https://api.ngrok.ai/provider-keys", nextPageUri: null }),
      entry: (index) => ({ ...ngrokKey, id: `aigpk_${index}` }),
      map: await mappings.ngrok(),
    }),
  ];
}

interface Parts {
  /** The update without its credential. */
  readonly update: ProviderUpdate;
  readonly reply: object;
  page(items: readonly object[]): object;
  entry(index: number): object;
  readonly map: MapUpdate;
}

function caseOf<Id extends ProviderId>(gateway: Gateway<Id>, id: Id, parts: Parts): AdapterCase {
  const updateWith = (key: string): ProviderUpdate => {
    return { ...parts.update, credential: { scheme: "api_key", apiKey: secret(key) } };
  };
  const reply = JSON.stringify(parts.reply);
  const page = JSON.stringify(parts.page(Array.from({ length: ENTRIES }, (_, index) => parts.entry(index))));
  const explained = updateWith(KEY);
  const sent = gateway.explain(id, explained).filter(({ body, when }) => body !== undefined && when === undefined);
  const bodies = sent.map(({ body }) => {
    const text = JSON.stringify(body).replace("[redacted]", KEY);
    return { value: JSON.parse(text), text };
  });
  const served = { page, reply };
  const updates = (count: number) => Array.from({ length: count }, (_, index) => updateWith(`${KEY}${index}`));
  return {
    name: gateway.adapter,
    fields: Object.keys(explained).join(", "),
    requests: bodies.length === 1 ? "body and reply" : `${bodies.length} bodies and replies`,
    bodies,
    reply,
    page,
    entries: ENTRIES,
    async prepare(count) {
      current = served;
      const prepared = updates(count);
      return async () => {
        for (const update of prepared) await gateway.update(id, update);
      };
    },
    prepareMapping(count) {
      const prepared = updates(count);
      return async () => {
        for (const update of prepared) parts.map(id, update, reply);
      };
    },
    explain: () => gateway.explain(id, explained),
    list: (count) => async () => {
      current = served;
      for (let done = 0; done < count; done += 1) for await (const _ of gateway.list());
    },
  };
}
