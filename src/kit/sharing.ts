import type { Capabilities } from "../contract/capabilities.ts";
import type { Gateway, ProviderId, UsingProvider } from "../contract/gateway.ts";
import { fetchPages } from "./fetch-pages.ts";
import { type GatewayParts, idOf, openCall, perform } from "./gateway-parts.ts";
import { redactData } from "./scrub.ts";
import type { AnySettings } from "./settings.ts";

/** How the users of an object are found, where the capabilities say that it has some. */
export function sharing<Settings extends AnySettings, Id extends ProviderId, Reply, Current, Native>(
  parts: GatewayParts<Settings, Id, Reply, Current, Native>,
  { shared }: Capabilities,
): Pick<Gateway<Id>, "usedBy"> {
  const { definition, vendor, client } = parts;
  const adapter = definition.name;
  const { users } = vendor;
  if (shared !== true) return {};
  if (users === undefined)
    throw new Error(`${adapter} declares that objects are shared and does not say who uses them`);
  return {
    usedBy(value, options = {}) {
      return perform(parts, { name: "usedBy", id: value, options }, async (observation) => {
        const wanted = idOf(adapter, vendor, value);
        const call = openCall(options, [], observation);
        const found: UsingProvider[] = [];
        for await (const { id, name, uses } of fetchPages(adapter, client, users, call)) {
          if (uses === wanted) found.push({ id, ...redactData({ name }, call.known) });
        }
        return found;
      });
    },
  };
}
