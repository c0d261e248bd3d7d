import type { CheckedBinding, CheckedConfig } from "../config/check.ts";
import { accountOf as accountOfEntry } from "../config/check.ts";
import type { Scope } from "../config/scope.ts";
import { accountOf } from "../journal/ownership.ts";
import { type JournalState, keyOf } from "../journal/state.ts";
import { accountKeyOf } from "./object.ts";

/**
 * What was made or adopted at the config's gateways and is described there no more: its provider is gone, or names the gateway
 * no longer. Each in the form of a binding without fields, to be read and settled like one.
 */
export function removableObjects(
  { config, gateways, bindings }: Pick<CheckedConfig, "config" | "gateways" | "bindings">,
  { ownership }: Pick<JournalState, "ownership">,
): readonly CheckedBinding[] {
  // Whatever entry or name it is reached by: what a binding is about stays.
  const bound = new Set(
    bindings.map(({ entry, providerId }) => `${accountOfEntry(entry)} ${JSON.stringify(providerId)}`),
  );
  return ownership.owned().flatMap(({ object, provider }): CheckedBinding[] => {
    const gateway = gateways.find((each) => {
      return keyOf({ ...accountKeyOf(each), id: object.id }) === keyOf({ ...accountOf(object), id: object.id });
    });
    if (gateway === undefined) return [];
    const entry = config.providers.find(({ name }) => name === provider);
    const isDescribed =
      entry !== undefined && (entry.gateways === undefined || entry.gateways.includes(object.gateway));
    if (isDescribed || bound.has(`${accountOfEntry(gateway.entry)} ${JSON.stringify(object.id)}`)) return [];
    const { path, name } = gateway.entry;
    return [
      {
        provider,
        tags: [],
        gateway: name,
        path,
        id: object.id,
        writeUnverified: false,
        fields: {},
        fieldPaths: {},
        directory: config.sources.directoryOf(path),
        ...gateway,
        providerId: object.id,
      },
    ];
  });
}

/** How much of it a scope has. What is gone has no tags. */
export function countRemovable(
  removable: readonly CheckedBinding[],
  { gateways = [], providers = [], tags = [] }: Scope,
): number {
  return removable.filter(({ gateway, provider }) => {
    const isNamed = (names: readonly string[], name: string) => names.length === 0 || names.includes(name);
    return tags.length === 0 && isNamed(gateways, gateway) && isNamed(providers, provider);
  }).length;
}
