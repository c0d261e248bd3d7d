import { z } from "zod";
import {
  type AnyAdapter,
  type Gateway,
  isGatewayError,
  isSecret,
  type ProviderId,
  type ProviderState,
  RejectedError,
  secret,
} from "../../src/index.ts";
import { commonSettings, unsupported } from "../../src/kit/index.ts";
import { acmeAdapter } from "./acme/adapter.ts";
import { type AcmeReply, type Parts, parts, reply } from "./acme/parts.ts";
import { transport } from "./acme/transport.ts";

/** A wrong adapter: Acme's with one thing done wrongly. */
export interface Mutant {
  /** What it does wrongly. */
  readonly name: string;
  /** The title of the case that must catch it. */
  readonly caughtBy: string;
  /** What that case must say of it, so that it is not caught for another reason. */
  readonly says: string;
  adapter(): AnyAdapter;
}

const ROTATE = "/api/v2/keys/1/rotate/";
const KEY_HIDDEN = "credential: set: the secret shows nowhere, whatever is answered";
const LOST = (line: string) => `a lost reply to ${line} is unknown, and repeated only where that is safe`;
const STATE_1 = "get gives the documented state of 1";
const STATE_2 = "get gives the documented state of 2";
const LISTS = "list gives every object of every page, once, as get gives it";
const STATUSES = "every status becomes its class, with its outcome";
const SETTINGS = "refuses settings that are unknown or malformed";
const IDS = "takes ids of its own kind and refuses every other";
const INVALID = "what is no update is refused";
const DECLARED = "declares what the fixture tells, and nothing else";
const WIRE = "the requests on the wire";

/** Acme's adapter with some parts done wrongly. */
export const withParts = (wrong: Partial<Parts>) => () => acmeAdapter({ ...parts, ...wrong });

/** Acme's adapter with some methods of its gateways done wrongly. */
export const withGateway =
  (wrong: (gateway: Gateway<ProviderId>) => Partial<Gateway<ProviderId>>) => (): AnyAdapter => {
    const adapter = acmeAdapter(parts);
    const open = (settings: unknown): Gateway<ProviderId> => {
      const right = adapter.open(settings);
      return { ...bound(right), ...wrong(right) };
    };
    return { ...adapter, open };
  };

function bound(gateway: Gateway<ProviderId>): Gateway<ProviderId> {
  const { create, explainCreation, remove, usedBy } = gateway;
  return {
    adapter: gateway.adapter,
    capabilities: gateway.capabilities,
    get: (...given) => gateway.get(...given),
    list: (...given) => gateway.list(...given),
    update: (...given) => gateway.update(...given),
    explain: (...given) => gateway.explain(...given),
    parseId: (...given) => gateway.parseId(...given),
    ...(create && { create: create.bind(gateway) }),
    ...(explainCreation && { explainCreation: explainCreation.bind(gateway) }),
    ...(remove && { remove: remove.bind(gateway) }),
    ...(usedBy && { usedBy: usedBy.bind(gateway) }),
  };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
export const without = <Value extends object>(value: Value, ...names: readonly string[]): Value =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name))) as Value;
export const leaveOut = (update: unknown, ...names: readonly string[]) =>
  isObject(update) ? without(update, ...names) : update;
const withField = (field: "name" | "enabled", capability: object) => () => {
  const declared = parts.capabilities();
  return { ...declared, fields: { ...declared.fields, [field]: { ...declared.fields[field], ...capability } } };
};

