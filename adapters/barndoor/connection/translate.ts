import type { Note } from "../../../src/index.ts";
import { givenFields, path, type Translatable, type Translation } from "../../../src/kit/index.ts";
import type { BarndoorCurrent } from "../current.ts";
import { type BarndoorConnectionSettings, methodsOf } from "../settings.ts";
import { sharedBody, sharedNotes } from "../shared-update.ts";
import type { ConnectionNative } from "./schema.ts";

export const listPath = path`/admin/connections`;
export const itemPath = (id: string) => path`/admin/connections/${id}`;

/** The one request of an update: PUT, or PATCH with the same partial body. */
export function translate(
  settings: BarndoorConnectionSettings,
  input: Translatable<string, BarndoorCurrent, ConnectionNative>,
): Translation {
  const { id, update } = input;
  // Every source that names the method of this call names PUT, the reference's createCredential among them. Its page
  // updateCredential shows none and says "patches": so PATCH comes second.
  const methods = methodsOf(settings, "PUT");
  const body = sharedBody(settings, input);
  return {
    requests: [{ methods, path: itemPath(id), body, fields: givenFields(update), repeat: "safe" }],
    notes: [...sharedNotes(settings, input), ...(update.baseUrl === undefined ? [] : [providersMove])],
  };
}

// As the vendor's Terraform provider has it (barndoor-ai/terraform-provider-barndoor); the reference is silent.
const providersMove: Note = {
  code: "providers-may-move",
  message: "newer Barndoor platforms give the new base URL to providers that had the connection's old one, too",
};
