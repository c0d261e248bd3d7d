import { type Connection, holdsSecret, Refused, read } from "./records.ts";
import type { ConnectionBody, Switches } from "./schema.ts";
import { authTypes, oauth, secrets, withoutV1 } from "./vocabulary.ts";

export type Kind = "provider" | "connection";

type StoredSecret = Pick<Connection, "auth_type" | "api_key" | "credentials">;
type Holder = StoredSecret & Pick<Connection, "model_provider">;

/** The words that `auth_type` takes, the default first. OAuth is set on the provider: no connection has it. */
export function wordsOf(switches: Switches, kind: Kind, family: string): readonly string[] {
  const vocabulary = authTypes[switches.authTypes ?? "docs"];
  const words = (Object.hasOwn(vocabulary, family) ? vocabulary[family] : vocabulary["*"]) ?? [];
  return kind === "provider" ? words : words.filter((word) => !oauth.includes(word));
}

export function checkSecret(switches: Switches, kind: Kind, one: Holder): void {
  const words = wordsOf(switches, kind, one.model_provider);
  if (!words.includes(one.auth_type)) throw new Refused(`auth_type must be one of ${words.join(", ")} here.`);
  if (one.api_key !== null && one.credentials !== null) throw new Refused("Send api_key or credentials, not both.");
  const isNewerRole = one.auth_type === "aws_role" && switches.authTypes === "newer";
  const expected = isNewerRole ? "none" : secrets[one.auth_type];
  if (expected === undefined) throw new Refused(`What ${one.auth_type} takes is not documented.`);
  if (expected !== "api_key" && one.api_key !== null) throw new Refused(`${one.auth_type} takes no api_key.`);
  if (typeof expected === "string" && one.credentials !== null) {
    throw new Refused(`${one.auth_type} takes no credentials.`);
  }
  if (expected === "api_key" && one.api_key === null) throw new Refused(`${one.auth_type} needs an api_key.`);
  if (typeof expected !== "string") read(expected, one.credentials, "credentials");
}

/** What is stored after an update: a new secret or a new type replaces the old secret, and must fit. */
export function nextSecret(switches: Switches, kind: Kind, one: Holder, body: ConnectionBody): StoredSecret {
  const { auth_type: current, api_key, credentials, model_provider } = one;
  const auth_type = body.auth_type ?? current;
  if (!holdsSecret(body) && auth_type === current) return { auth_type, api_key, credentials };
  const next = { auth_type, api_key: body.api_key ?? null, credentials: body.credentials ?? null };
  checkSecret(switches, kind, { ...next, model_provider });
  return next;
}

export function checkBaseUrl(
  { trailingV1 = "accepted" }: Switches,
  { auth_type, model_provider }: Pick<Holder, "auth_type" | "model_provider">,
  url: string,
): void {
  const isPicky = trailingV1 === "refused" && auth_type !== "codex_oauth" && withoutV1.includes(model_provider);
  if (isPicky && /\/v1\/?$/.test(url)) {
    throw new Refused(`base_url must not end in /v1; use ${url.replace(/\/v1\/?$/, "")}`);
  }
}
