import { type Secret, secret } from "../contract/secret.ts";

/**
 * How a request carries the token. `bearer`: RFC 6750. `basic`: RFC 7617, the token being `user:password`.
 * A `header` of the vendor's own carries the token as it is.
 */
export type Authentication = "bearer" | "basic" | { readonly header: string };

/** The name of the header that carries the token. */
export function authenticationHeaderName(authentication: Authentication): string {
  return typeof authentication === "object" ? authentication.header : "Authorization";
}

/** The header that carries the token. Its value is the secret itself: make it where it is sent, and keep it nowhere. */
export function authenticationHeader(authentication: Authentication, token: Secret): Readonly<Record<string, string>> {
  const name = authenticationHeaderName(authentication);
  if (typeof authentication === "object") return { [name]: token.reveal() };
  if (authentication === "bearer") return { [name]: `Bearer ${token.reveal()}` };
  return { [name]: `Basic ${Buffer.from(token.reveal(), "utf8").toString("base64")}` };
}

/** What an answer could echo of a token: with `basic` its password by itself, too. */
export function secretsOfToken(authentication: Authentication, token: Secret): readonly Secret[] {
  if (authentication !== "basic") return [token];
  const text = token.reveal();
  return [token, secret(text.slice(text.indexOf(":") + 1))];
}
