import { z } from "zod";
import { type CredentialScheme, credentialSchemes } from "../../src/index.ts";
import {
  type AnySettings,
  type ClientCredentials,
  commonSettingsWithLogin,
  settingUrlSchema,
  tokenOrLogin,
} from "../../src/kit/index.ts";

/** The word on the wire for a scheme: one for all, or one per family (`model_provider`), `default` for the others. */
export type AuthTypeWord = string | Readonly<Record<string, string>>;

/** Settings of Barndoor's connections. Of `token` and `auth` one is given, and not both. */
export interface BarndoorConnectionSettings extends AnySettings {
  /** An admin's service account that logs in by itself. Default of `tokenUrl`: the vendor's own. */
  readonly auth?: ClientCredentials;
  /** Required: three hosts are documented and none is the default. May end in `/api/llm-gateway` or not. */
  readonly baseUrl: string;
  /**
   * The method of an update. The documents name PATCH and PUT, both with the same partial body. `auto` (default) tries first
   * what they say of the resource, PATCH for a provider and PUT for a connection, and remembers what this gateway takes.
   */
  readonly updateMethod?: "auto" | "PATCH" | "PUT";
  /**
   * `newer`: a platform that keeps every key on a connection, and says so with 400. What it is known to refuse is refused
   * before anything is sent. Default `documented`: what the reference pages tell.
   */
  readonly platform?: "documented" | "newer";
  /** `auth_type` on the wire, where it is not the platform's word for the scheme. A word per family costs a read first. */
  readonly authTypes?: { readonly [Scheme in CredentialScheme]?: AuthTypeWord };
}

/** Settings of Barndoor's providers. */
export interface BarndoorSettings extends BarndoorConnectionSettings {
  /** Upper limits in seconds, of a `request` and of a stream (`streamIdle`). Default 3600 and 1800, on the newer platform 600 and 300. */
  readonly timeoutCeilings?: { readonly request?: number; readonly streamIdle?: number };
}

const word = z.string({ error: "expected a word, or a word per family" }).min(1, "is empty");
const isScheme = (name: string) => credentialSchemes.some((scheme) => scheme === name);
const authTypes = z.record(z.string(), z.union([word, z.record(z.string(), word)])).superRefine((words, context) => {
  for (const name of Object.keys(words).filter((key) => !isScheme(key))) {
    const message = `unknown scheme; expected one of ${credentialSchemes.join(", ")}`;
    context.addIssue({ code: "custom", path: [name], message });
  }
});

const shared = {
  ...commonSettingsWithLogin,
  baseUrl: settingUrlSchema.meta({
    description:
      "Where the organization's platform is reached, with or without /api/llm-gateway; no host is the default.",
    examples: ["https://acme.platform.barndoor.ai/api/llm-gateway"],
  }),
  updateMethod: z.enum(["auto", "PATCH", "PUT"], { error: 'expected "auto", "PATCH" or "PUT"' }).exactOptional().meta({
    description:
      "The method of an update, of which the documents name both; auto (if not given) finds out which one this gateway takes.",
  }),
  platform: z
    .enum(["documented", "newer"], { error: 'expected "documented" or "newer"' })
    .exactOptional()
    .meta({
      description:
        "newer: a platform that keeps every key on a connection; what it is known to refuse is refused before anything is sent. " +
        "documented, if not given: what https://docs.barndoor.ai/api-reference/llm-gateway tells.",
    }),
  authTypes: authTypes.exactOptional().meta({
    description:
      "The word for a scheme on the wire (auth_type), where it is not the platform's own: one word, or one for each family.",
    examples: [{ api_key: "bearer_api_key" }, { api_key: { anthropic: "x_api_key", default: "bearer_api_key" } }],
  }),
};
const ceiling = (what: string) =>
  z
    .int({ error: "expected whole seconds" })
    .min(1, "expected at least 1 second")
    .exactOptional()
    .meta({ description: `The most seconds that ${what} may be given here.` });

export const connectionSettingsSchema = tokenOrLogin(z.strictObject(shared));

export const settingsSchema = tokenOrLogin(
  z.strictObject({
    ...shared,
    timeoutCeilings: z
      .strictObject({ request: ceiling("requestTimeout"), streamIdle: ceiling("streamIdleTimeout") })
      .exactOptional()
      .meta({
        description:
          "Upper limits of the timeouts; 3600 and 1800 seconds if not given, on the newer platform 600 and 300.",
        examples: [{ request: 600, streamIdle: 300 }],
      }),
  }),
);

const PREFIX = "/api/llm-gateway";

/** Where requests go: the prefix stands once, whether the setting has it or not. */
export function gatewayUrl({ baseUrl }: Pick<BarndoorConnectionSettings, "baseUrl">): string {
  const bare = baseUrl.replace(/\/+$/, "");
  return bare.endsWith(PREFIX) ? bare : bare + PREFIX;
}

/** The methods of an update that are in question, `first` before the other. */
export function methodsOf(
  { updateMethod = "auto" }: Pick<BarndoorConnectionSettings, "updateMethod">,
  first: "PATCH" | "PUT",
): readonly [string, ...string[]] {
  if (updateMethod !== "auto") return [updateMethod];
  return first === "PATCH" ? ["PATCH", "PUT"] : ["PUT", "PATCH"];
}
