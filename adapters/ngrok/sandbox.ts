import { z } from "zod";
import {
  defineVendorSandbox,
  type Refusal,
  type RouteCall,
  type VendorEnvironment,
  type VendorGateway,
  type WireReply,
} from "../../src/sandbox/index.ts";

/** Limits count characters; whether the vendor counts bytes is not documented. */
const upTo = (most: number) =>
  z.string().refine((text) => [...text].length <= most, `expected at most ${most} characters`);

// https://ngrok.com/docs/ai-gateway/api-reference/provider-keys/update
/** The schema lets `name` be null, yet a name stands in every reply: refused. What an empty text means is not said. */
const updateBody = z
  .strictObject({
    name: upTo(255).min(1).optional(),
    description: upTo(255).min(1).nullish(),
    metadata: upTo(4096).min(1).nullish(),
  })
  .refine((body) => Object.keys(body).length > 0, "an update without a field is not documented");

// https://ngrok.com/docs/ai-gateway/api-reference/provider-keys/rotate
const rotateBody = z.strictObject({ name: upTo(255).min(1), value: z.string().min(1) });

// https://ngrok.com/docs/ai-gateway/api-reference/provider-keys/list
const listQuery = z.object({
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/, "expected an integer from 1 to 100")
    .transform(Number)
    .optional(),
  beforeId: z.string().min(1).optional(),
  provider: z.string().min(1).optional(),
});

const time = z.iso.datetime({ offset: true });
const actor = z.strictObject({ id: z.string().min(1), uri: z.string().min(1) });

const seedKey = z.strictObject({
  id: z.string().min(1),
  /** The upstream provider, e.g. `openai`. */
  providerId: z.string().min(1),
  name: upTo(255).min(1),
  /** The provider key itself, which no reply shows. */
  value: z.string().min(1),
  description: upTo(255).min(1).optional(),
  metadata: upTo(4096).min(1).optional(),
  lastUsed: time.nullable().optional(),
  createdAt: time.optional(),
  updatedAt: time.optional(),
  createdBy: actor.optional(),
  lastUpdatedBy: actor.optional(),
});

const seed = z.strictObject({
  token: z.string().min(1).optional(),
  keys: z
    .array(seedKey)
    .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, "expected every id only once")
    .optional(),
});

const switches = z.strictObject({
  /** Whether `nextPageUri` and `uri` are full URLs (default) or start at the path. */
  uris: z.enum(["absolute", "relative"]).optional(),
  /** The status of a body or a query that fails validation. Default 422. */
  validationStatus: z.union([z.literal(400), z.literal(422)]).optional(),
  /** Whether the 401 for a wrong token quotes it, as the vendor's platform API does. Default plain. */
  authenticationErrors: z.enum(["plain", "quoting"]).optional(),
});

type Seed = z.infer<typeof seed>;
type Switches = z.infer<typeof switches>;
type SeedKey = z.infer<typeof seedKey>;
type Actor = z.infer<typeof actor>;

interface StoredKey {
  readonly id: string;
  readonly uri: string;
  readonly providerId: string;
  name: string;
  value: string;
  description?: string | undefined;
  metadata?: string | undefined;
  readonly createdAt: string;
  updatedAt: string;
  readonly lastUsed: string | null;
  readonly createdBy: Actor;
  lastUpdatedBy: Actor;
}

export const ngrokSandbox = defineVendorSandbox({
  name: "ngrok",
  seed,
  switches,
  open: (seed, switches, environment) => new KeyApi(seed, switches, environment).gateway(),
});

class KeyApi {
  readonly #token: string;
  readonly #keys: StoredKey[];

  constructor(
    seed: Seed,
    private readonly switches: Switches,
    private readonly environment: VendorEnvironment,
  ) {
    this.#token = seed.token ?? "sandbox-ngrok-token";
    this.#keys = (seed.keys ?? []).map((key) => this.#planted(key));
    // Newest first in the vendor's lists means descending ids.
    this.#keys.sort((one, other) => (one.id < other.id ? 1 : -1));
  }