const mapping: readonly Mutant[] = [
  {
    name: "drops a field",
    caughtBy: "description: set",
    says: WIRE,
    adapter: withParts({ body: (update) => without(parts.body(update), "note") }),
  },
  {
    name: "sends null for a field that was omitted",
    caughtBy: "name: set",
    says: WIRE,
    adapter: withParts({ body: (update) => ({ note: null, ...parts.body(update) }) }),
  },
  {
    name: "clears by omission what null clears",
    caughtBy: "description: clear",
    says: WIRE,
    adapter: withParts({
      body: (update) => Object.fromEntries(Object.entries(parts.body(update)).filter(([, value]) => value !== null)),
    }),
  },
  {
    name: "clears by an empty text what null clears",
    caughtBy: "metadata: clear",
    says: WIRE,
    adapter: withParts({
      body: (update) =>
        Object.fromEntries(Object.entries(parts.body(update)).map(([name, value]) => [name, value ?? ""])),
    }),
  },
  {
    name: "sends the whole object in a PATCH",
    caughtBy: "enabled: set",
    says: WIRE,
    adapter: withParts({
      body: (update) => ({ label: "OpenAI", endpoint: "https://api.openai.com/v1", ...parts.body(update) }),
    }),
  },
  {
    name: "merges what the vendor replaces",
    caughtBy: "metadata: set",
    says: WIRE,
    adapter: withParts({
      body: (update) =>
        isObject(update.metadata)
          ? parts.body({ ...update, metadata: { owner: "platform", ...update.metadata } })
          : parts.body(update),
    }),
  },
  {
    name: "sends an object as JSON that is not canonical",
    caughtBy: "metadata: set",
    says: WIRE,
    adapter: withParts({
      body: (update) => ({
        ...parts.body(update),
        ...(isObject(update.metadata) ? { meta: JSON.stringify(update.metadata, null, 1) } : {}),
      }),
    }),
  },
  {
    name: "takes seconds for milliseconds, in both directions",
    caughtBy: "requestTimeout: set",
    says: WIRE,
    adapter: withParts({
      body: (update) => ({
        ...parts.body(update),
        ...(typeof update.requestTimeout === "number" ? { timeout_ms: update.requestTimeout } : {}),
      }),
      normalize: (raw) => ({ ...parts.normalize(raw), requestTimeout: raw.timeout_ms ?? null }),
    }),
  },
  {
    name: "turns a boolean round, in both directions",
    caughtBy: "enabled: set",
    says: WIRE,
    adapter: withParts({
      body: (update) => ({
        ...parts.body(update),
        ...(update.enabled === undefined ? {} : { active: !update.enabled }),
      }),
      normalize: (raw) => ({ ...parts.normalize(raw), enabled: !raw.active }),
    }),
  },
  {
    name: "forgets the trailing slash",
    caughtBy: "name: set",
    says: WIRE,
    adapter: withParts({ itemPath: (id) => `/keys/${id}` }),
  },
  {
    name: "uses PUT where PATCH is documented",
    caughtBy: "name: set",
    says: WIRE,
    adapter: withParts({
      requests: (...given) => parts.requests(...given).map((request) => ({ ...request, method: "PUT" })),
    }),
  },
  {
    name: "sends a key by PATCH instead of the rotate",
    caughtBy: "credential: set",
    says: "secret",
    adapter: withParts({
      requests: (item, update, body) => {
        const key = update.credential?.scheme === "api_key" ? { secret: update.credential.apiKey } : {};
        return parts.requests(item, without(update, "credential"), { ...body, ...key });
      },
    }),
  },
  {
    name: "sends every write twice",
    caughtBy: "name: set",
    says: WIRE,
    adapter: withParts({
      requests: (...given) => parts.requests(...given).flatMap((request) => [request, request]),
    }),
  },
  {
    name: "resets a field that was left out",
    caughtBy: "name: set, and nothing else",
    says: "what the update says nothing of",
    adapter: withParts({ body: (update) => ({ note: null, ...parts.body(update) }) }),
  },
  {
    name: "forgets one of two fields that are given together",
    caughtBy: "name: set and description: set",
    says: "what it changes at the gateway",
    adapter: withParts({
      body: (update) => (update.name === undefined ? parts.body(update) : without(parts.body(update), "note")),
    }),
  },
  {
    name: "leaves out the other fields when there is a key",
    caughtBy: "all fields together",
    says: "what it changes at the gateway",
    adapter: withParts({
      requests: (...given) => parts.requests(...given).slice(0, 1),
    }),
  },
  {
    name: "sends the masked key back",
    caughtBy: "a hint is no key, and is never sent back",
    says: "requests that carry the masked key",
    adapter: withParts({ body: (update) => ({ secret: "…-one", ...parts.body(update) }) }),
  },
  {
    name: "gives another state than the gateway has",
    caughtBy: "name: set",
    says: "the state of the update, and of a get after it",
    adapter: withGateway((gateway) => ({
      update: async (id, update, call) => {
        const { provider, notes } = await gateway.update(id, update, call);
        return { provider: { ...provider, name: "OpenAI" }, notes };
      },
    })),
  },
  {
    name: "uses the caller's own object later on",
    caughtBy: "keeps its own copy of an update",
    says: "changed",
    adapter: withGateway((gateway) => ({
      update: async (id, update, call) => {
        await Promise.resolve();
        return gateway.update(id, update, call);
      },
    })),
  },
  {
    name: "shows the key in what it explains",
    caughtBy: "credential: set, explained",
    says: "explain shows a secret",
    adapter: withGateway((gateway) => ({
      explain: (id, update) => {
        const { credential } = update;
        const key = credential?.scheme === "api_key" ? credential.apiKey.reveal() : "";
        return gateway.explain(id, update).map((preview) => ({ ...preview, body: { secret: key } }));
      },
    })),
  },
  {
    name: "explains nothing of what it sends",
    caughtBy: "name: set, explained",
    says: "sent, and not explained",
    adapter: withGateway(() => ({ explain: () => [] })),
  },
];

