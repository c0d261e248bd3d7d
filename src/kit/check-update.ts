import type { z } from "zod";
import type { Capabilities, Limits } from "../contract/capabilities.ts";
import { InvalidInputError, type Issue, UnsupportedFieldError } from "../contract/errors.ts";
import { metadataText } from "../contract/json.ts";
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
  const refused = given.flatMap((field) => refusal(rules.capabilities, update, field));
  const native = update.native === undefined ? undefined : rules.native?.safeParse(update.native);
  const invalid = [
    ...otherIssues,
    ...issues,
    ...limitIssues(rules.capabilities, update),
    ...(native?.error === undefined ? [] : issuesOf(native.error, keysOf(rules.native), ["native"])),
    ...requirementIssues(rules.capabilities, given),
    ...rules.conditions(update, given),
  ];
  if (invalid.length > 0) throw new InvalidInputError(rules.adapter, [...invalid, ...refused]);
  if (refused.length > 0) throw new UnsupportedFieldError(rules.adapter, refused);
  return { update, native: native?.data };
}

function refusal({ fields, schemes }: Capabilities, update: ProviderUpdate, field: Field): Issue[] {
  const { set, clear } = fields[field];
  if (!set) return [{ path: field, message: "cannot be written at this gateway" }];
  if (update[field] === null && !clear) return [{ path: field, message: "cannot be cleared at this gateway" }];
  const scheme = field === "credential" ? update.credential?.scheme : undefined;
  if (scheme !== undefined && !schemes[scheme]) {
    return [{ path: field, message: `the scheme ${scheme} cannot be written at this gateway` }];
  }
  return [];
}

/** What is required and not given: one issue for each, with every field that asks for it. */
function requirementIssues({ fields }: Capabilities, given: readonly Field[]): Issue[] {
  const missing = new Map<Field, { readonly askers: Field[]; readonly because: string }>();
  for (const asker of given.filter((field) => fields[field].set)) {
    for (const { field, because } of fields[asker].requires ?? []) {
      if (given.includes(field)) continue;
      const known = missing.get(field);
      if (known === undefined) missing.set(field, { askers: [asker], because });
      else known.askers.push(asker);
    }
  }
  return [...missing].map(([path, { askers, because }]) => {
    const verb = askers.length === 1 ? "needs" : "need";
    return { path, message: `${askers.join(" and ")} ${verb} ${path} in the same update: ${because}` };
  });
}

function limitIssues({ fields }: Capabilities, update: ProviderUpdate): Issue[] {
  return updateFields.flatMap((field) => {
    const { set, limits } = fields[field];
    if (!set || limits === undefined || !Object.hasOwn(update, field)) return [];
    const message = limitProblem(limits, measured(update, field));
    return message === undefined ? [] : [{ path: field, message }];
  });
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
  if (typeof value === "string" && maxLength !== undefined) {
    const length = [...value].length;
    if (length > maxLength) return `has ${length} characters as it is sent, expected at most ${maxLength}`;
  }
  return undefined;
}

function keysOf(schema: z.ZodType | undefined): string[] {
  const shape: unknown = schema !== undefined && "shape" in schema ? schema.shape : undefined;
  return typeof shape === "object" && shape !== null ? Object.keys(shape) : [];
}
