import { stringify } from "yaml";
import { z } from "zod";
import {
  type AnyAdapter,
  type Capabilities,
  credentialSchemes,
  type FieldCapability,
  isGatewayError,
  updateFields,
} from "../src/index.ts";
import { configJsonSchema, openWithoutToken } from "../src/sync/index.ts";
import { type JsonSchema, memberRows, table } from "./schema-table.ts";

const UUID = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";

/** The page of an adapter, made of nothing but what the adapter says of itself. */
export function adapterPage(adapter: AnyAdapter): string {
  const settings = gatewaySchema(adapter);
  const capabilities = adapter.capabilities();
  const parts = [
    `# ${adapter.name}`,
    "<!-- Generated from the adapter's own data: `npm run docs:adapters` writes it anew. -->",
    facts(adapter),
    "## In a config",
    `\`\`\`yaml\n${exampleConfig(adapter)}\`\`\``,
    "## Fields",
    fieldTable(capabilities),
    fieldWords,
    "## Objects",
    objectTable(capabilities),
    ...variants(adapter, settings),
    "## Settings",
    "Besides `adapter`, `concurrency` and `limits`, which every gateway has:",
    table([["Setting", "Value", "Required", ""], ...memberRows(withoutEntryFields(settings))]),
    ...native(adapter),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** A config with one gateway of this adapter, with every field that is said by one text. */
export function exampleConfig(adapter: AnyAdapter): string {
  const { name } = adapter;
  const schema = gatewaySchema(adapter);
  const required = Object.fromEntries(
    (schema.required ?? []).flatMap((member) => {
      const example = schema.properties?.[member]?.examples?.[0];
      return member === "adapter" || member === "token" || example === undefined ? [] : [[member, example]];
    }),
  );
  const { fields, schemes } = adapter.capabilities();
  const variable = name.replaceAll("-", "_").toUpperCase();
  const provider = {
    name: "OpenAI Production",
    ...(schemes.api_key ? { credential: { scheme: "api_key", apiKey: "env:OPENAI_API_KEY" } } : {}),
    ...(fields.baseUrl.set ? { baseUrl: "https://api.openai.com/v1" } : {}),
    ...(fields.requestTimeout.set ? { requestTimeout: 90 } : {}),
    gateways: { [`${name}-prod`]: { id: exampleId(adapter) } },
  };
  return stringify({
    version: 1,
    gateways: { [`${name}-prod`]: { adapter: name, token: `env:${variable}_TOKEN`, ...required } },
    providers: { "openai-prod": provider },
  });
}

/** The settings of an entry of `gateways` that has a token. */
function gatewaySchema(adapter: AnyAdapter): JsonSchema {
  const { properties } = configJsonSchema([adapter]) as JsonSchema;
  const gateways = properties?.gateways?.additionalProperties;
  const entries = typeof gateways === "object" ? (gateways.anyOf ?? []) : [];
  const own = entries.filter((entry) => entry.properties?.adapter?.const === adapter.name);
  const [withToken] = own;
  if (withToken === undefined) throw new Error(`the schema of a config does not know ${adapter.name}`);
  const login = own.find((entry) => entry.properties?.auth !== undefined)?.properties?.auth;
  if (login === undefined) return withToken;
  const required = withToken.required?.filter((name) => name !== "token") ?? [];
  return { ...withToken, required, properties: { ...withToken.properties, auth: login } };
}

function withoutEntryFields(schema: JsonSchema): JsonSchema {
  const { adapter, concurrency, limits, ...properties } = schema.properties ?? {};
  return { ...schema, properties };
}

function facts(adapter: AnyAdapter): string {
  const hosts = adapter.hosts.map((host) => `\`${host}\``);
  const pages = (adapter.documentation ?? []).map((page) => `- <${page}>`);
  return [
    "The vendor's pages that it follows:",
    "",
    ...pages,
    "",
    `Hosts that the vendor documents: ${hosts.join(", ")}. A token goes to any other only with \`--trust-config\`.`,
    `An id is ${idKind(adapter)}, without any setting about it.`,
  ].join("\n");
}

/** By default, that is without any setting but the required ones. */
function opened(adapter: AnyAdapter) {
  try {
    return openWithoutToken(adapter, {});
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    return openWithoutToken(adapter, { baseUrl: "https://unresolved.invalid" });
  }
}

function takesId(adapter: AnyAdapter, value: unknown): boolean {
  try {
    opened(adapter).parseId(value);
    return true;
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    return false;
  }
}

function idKind(adapter: AnyAdapter): string {
  if (takesId(adapter, 123)) return "a positive whole number";
  return takesId(adapter, "any-text") ? "a text of the vendor's" : "a UUID";
}

const exampleId = (adapter: AnyAdapter) =>
  [123, UUID, "key_2abc"].filter((id) => takesId(adapter, id)).at(takesId(adapter, "any-text") ? -1 : 0);

const fieldWords =
  "What is not set is refused before anything is sent. *With*: written together, because a write would reset it otherwise. " +
  "*Needs*: without it an update is refused. Limits are in characters for texts and in seconds for timeouts.";

const fieldHead = ["Field", "Set", "Clear", "Read back", "Limits", "With", "Needs", "May cost a read"];

function fieldTable({ fields, schemes }: Capabilities): string {
  const rows = updateFields.map((field) => [`\`${field}\``, ...fieldCells(fields[field])]);
  const taken = credentialSchemes.filter((scheme) => schemes[scheme]).map((scheme) => `\`${scheme}\``);
  const credentials = taken.length === 0 ? "It takes no credential." : `Credentials: ${taken.join(", ")}.`;
  return `${table([fieldHead, ...rows])}\n\n${credentials}`;
}

function fieldCells(capability: FieldCapability): string[] {
  const { set, clear, read, limits, writtenWith = [], requires = [], needsRead } = capability;
  if (!set) return ["no", "", "", "", "", "", ""];
  const bounds = limits?.maxLength === undefined ? `${limits?.minimum}..${limits?.maximum}` : `<= ${limits.maxLength}`;
  return [
    "yes",
    clear ? "yes" : "no",
    read,
    limits === undefined ? "" : bounds,
    writtenWith.map((field) => `\`${field}\``).join(", "),
    requires.map(({ field, because }) => `\`${field}\`: ${because}`).join("; "),
    needsRead ? "yes" : "",
  ];
}

const objectRows = ({ list, pageSize, hint, detectsConflicts, creation, removes, shared }: Capabilities) => [
  ["A list tells", list],
  ["Entries of a page", pageSize === undefined ? "the list comes whole, or as the vendor pages it" : String(pageSize)],
  ["A read shows a redacted key", hint ? "yes" : "no"],
  ["A write on top of somebody else's is refused", detectsConflicts ? "yes" : "no"],
  ["Makes objects", creation === undefined ? "no" : `from ${creation.takes.map((field) => `\`${field}\``).join(", ")}`],
  ["which needs", creation === undefined ? "" : creation.requires.map((field) => `\`${field}\``).join(", ")],
  ["Removes objects", removes ? "yes" : "no"],
  ["An object serves several providers", shared ? "yes" : "no"],
];