const reading: readonly Mutant[] = [
  {
    name: "loses the time zone",
    caughtBy: STATE_1,
    says: "createdAt",
    adapter: withParts({
      parseReply: (text) => {
        const local = text.replace(/(T\d\d:\d\d:\d\d)[+-]\d\d:\d\d/g, "$1Z");
        return parts.parseReply(local);
      },
    }),
  },
  {
    name: "reports a masked key as the key",
    caughtBy: STATE_1,
    says: "apiKey",
    adapter: withParts({
      normalize: (raw) => ({ ...parts.normalize(raw), native: { region: raw.region, apiKey: raw.secret_preview } }),
    }),
  },
  {
    name: "reports an empty field as an empty text",
    caughtBy: STATE_2,
    says: "description",
    adapter: withParts({ normalize: (raw) => ({ ...parts.normalize(raw), description: raw.note ?? "" }) }),
  },
  {
    name: "reports no field that is false",
    caughtBy: STATE_2,
    says: "enabled",
    adapter: withParts({
      normalize: (raw) => (raw.active ? parts.normalize(raw) : without(parts.normalize(raw), "enabled")),
    }),
  },
  {
    name: "reads only the first page",
    caughtBy: LISTS,
    says: "how many objects",
    adapter: withParts({ nextQuery: () => undefined }),
  },
  {
    name: "lists an object twice",
    caughtBy: LISTS,
    says: "how many objects",
    adapter: withGateway((gateway) => ({
      list: async function* (call) {
        for await (const entry of gateway.list(call)) {
          yield entry;
          if (entry.id === 1) yield entry;
        }
      },
    })),
  },
  {
    name: "lists less of an object than get gives",
    caughtBy: LISTS,
    says: "the entry of 1 in the list",
    adapter: withGateway((gateway) => ({
      list: async function* (call) {
        for await (const entry of gateway.list(call)) yield without(entry, "description");
      },
    })),
  },
  {
    name: "writes while it reads",
    caughtBy: "get and list send GET and nothing else",
    says: "the methods that get and list used",
    adapter: withGateway((gateway) => ({
      get: async (id, call) => (await gateway.update(id, { enabled: true }, call)).provider,
    })),
  },
  {
    name: "takes a reply about another object",
    caughtBy: "a reply about another object is InvalidResponseError",
    says: "it did not fail",
    adapter: withParts({ isAbout: () => true }),
  },
  {
    name: "refuses a reply with unknown members",
    caughtBy: "unknown members of a reply pass",
    says: "cannot be used",
    adapter: withParts({
      parseReply: (text) => {
        const strict = reply.strict().safeParse(JSON.parse(text));
        return strict.success ? strict.data : undefined;
      },
    }),
  },
  {
    name: "breaks down at a reply that is no JSON",
    caughtBy: "a reply that cannot be used is InvalidResponseError",
    says: "no error of the contract",
    adapter: withParts({ parseReply: (text) => reply.parse(JSON.parse(text)) }),
  },
  {
    name: "makes a state of an error body with status 200",
    caughtBy: "an error body with status 200 is no success",
    says: "it did not fail",
    adapter: withParts({ parseReply: (text) => parts.parseReply(text) ?? made, isAbout: () => true }),
  },
  {
    name: "finds nothing, and gives an empty state",
    caughtBy: "an object that is not there is NotFoundError",
    says: "it did not fail",
    adapter: withGateway((gateway) => ({
      get: async (id, call) => {
        try {
          return await gateway.get(id, call);
        } catch (error) {
          if (isGatewayError(error) && error.name === "NotFoundError") return nothing(id);
          throw error;
        }
      },
    })),
  },
  {
    name: "keeps replies for other gateways",
    caughtBy: "two gateways of one adapter share nothing",
    says: "two gateways",
    adapter: sharing,
  },
  {
    name: "reads once and never again",
    caughtBy: "description: set by somebody else is seen by a plan",
    says: "is not seen by a plan",
    adapter: withGateway((gateway) => {
      const known = new Map<ProviderId, Promise<ProviderState<ProviderId>>>();
      return {
        get: (id, call) => {
          const reading = known.get(id) ?? gateway.get(id, call);
          known.set(id, reading);
          return reading;
        },
      };
    }),
  },
];

