/** A JSON Schema as far as these tables read it. */
export interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly not?: object;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

/** Rows of a Markdown table. */
export const table = (rows: readonly (readonly string[])[]): string => {
  const [head = [], ...body] = rows;
  return [head, head.map(() => "---"), ...body].map((cells) => `| ${cells.map(cellText).join(" | ")} |`).join("\n");
};

const cellText = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** A row for each member of an object, and for the members of members. */
export function memberRows(schema: JsonSchema, above = ""): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    if (member.not !== undefined) return [];
    const path = `${above}${name}`;
    const isRequired = schema.required?.includes(name) === true;
    const row = [`\`${path}\``, valueText(member), isRequired ? "yes" : "", member.description ?? ""];
    return [row, ...memberRows(member, `${path}.`)];
  });
}

/** What a value may be, in a few words. */
export function valueText(schema: JsonSchema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(", ");
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(valueText))].join(" or ");
  if (schema.type === "object") return objectText(schema);
  if (schema.type === "array") return `list of ${valueText(schema.items ?? {})}`;
  if (schema.type === "integer" || schema.type === "number") return `${numberWord(schema)}${rangeText(schema)}`;
  if (schema.type === "string") return schema.maxLength === undefined ? "text" : `text, <= ${schema.maxLength}`;
  return { boolean: "`true`, `false`", null: "`null`" }[schema.type ?? ""] ?? "JSON";
}

const code = (value: unknown) => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;

const numberWord = ({ type }: JsonSchema) => (type === "integer" ? "whole number" : "number");

function objectText({ properties, required = [], additionalProperties }: JsonSchema): string {
  const names = Object.keys(properties ?? {}).map((name) => (required.includes(name) ? name : `${name}?`));
  if (names.length > 0) return `\`{ ${names.join(", ")} }\``;
  return typeof additionalProperties === "object" ? `map of ${valueText(additionalProperties)}` : "object";
}

// The bounds of what a computer can count say nothing to a reader.
function rangeText({ minimum, maximum }: JsonSchema): string {
  const least = minimum === undefined || Math.abs(minimum) === Number.MAX_SAFE_INTEGER ? undefined : minimum;
  const most = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (least !== undefined && most !== undefined) return `, ${least} to ${most}`;
  if (least !== undefined) return `, >= ${least}`;
  return most === undefined ? "" : `, <= ${most}`;
}
