import type { Capabilities } from "../contract/capabilities.ts";
import type { Call, Gateway, ProviderId, UpdateResult } from "../contract/gateway.ts";
import { previewBody, secretsIn } from "./body.ts";
import { type CheckedCreation, checkCreation } from "./check-creation.ts";
import { basePathOf, failed, type GatewayParts, openCall, perform, unusable } from "./gateway-parts.ts";
import type { Observation } from "./observation.ts";
import { parseReply } from "./reply.ts";
import { redactData } from "./scrub.ts";
import type { AnySettings } from "./settings.ts";

/** How objects are made, where the capabilities say so: validate, translate, send once, validate the reply, normalize. */
export function creating<Settings extends AnySettings, Id extends ProviderId, Reply, Current, Native>(
  parts: GatewayParts<Settings, Id, Reply, Current, Native>,
  capabilities: Capabilities,
): Pick<Gateway<Id>, "create" | "explainCreation"> {
  const { definition, vendor, client } = parts;
  const adapter = definition.name;
  const { creation } = capabilities;
  if (creation === undefined) return {};
  const made = vendor.creation;
  if (made === undefined) throw new Error(`${adapter} declares a creation and does not say how`);

  const check = (value: unknown): CheckedCreation<Native> => {
    const conditions: typeof made.conditions = (parts, given) => made.conditions?.(parts, given) ?? [];
    return checkCreation({ adapter, capabilities, creation, native: definition.native, conditions }, value);
  };

  const create = async (
    value: unknown,
    options: Call,
    observation: Observation | undefined,
  ): Promise<UpdateResult<Id>> => {
    const checked = check(value);
    const { method, path, body, notes } = made.translate(checked);
    const request = { method, path, body };
    const call = openCall(options, secretsIn(checked.update), observation);
    const advise = (status: number) => vendor.advise?.(status, checked.update);
    const reply = await client(request, { repeat: "unsent", advise, ...call });
    if (!reply.ok) throw failed(adapter, reply, reply.effect);
    // The object is there by now, most likely: whatever is wrong with the reply, nobody knows.
    const refuse = (problem: string) => unusable(adapter, request, reply, problem, "unknown");
    const parsed = parseReply(vendor.reply, reply.text);
    if ("problem" in parsed) throw refuse(parsed.problem);
    const { id, ...listed } = vendor.normalize(parsed.value);
    if (id === undefined) throw refuse("does not tell the new object's id");
    if (checked.slug !== undefined && listed.slug !== undefined && listed.slug !== checked.slug) {
      throw refuse("is about another object than was to be made");
    }
    const provider = { ...redactData(listed, call.known), id };
    observation?.changed({ fields: checked.given, provider, notes });
    return { provider, notes };
  };

  return {
    explainCreation(value) {
      const checked = check(value);
      const { method, path, body } = made.translate(checked);
      const shown = { body: previewBody(body), fields: checked.given };
      return [{ method, path: basePathOf(vendor.baseUrl) + path.text, ...shown }];
    },

    create: (value, options = {}) =>
      perform(parts, { name: "create", options }, (observation) => create(value, options, observation)),
  };
}