const made: AcmeReply = {
  id: 1,
  label: "",
  active: true,
  secret_preview: "",
  created_at: "2026-01-15T10:30:00.000Z",
  updated_at: "2026-01-15T10:30:00.000Z",
};

const nothing = (id: ProviderId): ProviderState<ProviderId> => ({ id, name: "", credential: { kind: "unknown" } });

function sharing(): AnyAdapter {
  const known = new Map<string, ReturnType<typeof transport>>();
  return withParts({
    send: (outgoing, patience) => {
      if (outgoing.method !== "GET") return transport(outgoing, patience);
      const answer = known.get(outgoing.path) ?? transport(outgoing, patience);
      known.set(outgoing.path, answer);
      return answer;
    },
  })();
}

const declaring: readonly Mutant[] = [
  {
    name: "declares a clear that is not documented",
    caughtBy: DECLARED,
    says: "name: clear",
    adapter: withParts({ capabilities: withField("name", { clear: true }) }),
  },
  {
    name: "hides a field that is documented",
    caughtBy: DECLARED,
    says: "enabled: set",
    adapter: withParts({ capabilities: withField("enabled", unsupported) }),
  },
  {
    name: "declares a scheme that is not documented",
    caughtBy: DECLARED,
    says: "aws_keys",
    adapter: withParts({
      capabilities: () => ({ ...parts.capabilities(), schemes: { ...parts.capabilities().schemes, aws_keys: true } }),
    }),
  },
  {
    name: "declares a page that is larger than it is",
    caughtBy: LISTS,
    says: "no more objects than one page",
    adapter: withParts({ capabilities: () => ({ ...parts.capabilities(), pageSize: 500 }) }),
  },
  {
    name: "shows fewer fields than it declares to be readable",
    caughtBy: "requestTimeout: set",
    says: "what the state shows of requestTimeout",
    adapter: withParts({ normalize: (raw) => without(parts.normalize(raw), "requestTimeout") }),
  },
  {
    name: "says one thing before and another after it is opened",
    caughtBy: "says the same of itself before and after it is opened",
    says: "capabilities",
    adapter: changing,
  },
  {
    name: "is written for a newer contract",
    caughtBy: "is an adapter of this contract",
    says: "contractVersion",
    adapter: () => Object.assign(acmeAdapter(parts), { contractVersion: 2 }),
  },
  {
    name: "leaves a field out of its capabilities",
    caughtBy: "declares every field and every scheme, without a contradiction",
    says: "the declared fields",
    adapter: withParts({
      capabilities: () => {
        const declared = parts.capabilities();
        return { ...declared, fields: without(declared.fields, "streamIdleTimeout") };
      },
    }),
  },
  {
    name: "takes settings that nobody knows",
    caughtBy: SETTINGS,
    says: "an unknown setting",
    adapter: withParts({ settings: z.looseObject(commonSettings) as unknown as Parts["settings"] }),
  },
  {
    name: "takes a token as plain text",
    caughtBy: SETTINGS,
    says: "plain text",
    adapter: withParts({
      settings: z.strictObject({
        ...commonSettings,
        token: z.union([z.string().transform((text) => secret(text)), commonSettings.token]),
      }) as unknown as Parts["settings"],
    }),
  },
  {
    name: "knows nothing of timeouts as a setting",
    caughtBy: "takes the settings that all adapters have",
    says: "timeoutMs",
    adapter: withParts({ settings: z.strictObject(without(commonSettings, "timeoutMs")) as Parts["settings"] }),
  },
  {
    name: "sends a request when it is asked to explain",
    caughtBy: "sends nothing before it is told to",
    says: "requests that opening and explaining sent",
    adapter: withGateway((gateway) => ({
      explain: (id, update) => {
        gateway.get(id).catch(() => undefined);
        return gateway.explain(id, update);
      },
    })),
  },
];

