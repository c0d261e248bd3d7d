import type { z } from "zod";
import type { Capabilities, Limits } from "../contract/capabilities.ts";
import { InvalidInputError, type Issue, UnsupportedFieldError } from "../contract/errors.ts";
import { metadataText } from "../contract/json.ts";
import { parseOften } from "../contract/parse-often.ts";
import { type Field, issuesOf, type ProviderUpdate, parseUpdate, updateFields } from "../contract/update.ts";

/** What an update is checked against. */
export interface UpdateRules<Native> {
  readonly adapter: string;
  readonly capabilities: Capabilities;
  readonly native: z.ZodType<Native> | undefined;
  conditions(update: ProviderUpdate, given: readonly Field[]): readonly Issue[];
}

/** An update that holds by all rules that need no read: the parsed copy. */
export interface CheckedUpdate<Native> {
  readonly update: ProviderUpdate;
  readonly native: Native | undefined;
}

/**
 * Judges everything about an update at once; `otherIssues` (of the id) are reported with it.
 * @throws UnsupportedFieldError when fields that the adapter cannot take are all that is wrong, else InvalidInputError
 */
export function checkUpdate<Native>(
  rules: UpdateRules<Native>,
  value: unknown,
  otherIssues: readonly Issue[],
): CheckedUpdate<Native> {
  const { update, given, issues } = parseUpdate(value);
  const refused: Issue[] = [];
  for (const field of given) refused.push(...refusal(rules.capabilities, update, field));
  const settable = refused.length === 0 ? given : given.filter((field) => rules.capabilities.fields[field].set);
  const native =
    update.native === undefined || rules.native === undefined ? undefined : parseOften(rules.native, update.native);
  const invalid = otherIssues.concat(
    issues,
    limitIssues(rules.capabilities, update, settable),
    nativeIssues(rules.native, native?.error),
    requirementIssues(rules.capabilities, given, settable, "update"),
    rules.conditions(update, given),
  );
  if (invalid.length > 0) throw new InvalidInputError(rules.adapter, [...invalid, ...refused]);
  if (refused.length > 0) throw new UnsupportedFieldError(rules.adapter, refused);
  return { update, native: native?.data };
}

function refusal(capabilities: Capabilities, update: ProviderUpdate, field: Field): Issue[] {
  const { set, clear } = capabilities.fields[field];
  if (!set) return [{ path: field, message: "cannot be written at this gateway" }];
  if (update[field] === null && !clear) return [{ path: field, message: "cannot be cleared at this gateway" }];
  return field === "credential" ? schemeRefusal(capabilities, update) : [];
}

/** The refusal of a credential whose scheme the gateway never takes. */
export function schemeRefusal({ schemes }: Capabilities, { credential }: ProviderUpdate): Issue[] {
  if (credential === undefined || schemes[credential.scheme]) return [];
  return [{ path: "credential", message: `the scheme ${credential.scheme} cannot be written at this gateway` }];
}

/** What the `asking` fields require and is not given: one issue for each, with every field that asks for it. */
export function requirementIssues(
  { fields }: Capabilities,
  given: readonly Field[],
  asking: readonly Field[],
  where: "update" | "creation",
): Issue[] {
  const missing = new Map<Field, { readonly askers: Field[]; readonly because: string }>();
  for (const asker of asking) {
    for (const { field, because } of fields[asker].requires ?? []) {
      if (given.includes(field)) continue;
      const known = missing.get(field);
      if (known === undefined) missing.set(field, { askers: [asker], because });
      else known.askers.push(asker);
    }
  }
  if (missing.size === 0) return [];
  return [...missing].map(([path, { askers, because }]) => {
    const verb = askers.length === 1 ? "needs" : "need";
    return { path, message: `${askers.join(" and ")} ${verb} ${path} in the same ${where}: ${because}` };
  });
}

/** Where the values of `written` are beyond their limits. */
export function limitIssues({ fields }: Capabilities, update: ProviderUpdate, written: readonly Field[]): Issue[] {
  const issues: Issue[] = [];
  for (const field of updateFields) {
    const { limits } = fields[field];
    if (limits === undefined || !Object.hasOwn(update, field) || !written.includes(field)) continue;
    const message = limitProblem(limits, measured(update, field));
    if (message !== undefined) issues.push({ path: field, message });
  }
  return issues;
}

function measured(update: ProviderUpdate, field: Field): unknown {
  const { metadata } = update;
  return field === "metadata" && metadata !== null && metadata !== undefined ? metadataText(metadata) : update[field];
}

function limitProblem({ minimum, maximum, maxLength }: Limits, value: unknown): string | undefined {
  if (typeof value === "number") {
    if (minimum !== undefined && value < minimum) return `expected at least ${minimum}`;
    if (maximum !== undefined && value > maximum) return `expected at most ${maximum}`;
  }
  // Counted by characters, none of which is longer than its code units.
  if (typeof value === "string" && maxLength !== undefined && value.length > maxLength) {
    const length = [...value].length;
    if (length > maxLength) return `has ${length} characters as it is sent, expected at most ${maxLength}`;
  }
  return undefined;
}

/** What the adapter's own schema has against `native`. */
export function nativeIssues(schema: z.ZodType | undefined, error: z.ZodError | undefined): Issue[] {
  return error === undefined ? [] : issuesOf(error, keysOf(schema), ["native"]);
}

function keysOf(schema: z.ZodType | undefined): string[] {
  const shape: unknown = schema !== undefined && "shape" in schema ? schema.shape : undefined;
  return typeof shape === "object" && shape !== null ? Object.keys(shape) : [];
}
