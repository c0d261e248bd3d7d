import { InvalidInputError } from "../contract/errors.ts";
import { type Adapter, CONTRACT_VERSION, type Gateway, type ProviderId } from "../contract/gateway.ts";
import { isSecret, type Secret } from "../contract/secret.ts";
import { secretsOfToken } from "./authentication.ts";
import { createClient } from "./client.ts";
import { systemClock, unlessAborted } from "./clock.ts";
import { createGateway } from "./gateway.ts";
import { createHttp } from "./http.ts";
import { RateBudget } from "./rate-budget.ts";
import { type CommonSettings, parseSettings, type Token, tokenProblem } from "./settings.ts";
import type { AdapterDefinition } from "./vendor.ts";
import { VERSION } from "./version.ts";

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_RETRY = { attempts: 2, budgetMs: 90_000 };

/**
 * Makes an adapter of what is known of a vendor. The pipeline around the vendor's pure parts is written once, here and in
 * `gateway.ts`: a vendor cannot leave out or reorder its steps.
 */
export function defineAdapter<Settings extends CommonSettings, Id extends ProviderId, Reply, Current, Native>(
  definition: AdapterDefinition<Settings, Id, Reply, Current, Native>,
): Adapter<Settings, Id> {
  const open = (given: unknown): Gateway<Id> => {
    const settings = parseSettings(definition.name, definition.settings, given);
    const vendor = definition.vendor(settings);
    const { authentication = "bearer" } = vendor;
    const timeoutMs = settings.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const rateLimit = settings.rateLimit ?? vendor.rateLimit;
    const client = createClient({
      http: createHttp({
        baseUrl: vendor.baseUrl,
        timeoutMs,
        proxy: settings.proxy ?? false,
        authentication,
        userAgent: settings.userAgent ?? `gatefold/${VERSION}`,
      }),
      clock: systemClock,
      budget: new RateBudget(rateLimit === false ? undefined : rateLimit),
      retry: { ...DEFAULT_RETRY, ...settings.retry },
      timeoutMs,
      token: (signal) => resolveToken(definition.name, settings.token, signal),
      secretsOf: (token) => secretsOfToken(authentication, token),
      readError: vendor.readError,
      refusedWith: (body) => vendor.refusedWith?.(body),
    });
    return createGateway({ definition, settings, vendor, client });
  };
  const adapter = (settings: Settings): Gateway<Id> => open(settings);
  return Object.defineProperties(Object.assign(adapter, facts(definition), { open }), {
    name: { value: definition.name, enumerable: true },
  });
}

function facts<Settings extends CommonSettings, Id extends ProviderId, Reply, Current, Native>(
  definition: AdapterDefinition<Settings, Id, Reply, Current, Native>,
) {
  return {
    contractVersion: CONTRACT_VERSION,
    hosts: definition.hosts,
    settings: definition.settings,
    ...(definition.native === undefined ? {} : { native: definition.native }),
    capabilities: (settings?: Partial<Settings>) => definition.capabilities(settings ?? {}),
  } as const;
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
