import type { z } from "zod";
import type { WireReply } from "../../../src/sandbox/index.ts";
import type { Switches } from "./schema.ts";

/** What a route refuses with, thrown from wherever it is found. */
export class Refused extends Error {
  constructor(readonly reply: WireReply) {
    super("refused");
  }
}

/** The one shape of every error. */
export function failure(statusCode: number, msg: string, code?: string): WireReply {
  const json = { statusCode, msg, details: {}, ...(code !== undefined && { errorCode: code }) };
  return { status: statusCode, json };
}

/** The vendor gives no status for what fails validation; its older resources answered 422. */
export const invalidStatus = ({ validationStatus = 422 }: Switches) => validationStatus;

/** The vendor gives no status for these. */
export const conflictStatus = ({ conflictStatus = 409 }: Switches) => conflictStatus;

/** What a schema takes of a body or a query. `missing` is the code for a required field that is not there. */
export function read<Value>(schema: z.ZodType<Value>, value: unknown, switches: Switches, missing?: string): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const text = issues.map((issue) => {
    const fields = issue.code === "unrecognized_keys" ? issue.keys.join(", ") : issue.path.join(".");
    return `${fields || "body"}: ${issue.code === "unrecognized_keys" ? "not accepted here" : issue.message}`;
  });
  const code = issues.map((issue) => errorCode(issue, missing)).find(Boolean);
  throw new Refused(failure(invalidStatus(switches), text.join("; "), code));
}

/** Only the codes whose meaning the vendor's error pages give. */
function errorCode(issue: z.core.$ZodIssue, missing: string | undefined): string | undefined {
  // https://ngrok.com/docs/errors/err_ngrok_27507
  if (issue.path[0] === "value") return "ERR_NGROK_27507";
  if (issue.code === "invalid_type" && issue.message.endsWith("undefined")) return missing;
  if (issue.code !== "custom") return undefined;
  const code: unknown = issue.params?.errorCode;
  return typeof code === "string" ? code : undefined;
}
