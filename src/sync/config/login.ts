import type { Secret } from "../../contract/secret.ts";
import type { GatewayEntry } from "./config.ts";
import { placeholder } from "./desired.ts";
import { parseReference, referenceKey, type SecretReference } from "./reference.ts";

/** A secret by which a gateway is reached: its token, or a part of `auth`. */
export interface LoginSecret {
  /** From the gateway's entry on. */
  readonly path: readonly ["token"] | readonly ["auth", string];
  readonly reference: SecretReference;
}

/** What tells which account of a vendor an entry is about. */
type Login = Pick<GatewayEntry, "settings" | "secrets">;

/** Whether the entry says how to log in, instead of a token. */
export const hasLogin = (settings: object): boolean => Object.hasOwn(settings, "auth");

/** The references in the members of `auth`. */
export function referencesIn(auth: object, directory: string): readonly LoginSecret[] {
  return Object.entries(auth).flatMap(([member, value]): LoginSecret[] => {
    const reference = parseReference(value, directory);
    return reference === undefined ? [] : [{ path: ["auth", member], reference }];
  });
}

/** The settings that an adapter is opened with, each reference replaced by what `secretOf` gives. */
export function withLogin(
  { settings, secrets }: Login,
  secretOf: (reference: SecretReference) => Secret,
): Readonly<Record<string, unknown>> {
  const complete: Record<string, unknown> = { ...settings };
  for (const { path, reference } of secrets) {
    const [name, member] = path;
    const value = secretOf(reference);
    complete[name] = member === undefined ? value : { ...membersOf(complete.auth), [member]: value };
  }
  return complete;
}

/** Settings as a file has them, with something in the place of each secret. */
export function withoutSecrets(settings: object): object {
  if (!hasLogin(settings)) return { ...settings, token: placeholder("token") };
  const { auth } = { auth: undefined, ...settings };
  if (typeof auth !== "object" || auth === null) return settings;
  return withLogin({ settings: { ...settings }, secrets: referencesIn(auth, "") }, () => placeholder("auth"));
}

/** One text for the login of an entry: the same for entries that evidently log in as one account. */
export function loginKey({ settings, secrets }: Login): string {
  const hidden = secrets.map(({ path, reference }) => [...path, referenceKey(reference)]);
  const names = new Set(secrets.map(({ path: [, member] }) => member));
  const shown = Object.entries(membersOf(settings.auth)).filter(([name]) => !names.has(name));
  return JSON.stringify([...hidden, ...shown].map((member) => JSON.stringify(member)).sort());
}

/** Whether a member of `auth` is one where an adapter takes a secret: `problemsOf` are the paths that it refuses. */
export function takesSecret(
  settings: Readonly<Record<string, unknown>>,
  path: string,
  problemsOf: (settings: object) => readonly string[],
): boolean {
  const [name, member, ...rest] = path.split(".");
  if (name !== "auth" || member === undefined || rest.length > 0) return false;
  const auth = membersOf(settings.auth);
  return !problemsOf({ ...settings, auth: { ...auth, [member]: placeholder(member) } }).includes(path);
}

/** Where an entry's secrets may be sent: every setting whose name says that it is a URL. */
export function addressesIn({
  settings,
}: Login): readonly { readonly path: readonly string[]; readonly url: unknown }[] {
  const urls = (members: object, above: readonly string[]) =>
    Object.entries(members)
      .filter(([name]) => /url$/i.test(name))
      .map(([name, url]: [string, unknown]) => ({ path: [...above, name], url }));
  return [...urls(settings, []), ...urls(membersOf(settings.auth), ["auth"])];
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
