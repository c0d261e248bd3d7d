import type { Capabilities } from "../contract/capabilities.ts";
import type { Gateway, ProviderId } from "../contract/gateway.ts";
import { failed, type GatewayParts, idOf, openCall } from "./gateway-parts.ts";
import type { AnySettings } from "./settings.ts";

/** How objects are removed, where the capabilities say so. */
export function removing<Settings extends AnySettings, Id extends ProviderId, Reply, Current, Native>(
  { definition, vendor, client }: GatewayParts<Settings, Id, Reply, Current, Native>,
  { removes }: Capabilities,
): Pick<Gateway<Id>, "remove"> {
  const adapter = definition.name;
  const { removal } = vendor;
  if (removes !== true) return {};
  if (removal === undefined) throw new Error(`${adapter} declares that it removes objects and does not say how`);
  return {
    async remove(value, options = {}) {
      const id = idOf(adapter, vendor, value);
      const request = { method: "DELETE", path: removal.path(id) };
      const result = await client(request, { repeat: "safe", ...openCall(options, []) });
      if (result.ok) return;
      // An earlier attempt had no usable answer: what is gone by now went with that one, or needs no removing.
      if (result.failure.status === 404 && result.effect === "unknown") return;
      throw failed(adapter, result, result.effect);
    },
  };
}
