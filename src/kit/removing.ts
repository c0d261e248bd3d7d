import type { Capabilities } from "../contract/capabilities.ts";
import type { Gateway, ProviderId } from "../contract/gateway.ts";
import { failed, type GatewayParts, idOf, openCall, perform } from "./gateway-parts.ts";
import type { AnySettings } from "./settings.ts";

/** How objects are removed, where the capabilities say so. */
export function removing<Settings extends AnySettings, Id extends ProviderId, Reply, Current, Native>(
  parts: GatewayParts<Settings, Id, Reply, Current, Native>,
  { removes }: Capabilities,
): Pick<Gateway<Id>, "remove"> {
  const { definition, vendor, client } = parts;
  const adapter = definition.name;
  const { removal } = vendor;
  if (removes !== true) return {};
  if (removal === undefined) throw new Error(`${adapter} declares that it removes objects and does not say how`);
  return {
    remove(value, options = {}) {
      return perform(parts, { name: "remove", id: value, options }, async (observation) => {
        const id = idOf(adapter, vendor, value);
        const request = { method: "DELETE", path: removal.path(id) };
        const result = await client(request, { repeat: "safe", ...openCall(options, [], observation) });
        // An earlier attempt had no usable answer: what is gone by now went with that one, or needs no removing.
        const isGone = !result.ok && result.failure.status === 404 && result.effect === "unknown";
        if (!result.ok && !isGone) throw failed(adapter, result, result.effect);
        observation?.changed({ fields: [], notes: [] });
      });
    },
  };
}
