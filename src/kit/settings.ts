import { z } from "zod";
import { InvalidInputError, MissingSettingError } from "../contract/errors.ts";
import type { Hooks, Logger } from "../contract/hooks.ts";
import { isSecret, type Secret } from "../contract/secret.ts";
import { baseUrlSchema, issuesOf } from "../contract/update.ts";
import type { RateLimit } from "./rate-budget.ts";

/** A gateway's token, or what gives it: called once for each request. */
export type Token = Secret | (() => Secret | Promise<Secret>);

/** What the kit reads of any adapter's settings. */
export interface AnySettings {
  /** Absent only where the vendor's parts say how to log in. */
  readonly token?: Token;
  /** Where the gateway's management API is reached: http or https, without user info. */
  readonly baseUrl?: string;
  /** Milliseconds for one attempt. Default 30,000. */
  readonly timeoutMs?: number;
  /** How often a request that failed is sent again, where that is safe. */
  readonly retry?: {
    /** Extra tries after the first, 0 to 10. Default 2. */
    readonly attempts?: number;
    /** Milliseconds for one request with all its tries. Default 90,000. */
    readonly budgetMs?: number;
  };
  /** The account's request budget, shared by all calls of this gateway. Default: what the vendor documents. */
  readonly rateLimit?: RateLimit | false;
  /** `environment` honours HTTPS_PROXY, HTTP_PROXY and NO_PROXY. Default false. */
  readonly proxy?: "environment" | false;
  /** What requests say of themselves: printable ASCII. Default `gatefold/` and the version. */
  readonly userAgent?: string;
  /** Who is told of everything that this gateway does. Without any, nothing is computed for it. */
  readonly hooks?: Hooks | readonly Hooks[];
  /** Where a log of it goes: pino, or what is like it. */
  readonly logger?: Logger;
}

/** The settings that every adapter takes. */
export interface CommonSettings extends AnySettings {
  readonly token: Token;
}

/** How a machine logs in by itself: OAuth 2.0's client credentials (RFC 6749, section 4.4). */
export interface ClientCredentials {
  /** Who logs in; no secret. */
  readonly clientId: string;
  /** What proves it. */
  readonly clientSecret: Secret;
  /** Where the token is asked for. Default: what the vendor documents. */
  readonly tokenUrl?: string;
  /** Sent only if given. */
  readonly audience?: string;
  /** Sent only if given: words with a space between them. */
  readonly scope?: string;
}

/** What a header takes as a token. */
export const TOKEN_TEXT = /^[\x21-\x7e]+$/;

/** What is wrong with a token's text as a header's value, or undefined. */
export function tokenProblem(token: Secret): string | undefined {
  if (token.reveal() === "") return "is empty";
  return TOKEN_TEXT.test(token.reveal()) ? undefined : "has a line break, white space or a character outside ASCII";
}

const isTokenFunction = (value: unknown): value is () => Secret | Promise<Secret> => typeof value === "function";

