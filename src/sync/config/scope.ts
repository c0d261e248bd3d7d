import { nameAdvice } from "./advice.ts";
import type { CheckedBinding, CheckedConfig, UnmadeBinding } from "./check.ts";
import { ConfigError } from "./config-error.ts";

/** The part of a config that a run is about. An empty list is no restriction. */
export interface Scope {
  /** By name; a binding must match one of them. */
  readonly gateways?: readonly string[];
  /** By name; a binding must match one of them. */
  readonly providers?: readonly string[];
  /** A binding must have one of them. */
  readonly tags?: readonly string[];
}

/** What a run is about. */
export interface InScope {
  /** Those with an id. */
  readonly bindings: readonly CheckedBinding[];
  /** Those without one. */
  readonly unmade: readonly UnmadeBinding[];
  /** Of what may be removed: what is in scope. */
  readonly removals: readonly CheckedBinding[];
}

/**
 * The bindings in scope: those that match every restriction.
 * @throws ConfigError for a name that the config does not have
 */
export function bindingsInScope(checked: CheckedConfig, scope: Scope): readonly CheckedBinding[] {
  return partInScope(checked, scope).bindings;
}

/**
 * Everything in scope: what matches every restriction.
 * @param removals what no binding is about any more and may be removed
 * @throws ConfigError for a name that the config does not have
 */
export function partInScope(
  checked: CheckedConfig,
  { gateways = [], providers = [], tags = [] }: Scope,
  removals: readonly CheckedBinding[] = [],
): InScope {
  const all = [...checked.bindings, ...checked.unmade, ...removals];
  requireKnown(
    checked,
    "gateway",
    gateways,
    all.map(({ gateway }) => gateway),
  );
  requireKnown(
    checked,
    "provider",
    providers,
    all.map(({ provider }) => provider),
  );
  requireKnown(
    checked,
    "tag",
    tags,
    all.flatMap((binding) => binding.tags),
  );
  const isIn = (binding: (typeof all)[number]) => {
    if (gateways.length > 0 && !gateways.includes(binding.gateway)) return false;
    if (providers.length > 0 && !providers.includes(binding.provider)) return false;
    return tags.length === 0 || binding.tags.some((tag) => tags.includes(tag));
  };
  const found = {
    bindings: checked.bindings.filter(isIn),
    unmade: checked.unmade.filter(isIn),
    removals: removals.filter(isIn),
  };
  if (all.length === 0 || all.some(isIn)) return found;
  const message = "nothing is bound that matches the gateways, the providers and the tags that were asked for";
  throw new ConfigError("invalid", [checked.config.sources.problem([], message)]);
}

function requireKnown(
  { config }: CheckedConfig,
  what: string,
  asked: readonly string[],
  known: readonly string[],
): void {
  const problems = asked
    .filter((name) => !known.includes(name))
    .map((name) => {
      const problem = config.sources.problem([], `no ${what} ${name} is bound here`);
      return { ...problem, ...nameAdvice(name, known) };
    });
  if (problems.length > 0) throw new ConfigError("invalid", problems);
}
