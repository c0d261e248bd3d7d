import { type Connection, holdsSecret, Refused, read } from "./records.ts";
import type { Ceilings, ConnectionBody, Switches } from "./schema.ts";
import { authTypes, oauth, secrets, withoutV1 } from "./vocabulary.ts";

/** The switches, with what follows from the platform. */
export interface Rules extends Omit<Switches, "platform" | "authTypes" | "timeoutCeilings"> {
  readonly isNewer: boolean;
  readonly authTypes: NonNullable<Switches["authTypes"]>;
  readonly ceilings: Ceilings;
}

export function rulesOf({ platform, authTypes, timeoutCeilings, ...switches }: Switches): Rules {
  const isNewer = platform === "newer";
  const highest = isNewer ? { request: 600, streamIdle: 300 } : { request: 3600, streamIdle: 1800 };
  const { request = highest.request, streamIdle = highest.streamIdle } = timeoutCeilings ?? {};
  const words = authTypes ?? (isNewer ? "newer" : "docs");
  return { ...switches, isNewer, authTypes: words, ceilings: { request, streamIdle } };
}

export type Kind = "provider" | "connection";

type StoredSecret = Pick<Connection, "auth_type" | "api_key" | "credentials">;
type Holder = StoredSecret & Pick<Connection, "model_provider">;

/** The words that `auth_type` takes, the default first. OAuth is set on the provider: no connection has it. */
export function wordsOf(rules: Rules, kind: Kind, family: string): readonly string[] {
  const vocabulary = authTypes[rules.authTypes];
  const words = (Object.hasOwn(vocabulary, family) ? vocabulary[family] : vocabulary["*"]) ?? [];
  return kind === "provider" ? words : words.filter((word) => !oauth.includes(word));
}

export function checkSecret(rules: Rules, kind: Kind, one: Holder): void {
  const words = wordsOf(rules, kind, one.model_provider);
  if (!words.includes(one.auth_type)) throw new Refused(`auth_type must be one of ${words.join(", ")} here.`);
  if (one.api_key !== null && one.credentials !== null) throw new Refused("Send api_key or credentials, not both.");
  const expected = secretOf(rules, one.auth_type);
  if (expected === undefined) throw new Refused(`What ${one.auth_type} takes is not documented.`);
  if (expected !== "api_key" && one.api_key !== null) throw new Refused(`${one.auth_type} takes no api_key.`);
  if (typeof expected === "string" && one.credentials !== null) {
    throw new Refused(`${one.auth_type} takes no credentials.`);
  }
  if (expected === "api_key" && one.api_key === null) throw new Refused(`${one.auth_type} needs an api_key.`);
  if (typeof expected !== "string") read(expected, one.credentials, "credentials");
}

/** The secret that an `auth_type` takes; newer words have the role among the settings. */
export function secretOf({ authTypes }: Rules, auth_type: string) {
  return auth_type === "aws_role" && authTypes === "newer" ? "none" : secrets[auth_type];
}

/** What is stored after an update: a new secret or a new type replaces the old secret, and must fit. */
export function nextSecret(rules: Rules, kind: Kind, one: Holder, body: ConnectionBody): StoredSecret {
  const { auth_type: current, api_key, credentials, model_provider } = one;
  const auth_type = body.auth_type ?? current;
  if (!holdsSecret(body) && auth_type === current) return { auth_type, api_key, credentials };
  const next = { auth_type, api_key: body.api_key ?? null, credentials: body.credentials ?? null };
  checkSecret(rules, kind, { ...next, model_provider });
  return next;
}

export function checkBaseUrl(
  { isNewer }: Rules,
  { auth_type, model_provider }: Pick<Holder, "auth_type" | "model_provider">,
  url: string,
): void {
  const isPicky = isNewer && auth_type !== "codex_oauth" && withoutV1.includes(model_provider);
  if (isPicky && /\/v1\/?$/.test(url)) {
    throw new Refused(`base_url must not end in /v1; use ${url.replace(/\/v1\/?$/, "")}`);
  }
}

interface Configured extends Pick<Holder, "auth_type" | "model_provider"> {
  readonly id: string;
  readonly settings: Record<string, unknown>;
}

/** The settings that a newer platform needs of Bedrock, and the one that it makes; `stored` are those from before. */
export function nextSettings(
  { isNewer }: Rules,
  { id, auth_type, model_provider, settings }: Configured,
  stored: Record<string, unknown> = {},
): Record<string, unknown> {
  if (!isNewer || model_provider !== "bedrock") return settings;
  const needed = ["region", ...(auth_type === "aws_role" ? ["iam_role_arn"] : [])];
  const missing = needed.filter((name) => typeof settings[name] !== "string" || settings[name] === "");
  if (missing.length > 0) throw new Refused(`settings need ${missing.join(" and ")} for ${auth_type}.`);
  if (auth_type !== "aws_role") return settings;
  const { external_id = `external-${id}` } = stored;
  if ((settings.external_id ?? external_id) !== external_id) throw new Refused("external_id is generated.");
  return { ...settings, external_id };
}