const objectTable = (capabilities: Capabilities) => table([["", ""], ...objectRows(capabilities)]);

/** What other values of a setting change. */
function variants(adapter: AnyAdapter, { properties = {} }: JsonSchema): string[] {
  const usual = rowsOf(adapter.capabilities());
  const lines = Object.entries(properties).flatMap(([setting, { enum: values = [] }]) =>
    values.flatMap((value) => {
      const rows = rowsOf(adapter.capabilities({ [setting]: value }));
      const changed = rows.filter(([name, text]) => usual.find(([other]) => other === name)?.[1] !== text);
      return changed.map(([name = "", text = ""]) => [`\`${setting}: ${value}\``, name, text]);
    }),
  );
  if (lines.length === 0) return [];
  return ["## With other settings", table([["Setting", "Changes", "To"], ...lines])];
}

function rowsOf(capabilities: Capabilities): string[][] {
  const { fields, schemes } = capabilities;
  const fieldRows = updateFields.map((field) => [`\`${field}\``, fieldWordsOf(fields[field])]);
  const schemeRows = credentialSchemes.map((scheme) => [`credential \`${scheme}\``, schemes[scheme] ? "yes" : "no"]);
  return [...fieldRows, ...schemeRows, ...objectRows(capabilities)];
}

const fieldWordsOf = (capability: FieldCapability) =>
  fieldCells(capability)
    .flatMap((cell, index) => (cell === "" ? [] : [`${fieldHead[index + 1]?.toLowerCase()}: ${cell}`]))
    .join("; ");

function native({ native: schema }: AnyAdapter): string[] {
  if (schema === undefined) return [];
  const members = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  const rows = memberRows(members);
  const isOpen = typeof members.additionalProperties === "object";
  const more = isOpen ? ["Other names are taken as they are: JSON, or a reference to a secret."] : [];
  return ["## `native`", table([["Member", "Value", "Required", ""], ...rows]), ...more];
}
