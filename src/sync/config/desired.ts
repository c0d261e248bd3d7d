import { type Secret, secret } from "../../contract/secret.ts";
import type { Field } from "../../contract/update.ts";
import type { ConfigPath } from "./config-document.ts";
import { parseReference, type SecretReference } from "./reference.ts";

/** A place in a binding where a secret goes. */
export interface SecretUse {
  /** The field that holds it. */
  readonly field: Field;
  readonly path: ConfigPath;
  readonly reference: SecretReference;
}

/** A place where a secret must be a reference and is something else: the value itself is never looked at further. */
export interface LiteralSecret {
  readonly path: ConfigPath;
}

// The members of a credential that are Secrets in the contract.
const SECRET_MEMBERS = new Set(["apiKey", "secretAccessKey", "serviceAccount"]);

/** Fields as a config or an update file holds them, with secrets as references. */
export interface WrittenFields {
  /** By their names. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Where each stands in its document. */
  readonly fieldPaths: Readonly<Record<string, ConfigPath>>;
  /** Where the references in them start. */
  readonly directory?: string;
}

/** The fields of an update that was written by hand. Names that no update has are kept: the gateway's check refuses them. */
export function writtenFields(value: unknown): WrittenFields {
  const fields = Object.fromEntries(membersOf(value));
  return { fields, fieldPaths: Object.fromEntries(Object.keys(fields).map((name) => [name, [name]])) };
}

/** Every reference in the fields, and every place where a literal stands instead of one. */
export function secretsOf(written: WrittenFields): {
  readonly uses: readonly SecretUse[];
  readonly literals: readonly LiteralSecret[];
} {
  const uses: SecretUse[] = [];
  const literals: LiteralSecret[] = [];
  for (const field of ["credential", "native"] as const) {
    for (const [member, value] of membersOf(written.fields[field])) {
      if (field === "credential" && !SECRET_MEMBERS.has(member)) continue;
      const reference = parseReference(value, written.directory);
      if (reference === undefined && field === "native") continue;
      const path = [...(written.fieldPaths[field] ?? [field]), member];
      if (reference === undefined) literals.push({ path });
      else uses.push({ field, path, reference });
    }
  }
  return { uses, literals };
}

/** The update that the fields are, each reference replaced by what `secretFor` gives. Still to be checked by a gateway. */
export function withSecrets(
  { fields, directory }: Pick<WrittenFields, "fields" | "directory">,
  chosen: readonly string[],
  secretFor: (reference: SecretReference, member: string) => Secret,
): Record<string, unknown> {
  const members = chosen.map((field): [string, unknown] => {
    const value = fields[field];
    const mayHoldSecrets = field === "credential" || field === "native";
    return [field, mayHoldSecrets ? replaced(value, field, directory, secretFor) : value];
  });
  return Object.fromEntries(members);
}

const UNRESOLVED = secret("unresolved");
const UNRESOLVED_ACCOUNT = secret('{"client_email":"unresolved","private_key":"unresolved"}');

/** Stands in for a secret that is not resolved: of the shape that the member needs, and nothing more. */
export function placeholder(member: string): Secret {
  return member === "serviceAccount" ? UNRESOLVED_ACCOUNT : UNRESOLVED;
}

function replaced(
  value: unknown,
  field: string,
  directory: string | undefined,
  secretFor: (reference: SecretReference, member: string) => Secret,
): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  // A copy has a member named __proto__ as its own already: assigning to it changes that, and no prototype.
  const copy: Record<string, unknown> = { ...value };
  for (const member of Object.keys(copy)) {
    if (field === "credential" && !SECRET_MEMBERS.has(member)) continue;
    const reference = parseReference(copy[member], directory);
    if (reference !== undefined) copy[member] = secretFor(reference, member);
  }
  return copy;
}

function membersOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}
