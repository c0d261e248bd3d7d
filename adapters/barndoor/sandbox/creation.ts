import {
  type Connection,
  checkRules,
  holdsSecret,
  type Provider,
  Refused,
  storedConnection,
  storedProvider,
} from "./records.ts";
import { checkBaseUrl, checkSecret, nextSettings, type Rules, secretOf, wordsOf } from "./rules.ts";
import type { NewConnectionBody, NewProviderBody } from "./schema.ts";
import { inlineKey, oauth, twoSecrets } from "./vocabulary.ts";

/** What a new record has besides its body. */
export interface Fresh {
  readonly id: string;
  readonly now: string;
}

export function newConnection(rules: Rules, body: NewConnectionBody, { id, now }: Fresh): Connection {
  const { change_note, settings, ...given } = body;
  const [defaultType = ""] = wordsOf(rules, "connection", body.model_provider);
  const seed = { ...given, id, settings: settings ?? {}, last_change_note: change_note };
  const connection = storedConnection(seed, defaultType, now);
  checkSecret(rules, "connection", connection);
  checkBaseUrl(rules, connection, body.base_url);
  return { ...connection, settings: nextSettings(rules, connection) };
}

/** The connection supplies the type; the base URL is the body's, which it must have. */
export function newProvider(
  rules: Rules,
  body: NewProviderBody,
  connection: Connection | undefined,
  { id, now }: Fresh,
): Provider {
  const { change_note, settings, models: _routes, ...given } = body;
  if (rules.isNewer && holdsSecret(body)) throw new Refused(inlineKey);
  if (connection !== undefined && holdsSecret(body)) throw new Refused(twoSecrets);
  const [defaultType = ""] = wordsOf(rules, "provider", body.model_provider);
  const seed = { ...given, id, settings: settings ?? {}, last_change_note: change_note };
  const provider = storedProvider(seed, connection, defaultType, now);
  if (connection === undefined) checkOwnSecret(rules, provider);
  checkBaseUrl(rules, provider, body.base_url);
  checkRules(provider);
  if (provider.billing_mode === "per_token" && body.billing_reason) throw new Refused("A reason needs not_metered.");
  return connection === undefined ? { ...provider, settings: nextSettings(rules, provider) } : provider;
}

/** Without a connection there must be a secret, but for OAuth and, on newer platforms, for all that store none. */
function checkOwnSecret(rules: Rules, provider: Provider): void {
  const isKeyless = rules.isNewer ? secretOf(rules, provider.auth_type) === "none" : oauth.includes(provider.auth_type);
  if (!isKeyless && provider.api_key === null && provider.credentials === null) {
    throw new Refused(rules.isNewer ? inlineKey : "Send an api_key, credentials or a connection_id.");
  }
  checkSecret(rules, "provider", provider);
}
