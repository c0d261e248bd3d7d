import type { AnyAdapter } from "../contract/gateway.ts";
import type { CheckedBinding, CheckedConfig, GatewayEntry } from "../sync/index.ts";

/** A gateway in the form of a binding that has no fields: it is judged and opened like one, and refers to no key. */
export function bareBinding(
  { config }: Pick<CheckedConfig, "config">,
  entry: GatewayEntry,
  adapter: AnyAdapter,
): CheckedBinding {
  const { name: gateway, path } = entry;
  const nothing = {
    provider: "",
    tags: [],
    id: null,
    providerId: "",
    writeUnverified: false,
    fields: {},
    fieldPaths: {},
  };
  return { ...nothing, gateway, path, directory: config.sources.directoryOf(path), entry, adapter };
}
