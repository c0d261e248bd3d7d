import type { Capabilities } from "../../contract/capabilities.ts";
import { type CredentialScheme, credentialSchemes } from "../../contract/credential.ts";
import type { ListedProvider } from "../../contract/state.ts";
import { commentText } from "./comment.ts";

/** A credential as a config holds it, with a remark on it; or why there is none. */
export type ImportedCredential =
  | { readonly value: Readonly<Record<string, string>>; readonly remark?: string }
  | { readonly note: string }
  | undefined;

/** What each scheme needs: a secret, and what no gateway shows besides. */
const MEMBERS: Readonly<Record<CredentialScheme, { readonly secret?: string; readonly others?: readonly string[] }>> = {
  api_key: { secret: "apiKey" },
  bedrock_api_key: { secret: "apiKey" },
  aws_role: { others: ["roleArn"] },
  aws_keys: { secret: "secretAccessKey", others: ["accessKeyId"] },
  google_adc: {},
  google_service_account: { secret: "serviceAccount" },
  google_impersonation: { others: ["targetServiceAccount"] },
  oauth_passthrough: {},
};

/** The credential that a config can say of what a gateway reports; undefined where there is none to say. */
export function importCredential(
  { credential, connectionId }: Omit<ListedProvider<unknown>, "id">,
  { fields, schemes }: Capabilities,
  variable: () => string,
): ImportedCredential {
  if (!fields.credential.set || credential.kind === "connection" || typeof connectionId === "string") return undefined;
  const known = credentialSchemes.filter((each) => schemes[each]);
  const scheme = credential.scheme ?? (known.length === 1 ? known[0] : undefined);
  if (scheme === undefined) {
    return { note: `credential: the gateway does not tell its scheme, one of ${known.join(", ")}; give it whole` };
  }
  if (!schemes[scheme]) return { note: `credential: the scheme ${scheme} cannot be written at this gateway` };
  const { secret, others = [] } = MEMBERS[scheme];
  if (others.length > 0) {
    const members = [...others, ...(secret === undefined ? [] : [secret])].join(" and ");
    return {
      note: `credential: its scheme is ${scheme}; to manage it, give ${members}, which the gateway does not show`,
    };
  }
  const { hint } = credential;
  return {
    value: { scheme, ...(secret === undefined ? {} : { [secret]: `env:${variable()}` }) },
    ...(hint === undefined ? {} : { remark: `the gateway shows ${commentText(hint)}` }),
  };
}