function changing(): AnyAdapter {
  let asked = 0;
  const capabilities = () => {
    asked += 1;
    return { ...parts.capabilities(), hint: asked === 1 };
  };
  return withParts({ capabilities })();
}

const parseSlug = (value: unknown) =>
  parts.parseId(value) ?? (typeof value === "string" && value !== "" ? (value as unknown as number) : undefined);

const judging: readonly Mutant[] = [
  {
    name: "takes a slug for a primary key",
    caughtBy: IDS,
    says: '"openai"',
    adapter: withParts({ parseId: parseSlug }),
  },
  {
    name: "takes whatever JavaScript makes a number of",
    caughtBy: IDS,
    says: '"01"',
    adapter: withParts({
      parseId: (value) => (typeof value === "string" ? Number(value) || undefined : parts.parseId(value)),
    }),
  },
  {
    name: "does not encode ids",
    caughtBy: "an id cannot lead to another path",
    says: "where the id",
    adapter: withParts({
      parseId: parseSlug,
      itemPath: (id) => `/keys/${id}/`,
    }),
  },
  {
    name: "passes over a misspelt field",
    caughtBy: INVALID,
    says: "an unknown field",
    adapter: withParts({ given: (update) => leaveOut(update, "nmae") }),
  },
  {
    name: "takes an explicit undefined for an omission",
    caughtBy: INVALID,
    says: "undefined",
    adapter: withParts({
      given: (update) =>
        isObject(update) && "name" in update && update.name === undefined
          ? { ...without(update, "name"), enabled: true }
          : update,
    }),
  },
  {
    name: "drops a field that it cannot write",
    caughtBy: "streamIdleTimeout: set is refused",
    says: "it did not fail",
    adapter: withParts({
      given: (update) =>
        isObject(update) && "streamIdleTimeout" in update ? { ...leaveOutAll(update), enabled: true } : update,
    }),
  },
  {
    name: "takes a clear that it cannot do for a set",
    caughtBy: "enabled: clear is refused",
    says: "it did not fail",
    adapter: withParts({
      given: (update) => (isObject(update) && update.enabled === null ? { ...update, enabled: false } : update),
    }),
  },
  {
    name: "cuts a text that is too long",
    caughtBy: "name: beyond its limits is refused",
    says: "it did not fail",
    adapter: withParts({
      given: (update) =>
        isObject(update) && typeof update.name === "string" ? { ...update, name: update.name.slice(0, 100) } : update,
    }),
  },
  {
    name: "writes a scheme that it does not know as a plain key",
    caughtBy: "the scheme bedrock_api_key is refused",
    says: "it did not fail",
    adapter: withParts({
      given: (update) =>
        isObject(update) && isObject(update.credential) && isSecret(update.credential.apiKey)
          ? { ...update, credential: { scheme: "api_key", apiKey: update.credential.apiKey } }
          : update,
    }),
  },
];

const leaveOutAll = (update: Record<string, unknown>) => without(update, "streamIdleTimeout");

