import { z } from "zod";
import {
  AbortedError,
  AuthenticationError,
  type Capabilities,
  ConflictError,
  type GatewayError,
  InvalidResponseError,
  type ListedProvider,
  NetworkError,
  NotFoundError,
  type Outcome,
  PermissionDeniedError,
  type ProviderUpdate,
  RateLimitError,
  RejectedError,
  type Secret,
  TimeoutError,
  UnavailableError,
} from "../../../src/index.ts";
import {
  apiKeyOnly,
  type CommonSettings,
  commonSettings,
  metadataFromText,
  metadataText,
  present,
  unsupported,
  type WireBody,
  wireTime,
} from "../../../src/kit/index.ts";
import { scrub } from "../../../src/kit/scrub.ts";
import { type Incoming, transport } from "./transport.ts";

export const NAME = "acme";

/** A write of Acme's, and the fields that take effect with it. */
export interface AcmeRequest {
  readonly method: string;
  readonly path: string;
  readonly body: WireBody;
  readonly fields: readonly (keyof ProviderUpdate)[];
  readonly repeat: "safe" | "unsent";
}

export const reply = z.object({
  id: z.int(),
  label: z.string(),
  note: z.string().nullish(),
  meta: z.string().nullish(),
  endpoint: z.string().nullish(),
  timeout_ms: z.int().nullish(),
  active: z.boolean(),
  region: z.string().nullish(),
  secret_preview: z.string(),
  created_at: wireTime,
  updated_at: wireTime,
});
export type AcmeReply = z.output<typeof reply>;

export const route = z.object({ id: z.string(), title: z.string(), key_id: z.int().optional() });
export type AcmeRoute = z.output<typeof route>;

/** How a failed try is told: everything that the class and its members depend on. */
export interface AcmeFailure {
  readonly incoming: Incoming;
  readonly label: string;
  readonly outcome: Outcome;
  readonly retryable: boolean;
  readonly secrets: readonly Secret[];
}

/**
 * Acme's adapter, written by hand: without the pipeline of the kit, so that each of its steps can be done wrongly. Every part
 * is a function of its own, and a mutant is the same adapter with one of them replaced.
 */