  gateway(): VendorGateway {
    const query = ["limit", "beforeId", "provider"];
    return {
      token: this.#token,
      routes: [
        { method: "GET", path: "/provider-keys", query, handle: (call) => this.#list(call) },
        { method: "GET", path: "/provider-keys/{id}", handle: (call) => this.#on(call, () => undefined) },
        {
          method: "PATCH",
          path: "/provider-keys/{id}",
          handle: (call) => this.#on(call, (key) => this.#update(key, call.body)),
        },
        {
          method: "POST",
          path: "/provider-keys/{id}/rotate",
          handle: (call) => this.#on(call, (key) => this.#rotate(key, call.body)),
        },
      ],
      refuse: (refusal) => this.#refuse(refusal),
      stored: (id) => {
        const found = this.#keys.find((key) => key.id === id);
        return found && structuredClone({ ...found });
      },
    };
  }

  #planted(key: SeedKey): StoredKey {
    const { lastUsed = null, createdAt = this.#timestamp(), ...rest } = key;
    const createdBy = key.createdBy ?? this.#actor();
    return {
      ...rest,
      uri: `/provider-keys/${encodeURIComponent(key.id)}`,
      lastUsed,
      createdAt,
      updatedAt: key.updatedAt ?? createdAt,
      createdBy,
      lastUpdatedBy: key.lastUpdatedBy ?? createdBy,
    };
  }

  #list({ query }: RouteCall): WireReply {
    const parsed = listQuery.safeParse(Object.fromEntries(query));
    if (!parsed.success) return this.#invalid(parsed.error);
    const { limit = 100, beforeId, provider } = parsed.data;
    const left = this.#keys
      .filter((key) => provider === undefined || key.providerId === provider)
      .filter((key) => beforeId === undefined || key.id < beforeId);
    const page = left.slice(0, limit);
    const last = page.at(-1);
    const next = new URLSearchParams({
      ...(last !== undefined && { beforeId: last.id }),
      limit: String(limit),
      ...(provider !== undefined && { provider }),
    });
    return {
      status: 200,
      json: {
        aiGatewayProviderKeys: page.map((key) => this.#shown(key)),
        uri: this.#uri("/provider-keys"),
        nextPageUri: left.length > limit ? this.#uri(`/provider-keys?${next}`) : null,
      },
    };
  }

  /** Answers the key as it is after `change`, or what `change` refused with. */
  #on({ id }: RouteCall, change: (key: StoredKey) => WireReply | undefined): WireReply {
    const key = this.#keys.find((one) => one.id === id);
    if (key === undefined) return failure(404, "The provider key was not found.", "ERR_NGROK_27611");
    return change(key) ?? { status: 200, json: this.#shown(key) };
  }

  #update(key: StoredKey, body: unknown): WireReply | undefined {
    const parsed = updateBody.safeParse(body);
    if (!parsed.success) return this.#invalid(parsed.error);
    const { name, description, metadata } = parsed.data;
    if (name !== undefined) key.name = name;
    if (description !== undefined) key.description = description ?? undefined;
    if (metadata !== undefined) key.metadata = metadata ?? undefined;
    this.#touch(key);
    return undefined;
  }

  #rotate(key: StoredKey, body: unknown): WireReply | undefined {
    const parsed = rotateBody.safeParse(body);
    if (!parsed.success) return this.#invalid(parsed.error);
    Object.assign(key, parsed.data);
    this.#touch(key);
    return undefined;
  }

  #touch(key: StoredKey): void {
    key.updatedAt = this.#timestamp();
    key.lastUpdatedBy = this.#actor();
  }

  // https://ngrok.com/docs/ai-gateway/api-reference/provider-keys/get
  #shown({ value, description, metadata, ...key }: StoredKey) {
    return {
      ...key,
      uri: this.#uri(key.uri),
      keyRedacted: redacted(value),
      ...(description !== undefined && { description }),
      ...(metadata !== undefined && { metadata }),
    };
  }

  #refuse({ kind, status, message, presented = "" }: Refusal): WireReply {
    if (kind === "wrong-token" && this.switches.authenticationErrors === "quoting") {
      return failure(status, `The API key you specified is not valid: '${presented}'.`, "ERR_NGROK_202");
    }
    if (kind === "unknown-query") return failure(this.#invalidStatus(), message);
    return failure(status, message, kind === "wrong-method" ? "ERR_NGROK_27614" : undefined);
  }

  #invalid({ issues }: z.ZodError): WireReply {
    const named = issues.map((issue) => {
      const fields = issue.code === "unrecognized_keys" ? issue.keys.join(", ") : issue.path.join(".");
      return { fields, message: issue.code === "unrecognized_keys" ? "not accepted here" : issue.message, issue };
    });
    const text = named.map(({ fields, message }) => `${fields || "body"}: ${message}`).join("; ");
    return failure(this.#invalidStatus(), text, named.map(({ issue }) => errorCode(issue)).find(Boolean));
  }

  /** The vendor gives no status for these; its older resources answered 422. */
  #invalidStatus(): number {
    return this.switches.validationStatus ?? 422;
  }

  /** What a `uri` and an actor point at is not documented; clients must treat both as opaque. */
  #uri(path: string): string {
    return this.switches.uris === "relative" ? path : `${this.environment.origin()}${path}`;
  }

  #actor(): Actor {
    return { id: "sandbox-user", uri: "https://api.ngrok.ai/users/sandbox-user" };
  }

  #timestamp(): string {
    return new Date(this.environment.now()).toISOString();
  }
}

/** The guide's form for long keys and its form for short ones; where "short" begins is not documented. */
function redacted(value: string): string {
  if (value.length >= 20) return `${value.slice(0, 10)}***${value.slice(-4)}`;
  return value.length >= 8 ? `***${value.slice(-4)}` : "***";
}

// https://ngrok.com/docs/errors/err_ngrok_27501 to err_ngrok_27510
/** Only the codes whose meaning the vendor's error pages give. */
function errorCode({ path, code, ...issue }: z.core.$ZodIssue): string | undefined {
  const [field] = path;
  if (field === "value") return "ERR_NGROK_27507";
  if (field === "name" && code === "invalid_type" && issue.message.endsWith("undefined")) return "ERR_NGROK_27510";
  if (code !== "custom") return undefined;
  if (field === "name") return "ERR_NGROK_27501";
  if (field === "description") return "ERR_NGROK_27502";
  return field === "metadata" ? "ERR_NGROK_27503" : undefined;
}

function failure(statusCode: number, msg: string, code?: string): WireReply {
  const json = { statusCode, msg, details: {}, ...(code !== undefined && { errorCode: code }) };
  return { status: statusCode, json };
}
