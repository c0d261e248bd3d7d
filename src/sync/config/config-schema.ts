import { z } from "zod";
import type { AnyAdapter } from "../../contract/gateway.ts";
import { type Field, providerUpdateSchema } from "../../contract/update.ts";
import { bindingFields, gatewayFields, NAME, providerFields, referenceText, rootFields } from "./config-fields.ts";
import { placeholder } from "./desired.ts";

const FIELD_DESCRIPTIONS: Readonly<Record<Field, string>> = {
  name: "The name that the gateway shows.",
  description: "A text for people; null clears it.",
  metadata: "A text, or an object that is sent as canonical JSON; null clears it.",
  baseUrl: "Where the upstream provider is reached: an http or https URL without user info.",
  credential: "How the gateway authenticates to the upstream provider. Secrets are references.",
  connectionId: "The id of a shared credential, which excludes a credential of its own; null detaches from it.",
  requestTimeout: "Whole seconds; null is the gateway's default.",
  streamIdleTimeout: "Whole seconds; null is the gateway's default.",
  enabled: "Whether the gateway uses the provider.",
  native: "What only this gateway's vendor has. A text like env:NAME is a reference.",
};

// The settings of which every adapter has its own copy. A description that an adapter gives itself comes first.
const SETTING_DESCRIPTIONS: Readonly<Record<string, string>> = {
  baseUrl: "Where the gateway's management API is reached: an http or https URL without user info and query.",
  timeoutMs: "Milliseconds for one attempt, to the last byte of the reply.",
  retry: "Extra tries after the first, and the milliseconds that one request may take with all of them.",
  rateLimit: "At most so many requests in any span of perMs milliseconds; false for no limit.",
  proxy: "environment honours HTTPS_PROXY, HTTP_PROXY and NO_PROXY.",
  userAgent: "What the requests say of themselves.",
};

const { type, pattern, description } = z.toJSONSchema(referenceText);
const REFERENCE = { type, pattern, description };
// Long enough and of a form that every member takes.
const SECRET = placeholder("serviceAccount");

/**
 * The JSON Schema (draft 2020-12) of one file of a config, for editors. It takes what the reader takes, and refuses what can be
 * refused without the rest of the config: what a gateway can do with a field is judged by `checkConfig` alone.
 */
export function configJsonSchema(adapters: readonly AnyAdapter[]): object {
  return z.toJSONSchema(fileSchema(adapters), {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      // In a file a secret is the reference to it.
      if (takesSecretsOnly(zodSchema)) Object.assign(jsonSchema, REFERENCE);
      // The bound of every whole number says nothing to a reader.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
}

function fileSchema(adapters: readonly AnyAdapter[]): z.ZodType {
  const name = z.string().regex(NAME);
  const fields = updateFieldSchemas(adapters);
  // Said beside the members, as no combination of them could say it: without an id, the object is made.
  const identity = [
    { required: ["id"], properties: { id: {} } },
    { required: ["create"], properties: { create: { const: true } } },
  ];
  const binding = z.strictObject({ ...bindingFields, ...fields }).meta({ anyOf: identity });
  const provider = z.strictObject({
    ...fields,
    ...providerFields,
    gateways: z.record(name, binding).exactOptional().meta({
      description:
        "The gateways that have this provider, by name. Without it, nothing is said of where it is, and nothing is removed.",
    }),
  });
  const gateway = z.union([...adapters.flatMap(gatewaySchemas), ...foreignGatewaySchemas(adapters)]);
  return z
    .strictObject({
      ...rootFields,
      gateways: z.record(name, gateway).exactOptional().meta({ description: "The gateways, by names of your own." }),
      providers: z.record(name, provider).exactOptional().meta({
        description: "The upstream providers, by names of your own, and what they should be at each gateway.",
      }),
    })
    .meta({ title: "gatefold config", description: "What upstream AI providers should be at several AI gateways." });
}

const { token: TOKEN, ...OTHER_GATEWAY_FIELDS } = gatewayFields;

/** An entry of an adapter that comes with the package: with a token, and with a login where the adapter takes one. */
function gatewaySchemas(adapter: AnyAdapter): readonly z.ZodType[] {
  const name = z.literal(adapter.name).meta({ description: "The adapter's name." });
  const common = { ...OTHER_GATEWAY_FIELDS, adapter: name };
  const { settings } = adapter;
  // Of settings of another form only the names that every gateway has are known.
  if (!(settings instanceof z.ZodObject)) return anyLogin(common);
  const { token: _token, auth, ...own } = described(settings.shape, SETTING_DESCRIPTIONS);
  const withToken = z.strictObject({ ...own, ...common, token: TOKEN });
  if (auth === undefined) return [withToken];
  const login = described({ auth: auth instanceof z.ZodExactOptional ? auth.unwrap() : auth }, { auth: LOGIN });
  return [withToken, z.strictObject({ ...own, ...common, ...login })];
}

/** A gateway whose adapter is a file or a package: nothing is known of its settings. */
function foreignGatewaySchemas(adapters: readonly AnyAdapter[]): readonly z.ZodType[] {
  const names = adapters.map(({ name }) => name.replace(/[^\w-]/g, "\\$&")).join("|");
  const description =
    "The path of a file, relative to this one, or the name of a package: its adapter is loaded with --trust-config.";
  const adapter = z
    .string()
    .regex(new RegExp(`^(?!(${names})$).`))
    .meta({ description });
  return anyLogin({ ...OTHER_GATEWAY_FIELDS, adapter });
}

const LOGIN = "How a machine logs in by itself, instead of a token. Secrets in it are references.";

const anyLogin = (common: Readonly<Record<string, z.ZodType>>): readonly z.ZodType[] => [
  z.looseObject({ ...common, token: TOKEN }),
  z.looseObject({ ...common, auth: z.looseObject({}).meta({ description: LOGIN }) }),
];

function updateFieldSchemas(adapters: readonly AnyAdapter[]) {
  const natives = new Set(adapters.flatMap(({ native }) => native ?? []));
  return described(
    {
      ...providerUpdateSchema.shape,
      // These two take anything and judge it by a function, of which no schema can tell.
      metadata: z.union([z.string().min(1), z.looseObject({}), z.null()]).exactOptional(),
      native: (natives.size === 0 ? z.looseObject({}) : z.union([...natives])).exactOptional(),
    },
    FIELD_DESCRIPTIONS,
  );
}

function described(
  shape: Readonly<Record<string, z.core.$ZodType>>,
  descriptions: Readonly<Record<string, string>>,
): Record<string, z.core.$ZodType> {
  const members = Object.entries(shape).map(([name, schema]): [string, z.core.$ZodType] => {
    const description = Object.hasOwn(descriptions, name) ? descriptions[name] : undefined;
    const lacksOne = schema instanceof z.ZodType && schema.description === undefined;
    return [name, lacksOne && description !== undefined ? schema.meta({ description }) : schema];
  });
  return Object.fromEntries(members);
}

function takesSecretsOnly(schema: z.core.$ZodType): boolean {
  const isJudgedByFunction = schema instanceof z.ZodCustom;
  return isJudgedByFunction && schema.safeParse(SECRET).success && !schema.safeParse("a text").success;
}