export const parts = {
  settings: z.strictObject(commonSettings) as z.ZodType<CommonSettings>,
  native: z.strictObject({ region: z.string().min(1) }),

  capabilities: (): Capabilities => ({
    fields: {
      name: { set: true, clear: false, read: "yes", mode: "patch", limits: { maxLength: 100 } },
      description: { set: true, clear: true, read: "yes", mode: "patch" },
      metadata: { set: true, clear: true, read: "yes", mode: "patch" },
      baseUrl: { set: true, clear: false, read: "yes", mode: "patch" },
      credential: { set: true, clear: false, read: "no", mode: "patch" },
      connectionId: unsupported,
      requestTimeout: { set: true, clear: true, read: "yes", mode: "patch", limits: { minimum: 1, maximum: 600 } },
      streamIdleTimeout: unsupported,
      enabled: { set: true, clear: false, read: "yes", mode: "patch" },
      native: { set: true, clear: false, read: "yes", mode: "patch" },
    },
    schemes: apiKeyOnly,
    list: "ids",
    pageSize: 2,
    hint: true,
    creation: {
      requires: ["name", "credential"],
      takes: ["name", "description", "baseUrl", "credential", "requestTimeout", "native"],
    },
    removes: true,
    shared: true,
  }),

  parseId(value: unknown): number | undefined {
    const isDigits = typeof value === "string" && /^[1-9]\d*$/.test(value);
    const id = isDigits ? Number(value) : value;
    return typeof id === "number" && Number.isSafeInteger(id) && id > 0 ? id : undefined;
  },

  itemPath: (id: number | string) => `/keys/${encodeURIComponent(id)}/`,

  /** The update as it is checked. */
  given: (update: unknown): unknown => update,

  body({ name, description, metadata, baseUrl, requestTimeout, enabled, native }: ProviderUpdate): WireBody {
    const region = native?.region;
    return present({
      label: name,
      note: description,
      meta: metadata === undefined || metadata === null ? metadata : metadataText(metadata),
      endpoint: baseUrl,
      timeout_ms: typeof requestTimeout === "number" ? requestTimeout * 1000 : requestTimeout,
      active: enabled,
      region: typeof region === "string" ? region : undefined,
    });
  },

  requests(item: string, update: ProviderUpdate, body: WireBody): readonly AcmeRequest[] {
    const { credential, ...rest } = update;
    const fields = Object.keys(rest) as (keyof ProviderUpdate)[];
    const patch: AcmeRequest = { method: "PATCH", path: item, body, fields, repeat: "safe" };
    if (credential?.scheme !== "api_key") return [patch];
    const rotate: AcmeRequest = {
      method: "POST",
      path: `${item}rotate/`,
      body: { secret: credential.apiKey },
      fields: ["credential"],
      repeat: "unsent",
    };
    return fields.length === 0 ? [rotate] : [rotate, patch];
  },

  /** The creation as it is checked. */
  givenCreation: (creation: unknown): unknown => creation,

  creation({ credential, ...rest }: ProviderUpdate): AcmeRequest {
    const key = credential?.scheme === "api_key" ? { secret: credential.apiKey } : {};
    return { method: "POST", path: "/keys/", body: { ...this.body(rest), ...key }, fields: [], repeat: "unsent" };
  },

  /** Whether a removal that ended like this is done: the answer to an earlier try was lost. */
  isRemoved: (error: GatewayError) => error.name === "NotFoundError" && error.outcome === "unknown",

  uses: (raw: AcmeRoute, id: number) => raw.key_id === id,

  send: transport,

  normalize: (raw: AcmeReply): ListedProvider<number> => ({
    id: raw.id,
    name: raw.label,
    description: raw.note || null,
    metadata: raw.meta ? metadataFromText(raw.meta) : null,
    baseUrl: raw.endpoint ?? null,
    requestTimeout: typeof raw.timeout_ms === "number" ? raw.timeout_ms / 1000 : null,
    enabled: raw.active,
    native: { region: raw.region ?? null },
    credential: { kind: "inline", hint: raw.secret_preview },
    createdAt: raw.created_at,
    updatedAt: raw.updated_at,
  }),

  /** What a reply of 2xx holds, or undefined where it cannot be used. */
  parseReply(text: string): AcmeReply | undefined {
    const parsed = reply.safeParse(parseJson(text));
    return parsed.success ? parsed.data : undefined;
  },

  nextQuery: (page: { readonly next?: string | null | undefined }): string | undefined => page.next?.split("?")[1],

  isAbout: (raw: AcmeReply, id: number) => raw.id === id,

  isSuccess: (status: number) => status >= 200 && status < 300,

  /** The wait that an answer states, in milliseconds. */
  statedWaitMs(incoming: Incoming): number | undefined {
    if (incoming.kind !== "reply" || incoming.status !== 429) return undefined;
    const header = Number(incoming.headers["retry-after"]);
    if (Number.isFinite(header)) return header * 1000;
    const { wait } = asObject(parseJson(incoming.text));
    return typeof wait === "number" ? wait * 1000 : undefined;
  },

  isInBudget: (elapsedMs: number, budgetMs: number) => elapsedMs <= budgetMs,

  /** Whether a failed try may be repeated; `isKnown`: no earlier try of the request is in doubt. */
  mayRepeat(incoming: Incoming, request: Pick<AcmeRequest, "repeat">, isKnown: boolean): boolean {
    if (incoming.kind === "aborted" || incoming.kind === "too-large") return false;
    if (incoming.kind === "refused") return request.repeat === "safe" || isKnown;
    if (incoming.kind !== "reply") return request.repeat === "safe";
    if (incoming.status === 429) return request.repeat === "safe" || isKnown;
    return request.repeat === "safe" && (incoming.status >= 500 || incoming.status === 408);
  },

  /** What a failed try did to the gateway, if it was a write. */
  outcomeOf(incoming: Incoming): Outcome {
    if (incoming.kind === "refused") return "not-sent";
    if (incoming.kind !== "reply") return "unknown";
    const { status } = incoming;
    return status >= 500 || status < 400 || status === 408 ? "unknown" : "not-applied";
  },

  vendorMessage: (text: string): string => {
    const { detail } = asObject(parseJson(text));
    return typeof detail === "string" ? detail : text.slice(0, 2000);
  },

  scrub,

  errorOf(failure: AcmeFailure): GatewayError {
    const { incoming, label, outcome, retryable, secrets } = failure;
    const common = { adapter: NAME, outcome, retryable };
    if (incoming.kind === "timeout") return new TimeoutError({ ...common, message: `${label} timed out` });
    if (incoming.kind === "aborted") return new AbortedError({ ...common, message: `${label} was aborted` });
    if (incoming.kind === "too-large") return new InvalidResponseError({ ...common, message: `${label}: too large` });
    if (incoming.kind !== "reply") return new NetworkError({ ...common, message: `${label} found no connection` });
    const { status, text } = incoming;
    const said = this.scrub(this.vendorMessage(text), secrets);
    const { code } = asObject(parseJson(text));
    const vendorCode = typeof code === "string" ? { vendorCode: this.scrub(code, secrets) } : {};
    const details = { ...common, message: `${label}: ${status}: ${said}`, status, ...vendorCode };
    const wait = this.statedWaitMs(incoming);
    if (status === 429) return new RateLimitError(details, wait);
    if (status >= 500) return new UnavailableError(details);
    if (status < 400) return new InvalidResponseError(details);
    const Class = CLASSES.get(status) ?? RejectedError;
    return new Class(details);
  },
};

export type Parts = typeof parts;

const CLASSES = new Map<number, new (details: ConstructorParameters<typeof NotFoundError>[0]) => GatewayError>([
  [401, AuthenticationError],
  [403, PermissionDeniedError],
  [404, NotFoundError],
  [408, TimeoutError],
  [409, ConflictError],
  [412, ConflictError],
]);

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
