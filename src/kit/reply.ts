import { z } from "zod";
import { parseOften } from "../contract/parse-often.ts";
import { issuesOf } from "../contract/update.ts";

/** The checked value of a reply's text, or what is wrong with it, without showing it. */
export function parseReply<Value>(
  schema: z.ZodType<Value>,
  text: string,
): { readonly value: Value } | { readonly problem: string } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    const kind = text.trimStart().startsWith("<") ? "HTML" : text === "" ? "empty" : "not complete JSON";
    return { problem: `is ${kind}` };
  }
  const result = parseOften(schema, body);
  if (result.success) return { value: result.data };
  const issues = issuesOf(result.error).map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  return { problem: `does not hold what is needed: ${issues.slice(0, 5).join("; ")}` };
}

const DATE_TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|[+-]\d{2}:?\d{2})?)?$/i;

// What vendors send, on a day that every month has: this is the canonical form already, but for the milliseconds.
const PLAIN_UTC = /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d+))?Z$/;

/** A vendor's time as ISO 8601 in UTC. One without an offset is UTC. */
export const wireTime = z.string().transform((text, context) => {
  const [, second, fraction = ""] = PLAIN_UTC.exec(text) ?? [];
  if (second !== undefined) return `${second}.${fraction.slice(0, 3).padEnd(3, "0")}Z`;
  const [, date, time = "00:00", offset = "Z"] = DATE_TIME.exec(text) ?? [];
  const moment = new Date(`${date}T${time}${offset.toUpperCase()}`);
  if (!Number.isNaN(moment.getTime())) return moment.toISOString();
  context.addIssue({ code: "custom", message: "expected a time" });
  return z.NEVER;
});

/** A vendor's UUID of any version, in lower case. */
export const wireUuid = z.guid().transform((text) => text.toLowerCase());

/** The members that have a value: absent is not reported, `null` is reported as empty. */
export function present<Members extends object>(
  members: Members,
): { readonly [Name in keyof Members]?: Exclude<Members[Name], undefined> } {
  const given: { [Name in keyof Members]?: Members[Name] } = {};
  for (const name in members) if (members[name] !== undefined) given[name] = members[name];
  return given as { readonly [Name in keyof Members]?: Exclude<Members[Name], undefined> };
}
