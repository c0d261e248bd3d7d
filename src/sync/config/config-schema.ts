import { z } from "zod";
import type { AnyAdapter } from "../../contract/gateway.ts";
import { type Field, providerUpdateSchema, updateFields } from "../../contract/update.ts";
import { bindingFields, gatewayFields, NAME, providerFields, referenceText, rootFields } from "./config-fields.ts";
import { placeholder } from "./desired.ts";
import { takesFunctions } from "./takes-functions.ts";

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

const FIELD_EXAMPLES: Readonly<Partial<Record<Field, readonly unknown[]>>> = {
  name: ["OpenAI Production"],
  description: ["The key of the production team"],
  metadata: [{ team: "ml" }],
  baseUrl: ["https://api.openai.com/v1"],
  credential: [
    { scheme: "api_key", apiKey: "env:OPENAI_API_KEY" },
    { scheme: "aws_role", roleArn: "arn:aws:iam::123456789012:role/ai-gateway" },
  ],
  connectionId: ["4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111"],
  requestTimeout: [90],
  streamIdleTimeout: [60],
};

const { type, pattern, description: REFERENCE_DESCRIPTION, examples } = z.toJSONSchema(referenceText);
const REFERENCE = { type, pattern, examples };
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
      // The library drops those of what is transformed once it is read; ours are of what is written.
      const { examples: given } = zodSchema instanceof z.ZodType ? (zodSchema.meta() ?? {}) : {};
      if (Array.isArray(given) && given.length > 0) jsonSchema.examples = given;
      // In a file a secret is the reference to it.
      if (takesSecretsOnly(zodSchema)) {
        const description = [jsonSchema.description, REFERENCE_DESCRIPTION].filter(Boolean).join(" ");
        Object.assign(jsonSchema, { ...REFERENCE, description });
      }
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
    { required: ["id"], properties: { id: { description: bindingFields.id.description } } },
    { required: ["create"], properties: { create: { const: true, description: bindingFields.create.description } } },
  ];
  const binding = z.strictObject({ ...bindingFields, ...fields }).meta({ anyOf: identity });
  const provider = z.strictObject({
    ...fields,
    ...providerFields,
    gateways: z
      .record(name, binding)
      .exactOptional()
      .meta({
        description:
          "The gateways that have this provider, by name. Without it, nothing is said of where it is, and nothing is removed.",
        examples: [{ main: { id: 123, requestTimeout: 60 } }, { main: { create: true, upstream: "openai" } }],
      }),
  });
  const gateway = z.union([...adapters.flatMap(gatewaySchemas), ...foreignGatewaySchemas(adapters)]);
  return z
    .strictObject({
      ...rootFields,
      gateways: z
        .record(name, gateway)
        .exactOptional()
        .meta({ description: "The gateways, by names of your own.", examples: exampleGateways(adapters) }),
      providers: z
        .record(name, provider)
        .exactOptional()
        .meta({
          description: "The upstream providers, by names of your own, and what they should be at each gateway.",
          examples: [EXAMPLE_PROVIDERS],
        }),
    })
    .meta({ title: "gatefold config", description: "What upstream AI providers should be at several AI gateways." });
}

const EXAMPLE_PROVIDERS = {
  "openai-prod": {
    name: "OpenAI Production",
    credential: { scheme: "api_key", apiKey: "env:OPENAI_API_KEY" },
    gateways: { main: { id: 123 } },
  },
};

/** An entry of the first adapter that needs a token and nothing else. */
function exampleGateways(adapters: readonly AnyAdapter[]): readonly object[] {
  const plain = adapters.find(({ settings }) => settings.safeParse({ token: SECRET }).success);
  return plain === undefined ? [] : [{ main: { adapter: plain.name, token: "env:MAIN_TOKEN" } }];
}

const { token: TOKEN, ...OTHER_GATEWAY_FIELDS } = gatewayFields;

/** An entry of an adapter that comes with the package: with a token, and with a login where the adapter takes one. */
function gatewaySchemas(adapter: AnyAdapter): readonly z.ZodType[] {
  const name = z.literal(adapter.name).meta({ description: "The adapter's name." });
  const common = { ...OTHER_GATEWAY_FIELDS, adapter: name };
  const { settings } = adapter;
  // Of settings of another form only the names that every gateway has are known.
  if (!(settings instanceof z.ZodObject)) return anyLogin(common);
  const { token: _token, auth, ...others } = settings.shape;
  const own = Object.fromEntries(Object.entries(others).filter(([name]) => !takesFunctions(adapter, name)));
  const withToken = z.strictObject({ ...own, ...common, token: TOKEN });
  if (auth === undefined) return [withToken];
  const login = auth instanceof z.ZodExactOptional ? auth.unwrap() : auth;
  const told = login instanceof z.ZodType ? login.meta({ description: LOGIN }) : login;
  return [withToken, z.strictObject({ ...own, ...common, auth: told })];
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
  return described({
    ...providerUpdateSchema.shape,
    // These two take anything and judge it by a function, of which no schema can tell.
    metadata: z.union([z.string().min(1), z.looseObject({}), z.null()]).exactOptional(),
    native: (natives.size === 0 ? z.looseObject({}) : z.union([...natives])).exactOptional(),
  });
}

function described(shape: Readonly<Record<Field, z.ZodType>>): Readonly<Record<string, z.ZodType>> {
  const members = updateFields.map((name): [string, z.ZodType] => {
    const examples = FIELD_EXAMPLES[name];
    const told = { description: FIELD_DESCRIPTIONS[name], ...(examples === undefined ? {} : { examples }) };
    return [name, shape[name].meta(told)];
  });
  return Object.fromEntries(members);
}

function takesSecretsOnly(schema: z.core.$ZodType): boolean {
  const isJudgedByFunction = schema instanceof z.ZodCustom;
  return isJudgedByFunction && schema.safeParse(SECRET).success && !schema.safeParse("a text").success;
}