const failing: readonly Mutant[] = [
  {
    name: "follows redirects",
    caughtBy: "redirects are not followed",
    says: "redirected",
    adapter: withParts({ send: following }),
  },
  {
    name: "repeats a rotate after a lost reply",
    caughtBy: LOST(`POST ${ROTATE}`),
    says: "what a repetition does is not documented",
    adapter: withParts({ mayRepeat: (incoming) => parts.mayRepeat(incoming, { repeat: "safe" }, true) }),
  },
  {
    name: "takes a lost reply for a refusal",
    caughtBy: LOST(`POST ${ROTATE}`),
    says: "the outcome",
    adapter: withParts({
      outcomeOf: (incoming) => (incoming.kind === "lost" ? "not-applied" : parts.outcomeOf(incoming)),
    }),
  },
  {
    name: "takes a failure of the gateway for a refusal",
    caughtBy: STATUSES,
    says: "answered 500",
    adapter: withParts({
      outcomeOf: (incoming) =>
        incoming.kind === "reply" && incoming.status >= 500 ? "not-applied" : parts.outcomeOf(incoming),
    }),
  },
  {
    name: "swallows a status that it does not know",
    caughtBy: STATUSES,
    says: "answered 418: it did not fail",
    adapter: withParts({ send: swallowing }),
  },
  {
    name: "offers to repeat what was refused",
    caughtBy: STATUSES,
    says: "answered 400",
    adapter: withParts({
      mayRepeat: (incoming, request, isKnown) =>
        (incoming.kind === "reply" && incoming.status === 400) || parts.mayRepeat(incoming, request, isKnown),
    }),
  },
  {
    name: "makes one class of every refusal",
    caughtBy: STATUSES,
    says: "answered 401",
    adapter: withGateway((gateway) => ({
      update: async (...given) => {
        try {
          return await gateway.update(...given);
        } catch (error) {
          if (!isGatewayError(error) || error.outcome !== "not-applied") throw error;
          const { adapter, message, outcome, retryable } = error;
          throw new RejectedError({ adapter, message, outcome, retryable });
        }
      },
    })),
  },
  {
    name: "loses the vendor's own words",
    caughtBy: "error 1 of the fixture, 400 RejectedError",
    says: "lacks the vendor's",
    adapter: withParts({ vendorMessage: () => "refused" }),
  },
  {
    name: "loses the vendor's own code",
    caughtBy: "error 1 of the fixture, 400 RejectedError",
    says: "the vendor's code",
    adapter: withParts({ errorOf: codeless }),
  },
  {
    name: "ignores Retry-After",
    caughtBy: "a stated wait is kept before the next try",
    says: "Retry-After: 1",
    adapter: withParts({ statedWaitMs: () => undefined }),
  },
  {
    name: "takes the seconds of Retry-After for milliseconds",
    caughtBy: "a stated wait is kept before the next try",
    says: "Retry-After: 1",
    adapter: withParts({ statedWaitMs: (incoming) => scaled(parts.statedWaitMs(incoming), 0.001) }),
  },
  {
    name: "ignores a wait that the body states",
    caughtBy: "error 3 of the fixture, 429 RateLimitError",
    says: "the stated wait in milliseconds",
    adapter: withParts({
      statedWaitMs: (incoming) =>
        incoming.kind === "reply" && incoming.headers["retry-after"] === undefined
          ? undefined
          : parts.statedWaitMs(incoming),
    }),
  },
  {
    name: "waits as long as it is told to",
    caughtBy: "a wait that is longer than the budget ends the tries at once",
    says: "did not end within",
    adapter: withParts({ isInBudget: () => true }),
  },
  {
    name: "does not listen to an abort",
    caughtBy: "a call that is aborted ends at once",
    says: "did not end within",
    adapter: withParts({ send: (outgoing, { timeoutMs }) => transport(outgoing, { timeoutMs, signal: undefined }) }),
  },
  {
    name: "knows no timeout",
    caughtBy: "a reply that stays away is TimeoutError",
    says: "did not end within",
    adapter: withParts({ send: (outgoing, { signal }) => transport(outgoing, { timeoutMs: 60_000, signal }) }),
  },
  {
    name: "takes part of an update for none of it",
    caughtBy: "an update of several requests that fails half way tells which fields took effect",
    says: "PartialUpdateError",
    adapter: withGateway((gateway) => ({
      update: async (...given) => {
        try {
          return await gateway.update(...given);
        } catch (error) {
          throw isGatewayError(error) && error.name === "PartialUpdateError" ? error.cause : error;
        }
      },
    })),
  },
  {
    name: "says of a refused connection that nobody knows",
    caughtBy: "a refused connection is NetworkError, and nothing was sent",
    says: "unknown",
    adapter: withParts({
      outcomeOf: (incoming) => (incoming.kind === "refused" ? "unknown" : parts.outcomeOf(incoming)),
    }),
  },
  {
    name: "throws an error that is none of the contract",
    caughtBy: "a wrong token is AuthenticationError",
    says: "no error of the contract",
    adapter: withGateway((gateway) => ({
      get: async (...given) => {
        try {
          return await gateway.get(...given);
        } catch (error) {
          throw new Error("it did not work", { cause: error });
        }
      },
    })),
  },
];

