import { nearestName } from "../../contract/nearest.ts";
import type { CheckedBinding, CheckedConfig } from "./check.ts";
import { ConfigError } from "./config-error.ts";

/** The part of a config that a run is about. An empty list is no restriction. */
export interface Scope {
  readonly gateways?: readonly string[];
  readonly providers?: readonly string[];
  readonly tags?: readonly string[];
}

/**
 * The bindings in scope: those that match every restriction.
 * @throws ConfigError for a name that the config does not have
 */
export function bindingsInScope(
  checked: CheckedConfig,
  { gateways = [], providers = [], tags = [] }: Scope,
): CheckedBinding[] {
  const { bindings } = checked;
  requireKnown(
    checked,
    "gateway",
    gateways,
    bindings.map(({ gateway }) => gateway),
  );
  requireKnown(
    checked,
    "provider",
    providers,
    bindings.map(({ provider }) => provider),
  );
  requireKnown(
    checked,
    "tag",
    tags,
    bindings.flatMap((binding) => binding.tags),
  );
  const inScope = bindings.filter((binding) => {
    if (gateways.length > 0 && !gateways.includes(binding.gateway)) return false;
    if (providers.length > 0 && !providers.includes(binding.provider)) return false;
    return tags.length === 0 || binding.tags.some((tag) => tags.includes(tag));
  });
  if (inScope.length > 0 || bindings.length === 0) return inScope;
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
      const meant = nearestName(name, known);
      const message = `no ${what} ${name} is bound here${meant === undefined ? "" : `; did you mean ${meant}?`}`;
      return config.sources.problem([], message);
    });
  if (problems.length > 0) throw new ConfigError("invalid", problems);
}