const tokenSchema = z
  .custom<Token>((value) => isSecret(value) || isTokenFunction(value), {
    error: (issue) =>
      issue.input === undefined
        ? "is missing"
        : "expected a Secret, made by secret(text), or a function that gives one",
  })
  .superRefine((token, context) => {
    const message = isSecret(token) ? tokenProblem(token) : undefined;
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

const milliseconds = z.int({ error: "expected whole milliseconds" }).min(1, "expected at least 1 millisecond");

/** A base URL as a setting: paths are appended to it, so it has no query. */
export const settingUrlSchema = baseUrlSchema.refine((url) => !url.includes("?"), "has a query");

const HOOK_MEMBERS = [
  "onStart",
  "onRequest",
  "onResponse",
  "onRetry",
  "onWait",
  "onChange",
  "onEnd",
  "within",
] as const satisfies readonly (keyof Hooks)[];

// An object of a class has its methods further up, and may have members of its own.
const isHooks = (value: unknown): value is Hooks =>
  typeof value === "object" && value !== null && HOOK_MEMBERS.every((name) => isFunctionOrAbsent(value, name));

function isFunctionOrAbsent(value: object, name: string): boolean {
  const member: unknown = Reflect.get(value, name);
  return member === undefined || typeof member === "function";
}

const hooksSchema = z.custom<Hooks | readonly Hooks[]>(
  (value) => (Array.isArray(value) ? value.every(isHooks) : isHooks(value)),
  { error: "expected an object with functions such as onRequest, or a list of such" },
);

const LEVELS = ["debug", "info", "warn", "error"] as const satisfies readonly (keyof Logger)[];

const loggerSchema = z.custom<Logger>(
  (value) =>
    typeof value === "object" &&
    value !== null &&
    LEVELS.every((level) => typeof Reflect.get(value, level) === "function"),
  { error: `expected a logger: an object with the functions ${LEVELS.join(", ")}` },
);

/** The common settings, to be spread into an adapter's `z.strictObject`. */
export const commonSettings = {
  token: tokenSchema,
  baseUrl: settingUrlSchema.exactOptional().meta({
    description: "Where the gateway's management API is reached, if not at the vendor's own host; without a query.",
  }),
  timeoutMs: milliseconds
    .max(600_000, "expected at most 600000")
    .exactOptional()
    .meta({
      description: "Milliseconds for one attempt, to the last byte of the reply; 30000 if not given.",
      examples: [60_000],
    }),
  retry: z
    .strictObject({
      attempts: z
        .int({ error: "expected a whole number" })
        .min(0, "expected 0 to 10")
        .max(10, "expected 0 to 10")
        .exactOptional()
        .meta({ description: "Extra tries after the first; 2 if not given, 0 for none." }),
      budgetMs: milliseconds
        .exactOptional()
        .meta({ description: "Milliseconds for one request with all its tries; 90000 if not given." }),
    })
    .exactOptional()
    .meta({ description: "When a request that failed is sent again.", examples: [{ attempts: 5, budgetMs: 180_000 }] }),
  rateLimit: z
    .union(
      [
        z.literal(false),
        z.strictObject({
          requests: z
            .int()
            .min(1, "expected at least 1")
            .meta({ description: "How many requests may begin in any span of perMs." }),
          perMs: milliseconds.meta({ description: "The span in milliseconds." }),
        }),
      ],
      { error: "expected false or { requests, perMs }, both whole and positive" },
    )
    .exactOptional()
    .meta({
      description: "The account's budget of requests, or false for none; what the vendor documents if not given.",
      examples: [{ requests: 60, perMs: 60_000 }, false],
    }),
  proxy: z
    .union([z.literal("environment"), z.literal(false)], { error: 'expected "environment" or false' })
    .exactOptional()
    .meta({
      description:
        "environment honours HTTPS_PROXY, HTTP_PROXY and NO_PROXY, as the command line does by itself; false does not.",
    }),
  userAgent: z
    .string({ error: "expected a text" })
    .regex(/^[\x20-\x7e]+$/, "expected printable ASCII")
    .exactOptional()
    .meta({ description: "What the requests say of themselves, in place of gatefold and its version." }),
  hooks: hooksSchema.exactOptional(),
  logger: loggerSchema.exactOptional(),
};

const clientSecretSchema = z
  .custom<Secret>(isSecret, { error: "expected a Secret, made by secret(text)" })
  .superRefine((given, context) => {
    const text = isSecret(given) ? given.reveal() : "";
    const message = text === "" ? "is empty" : /[\r\n]/.test(text) ? "has a line break" : undefined;
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

const printable = z.string({ error: "expected a text" }).regex(/^[\x20-\x7e]+$/, "expected printable ASCII");

/** The schema of {@link ClientCredentials}. */
export const clientCredentialsSchema = z.strictObject(
  {
    clientId: printable.meta({ description: "The client's id, which is no secret." }),
    clientSecret: clientSecretSchema.meta({ description: "The client's secret." }),
    tokenUrl: settingUrlSchema.exactOptional().meta({
      description: "Where the token is asked for, if it is not where the vendor documents it.",
    }),
    audience: printable.exactOptional().meta({ description: "Sent with the login only if given." }),
    scope: printable
      .exactOptional()
      .meta({ description: "Sent with the login only if given: words with a space between." }),
  },
  { error: (issue) => (issue.code === "invalid_type" ? "expected { clientId, clientSecret }" : undefined) },
);

/** The common settings of an adapter that can log in by itself; see {@link tokenOrLogin}. */
export const commonSettingsWithLogin = {
  ...commonSettings,
  token: tokenSchema.exactOptional(),
  auth: clientCredentialsSchema.exactOptional().meta({
    description: "How a machine logs in by itself (OAuth 2.0, client_credentials), instead of a token.",
  }),
};

/** The schema of settings, and that either `token` or `auth` is given in them. */
export function tokenOrLogin<Schema extends z.ZodType>(schema: Schema): Schema {
  const isObject = (settings: unknown) => typeof settings === "object" && settings !== null;
  const isGiven = (settings: unknown, name: string) => isObject(settings) && Object.hasOwn(Object(settings), name);
  // Judged along with the rest, so that a wrong setting elsewhere does not hide it.
  const always = { when: () => true };
  return schema
    .refine((settings) => !isObject(settings) || isGiven(settings, "token") || isGiven(settings, "auth"), {
      path: ["token"],
      error: "is missing: give token or auth",
      ...always,
    })
    .refine((settings) => !(isGiven(settings, "token") && isGiven(settings, "auth")), {
      path: ["auth"],
      error: "is given beside token: give one of the two",
      ...always,
    });
}

/**
 * The parsed copy of an adapter's settings.
 * @throws MissingSettingError when a required one is absent, InvalidInputError for anything else that is wrong
 */
export function parseSettings<Settings>(adapter: string, schema: z.ZodType<Settings>, value: unknown): Settings {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const required = new Set(schema.safeParse({}).error?.issues.map(({ path }) => String(path[0])));
  const given = typeof value === "object" && value !== null ? value : undefined;
  // What is required only where another setting is absent is named here just when it is.
  const wrong = new Set(result.error.issues.map(({ path }) => String(path[0])));
  const isMissing = (name: string) => given !== undefined && Reflect.get(given, name) === undefined && wrong.has(name);
  const names = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const missing = [...new Set([...names, ...required])].filter((name) => required.has(name) && isMissing(name));
  if (missing.length > 0) throw new MissingSettingError(adapter, missing);
  throw new InvalidInputError(adapter, issuesOf(result.error, names));
}
