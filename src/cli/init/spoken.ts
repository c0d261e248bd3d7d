import { ConfigError } from "../../sync/index.ts";
import { errorText } from "../render/error-text.ts";
import { printable } from "../render/shown.ts";

/** An error in words for somebody who has answered questions, and knows of no flags: without the places in them. */
export function spoken(error: unknown): string {
  if (!(error instanceof ConfigError)) return errorText(error);
  return error.problems
    .flatMap(({ path, message, advice }) => [`${path}: ${message}`, ...(advice === undefined ? [] : [`  ${advice}`])])
    .map(printable)
    .join("\n");
}