const leaking: readonly Mutant[] = [
  {
    name: "prints the key in an error",
    caughtBy: KEY_HIDDEN,
    says: "shows a secret",
    adapter: withParts({ scrub: (text) => text }),
  },
  {
    name: "prints the token in an error",
    caughtBy: "the token shows nowhere, whatever is answered",
    says: "shows a secret",
    adapter: withParts({ scrub: (text) => text }),
  },
  {
    name: "shows a key that only the gateway holds",
    caughtBy: "a secret that the caller names shows nowhere, whatever is answered",
    says: "shows a secret",
    adapter: withGateway((gateway) => ({
      get: (id, { secrets: _secrets, ...call } = {}) => gateway.get(id, call),
    })),
  },
  {
    name: "takes out the key as it is, and not in base64",
    caughtBy: KEY_HIDDEN,
    says: "shows a secret",
    adapter: withParts({
      scrub: (text, secrets) => secrets.reduce((shown, key) => shown.replaceAll(key.reveal(), "[redacted]"), text),
    }),
  },
  {
    name: "keeps the written key in the state",
    caughtBy: KEY_HIDDEN,
    says: "what the update gives shows a secret",
    adapter: withGateway((gateway) => ({
      update: async (id, update, call) => {
        const { provider, notes } = await gateway.update(id, update, call);
        const { credential } = update;
        const key = credential?.scheme === "api_key" ? credential.apiKey.reveal() : "";
        return { provider: { ...provider, native: { key } }, notes };
      },
    })),
  },
  {
    name: "tells the key in the cause of an error",
    caughtBy: KEY_HIDDEN,
    says: "shows a secret",
    adapter: withGateway((gateway) => ({
      update: async (id, update, call) => {
        try {
          return await gateway.update(id, update, call);
        } catch (error) {
          const { credential } = update;
          const key = credential?.scheme === "api_key" ? credential.apiKey.reveal() : "";
          if (error instanceof Error) Object.defineProperty(error, "request", { value: { body: key } });
          throw error;
        }
      },
    })),
  },
];

const scaled = (value: number | undefined, by: number) => (value === undefined ? undefined : value * by);

async function following(...[outgoing, patience]: Parameters<typeof transport>): ReturnType<typeof transport> {
  const incoming = await transport(outgoing, patience);
  const location = incoming.kind === "reply" && incoming.status < 400 ? incoming.headers.location : undefined;
  if (typeof location !== "string") return incoming;
  const { origin, pathname } = new URL(location);
  return transport({ ...outgoing, origin, path: pathname }, patience);
}

async function swallowing(...[outgoing, patience]: Parameters<typeof transport>): ReturnType<typeof transport> {
  const incoming = await transport(outgoing, patience);
  if (incoming.kind !== "reply" || incoming.status !== 418) return incoming;
  const { body: _body, ...reading } = outgoing;
  return transport({ ...reading, method: "GET" }, patience);
}

function codeless(this: Parts, failure: Parameters<Parts["errorOf"]>[0]) {
  const { incoming } = failure;
  if (incoming.kind !== "reply") return parts.errorOf(failure);
  return parts.errorOf({ ...failure, incoming: { ...incoming, text: incoming.text.replace(/"code":"[^"]*",?/, "") } });
}

/** Every seeded wrong adapter. */
export const mutants: readonly Mutant[] = [...mapping, ...reading, ...declaring, ...judging, ...failing, ...leaking];
