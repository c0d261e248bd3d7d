import type { z } from "zod";
import type { Capabilities, CreationCapability } from "../contract/capabilities.ts";
import { type CreationField, type ParsedCreation, parseCreation } from "../contract/creation.ts";
import { InvalidInputError, type Issue, UnsupportedFieldError } from "../contract/errors.ts";
import type { Field } from "../contract/update.ts";
import { limitIssues, nativeIssues, requirementIssues, schemeRefusal } from "./check-update.ts";
import type { CreationParts } from "./vendor.ts";

/** What a creation is checked against. */
export interface CreationRules<Native> {
  readonly adapter: string;
  readonly capabilities: Capabilities;
  readonly creation: CreationCapability;
  readonly native: z.ZodType<Native> | undefined;
  conditions(creation: CreationParts, given: readonly Field[]): readonly Issue[];
}

/** A creation that holds by all rules: the parsed copy. */
export interface CheckedCreation<Native> extends CreationParts {
  readonly given: readonly Field[];
  readonly native: Native | undefined;
}

/**
 * Judges everything about a creation at once.
 * @throws UnsupportedFieldError when fields that a creation cannot take are all that is wrong, else InvalidInputError
 */
export function checkCreation<Native>(rules: CreationRules<Native>, value: unknown): CheckedCreation<Native> {
  const { issues, given, ...parts } = parseCreation(value);
  const { adapter, capabilities, creation } = rules;
  const all: readonly CreationField[] = [...given, ...fixedOf(parts)];
  const refused = all.flatMap((field) => refusal(capabilities, creation, parts, field));
  const taken = given.filter((field) => creation.takes.includes(field));
  const { native: nativeGiven } = parts.update;
  const native = nativeGiven === undefined ? undefined : rules.native?.safeParse(nativeGiven);
  const invalid = [
    ...issues,
    ...missing(creation, all, issues),
    ...limitIssues(capabilities, parts.update, taken),
    ...nativeIssues(rules.native, native?.error),
    ...requirementIssues(capabilities, given, taken, "creation"),
    ...rules.conditions(parts, given),
  ];
  if (invalid.length > 0) throw new InvalidInputError(adapter, [...invalid, ...refused]);
  if (refused.length > 0) throw new UnsupportedFieldError(adapter, refused);
  return { ...parts, given, native: native?.data };
}

function fixedOf({ slug, upstream }: CreationParts): CreationField[] {
  return [...(slug === undefined ? [] : ["slug" as const]), ...(upstream === undefined ? [] : ["upstream" as const])];
}

/** What is required and was not given. What was given and is wrong has its own issue. */
function missing({ requires }: CreationCapability, given: readonly CreationField[], issues: readonly Issue[]): Issue[] {
  const named = new Set([...given, ...issues.map(({ path }) => path.split(".", 1)[0])]);
  return requires.filter((field) => !named.has(field)).map((path) => ({ path, message: "is required to create" }));
}

function refusal(
  capabilities: Capabilities,
  { takes }: CreationCapability,
  { update }: Pick<ParsedCreation, "update">,
  field: CreationField,
): Issue[] {
  if (takes.includes(field)) return field === "credential" ? schemeRefusal(capabilities, update) : [];
  const isLater = field !== "slug" && field !== "upstream" && capabilities.fields[field].set;
  const advice = isLater ? ": write it with an update after it" : "";
  return [{ path: field, message: `cannot be part of a creation at this gateway${advice}` }];
}
