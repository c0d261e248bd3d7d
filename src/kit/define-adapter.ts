import { InvalidInputError, MissingSettingError } from "../contract/errors.ts";
import { type Adapter, CONTRACT_VERSION, type Gateway, type ProviderId } from "../contract/gateway.ts";
import { isSecret, type Secret } from "../contract/secret.ts";
import { type Authentication, secretsOfToken } from "./authentication.ts";
import { secretsIn } from "./body.ts";
import { createClient, type TokenSource } from "./client.ts";
import { createLogin } from "./client-credentials.ts";
import { systemClock, unlessAborted } from "./clock.ts";
import { createGateway } from "./gateway.ts";
import { createHttp, type HttpSettings, showRequest } from "./http.ts";
import { logTo } from "./log.ts";
import type { Observer } from "./observation.ts";
import { RateBudget } from "./rate-budget.ts";
import type { RetryPolicy } from "./retry.ts";
import { type AnySettings, parseSettings, type Token, tokenProblem } from "./settings.ts";
import type { AdapterDefinition, Vendor } from "./vendor.ts";
import { VERSION } from "./version.ts";

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_RETRY = { attempts: 2, budgetMs: 90_000 };

/**
 * Makes an adapter of what is known of a vendor. The pipeline around the vendor's pure parts is written once, here and in
 * `gateway.ts`: a vendor cannot leave out or reorder its steps.
 */
export function defineAdapter<Settings extends AnySettings, Id extends ProviderId, Reply, Current, Native>(
  definition: AdapterDefinition<Settings, Id, Reply, Current, Native>,
): Adapter<Settings, Id> {
  const open = (given: unknown): Gateway<Id> => {
    const settings = parseSettings(definition.name, definition.settings, given);
    const vendor = definition.vendor(settings);
    const { authentication = "bearer" } = vendor;
    const timeoutMs = settings.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const rateLimit = settings.rateLimit ?? vendor.rateLimit;
    const reach = {
      timeoutMs,
      proxy: settings.proxy ?? false,
      authentication,
      userAgent: settings.userAgent ?? `gatefold/${VERSION}`,
    };
    const retry = { ...DEFAULT_RETRY, ...settings.retry };
    const http = { ...reach, baseUrl: vendor.baseUrl };
    const client = createClient({
      http: createHttp(http),
      show: (request, hasToken) => showRequest(http, request, hasToken),
      purpose: "call",
      clock: systemClock,
      budget: new RateBudget(rateLimit === false ? undefined : rateLimit),
      retry,
      timeoutMs,
      tokens:
        tokenSource(definition.name, settings, vendor) ?? loginSource(definition.name, vendor, { ...reach, retry }),
      readError: vendor.readError,
      refusedWith: vendor.refusedWith?.bind(vendor),
    });
    return createGateway({ definition, settings, vendor, client, observer: observerOf(settings, authentication) });
  };
  const adapter = (settings: Settings): Gateway<Id> => open(settings);
  return Object.defineProperties(Object.assign(adapter, facts(definition), { open }), {
    name: { value: definition.name, enumerable: true },
  });
}

function facts<Settings extends AnySettings, Id extends ProviderId, Reply, Current, Native>(
  definition: AdapterDefinition<Settings, Id, Reply, Current, Native>,
) {
  return {
    contractVersion: CONTRACT_VERSION,
    hosts: definition.hosts,
    ...(definition.documentation === undefined ? {} : { documentation: definition.documentation }),
    settings: definition.settings,
    ...(definition.native === undefined ? {} : { native: definition.native }),
    capabilities: (settings?: Partial<Settings>) => definition.capabilities(settings ?? {}),
  } as const;
}

/** Who is told of a gateway's calls; undefined where nobody wants to be. */
function observerOf(
  { hooks = [], logger, ...settings }: AnySettings,
  authentication: Authentication,
): Observer | undefined {
  const all = [hooks, logger === undefined ? [] : logTo(logger)].flat();
  if (all.length === 0) return undefined;
  return { hooks: all, secrets: secretsIn(settings).flatMap((secret) => secretsOfToken(authentication, secret)) };
}

type Reached = Pick<Vendor<ProviderId, never, never, never>, "authentication" | "login">;

/** The token of the settings; undefined where they have none. */
function tokenSource(
  adapter: string,
  { token }: AnySettings,
  { authentication = "bearer" }: Reached,
): TokenSource | undefined {
  if (token === undefined) return undefined;
  return {
    async obtain(signal) {
      const resolved = await resolveToken(adapter, token, signal);
      return resolved && { token: resolved };
    },
    secretsOf: (given) => secretsOfToken(authentication, given),
  };
}

function loginSource(
  adapter: string,
  { login }: Reached,
  reach: Omit<HttpSettings, "baseUrl"> & { readonly retry: RetryPolicy },
): TokenSource {
  if (login === undefined) throw new MissingSettingError(adapter, ["token"]);
  const { origin, hostname } = new URL(login.url);
  // A proxy does not know this machine's own addresses.
  const direct = /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(hostname) ? { proxy: false as const } : {};
  const http = { ...reach, ...direct, baseUrl: origin };
  return createLogin({
    login,
    http: createHttp(http),
    show: (request, hasToken) => showRequest(http, request, hasToken),
    clock: systemClock,
    retry: reach.retry,
    timeoutMs: reach.timeoutMs,
  });
}

// A token function's error may hold anything: its text goes nowhere.
async function resolveToken(adapter: string, token: Token, signal?: AbortSignal): Promise<Secret | undefined> {
  if (isSecret(token)) return signal?.aborted ? undefined : token;
  const refuse = (message: string) => new InvalidInputError(adapter, [{ path: "token", message }]);
  const given = Promise.resolve()
    .then(token)
    .catch(() => {
      throw refuse("the token function failed");
    });
  const resolved = await unlessAborted(given, signal);
  if (resolved === undefined) return undefined;
  if (!isSecret(resolved.result)) throw refuse("the token function gave no Secret");
  const problem = tokenProblem(resolved.result);
  if (problem !== undefined) throw refuse(problem);
  return resolved.result;
}
