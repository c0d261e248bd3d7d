import {
  type Capabilities,
  type Field,
  type Issue,
  type ListedProvider,
  type ProviderId,
  type ProviderUpdate,
  secret,
} from "gatefold";
import type { BarndoorSettings } from "gatefold/adapters/barndoor";
import type { z } from "zod";
import type { Translatable, Translation } from "../src/kit/vendor.ts";

/** Maps one update: the text of the reply is that to each of its requests. */
export type MapUpdate = (id: unknown, update: ProviderUpdate, reply: string) => void;

/** What an adapter's own files do in a mapping. */
interface AdapterParts<Id extends ProviderId, Reply, Current, Native> {
  readonly adapter: string;
  readonly capabilities: Capabilities;
  readonly native: z.ZodType<Native> | undefined;
  readonly reply: z.ZodType<Reply>;
  conditions(update: ProviderUpdate, given: readonly Field[]): readonly Issue[];
  parseId(value: unknown): { readonly id: Id } | { readonly problem: string };
  translate(input: Translatable<Id, Current, Native>): Translation;
  normalize(reply: Reply): ListedProvider<Id>;
}

// The built files, which the pipeline of the built package calls, too.
const built = (file: string) => import(new URL(`../dist/${file}.mjs`, import.meta.url).href);

async function mappingOf<Id extends ProviderId, Reply, Current, Native>(
  parts: AdapterParts<Id, Reply, Current, Native>,
): Promise<MapUpdate> {
  const { checkUpdate }: typeof import("../src/kit/check-update.ts") = await built("src/kit/check-update");
  const { renderBody, secretsIn }: typeof import("../src/kit/body.ts") = await built("src/kit/body");
  const { parseReply }: typeof import("../src/kit/reply.ts") = await built("src/kit/reply");
  const { redactData }: typeof import("../src/kit/scrub.ts") = await built("src/kit/scrub");
  return (given, value, text) => {
    const parsed = parts.parseId(given);
    if ("problem" in parsed) throw new Error(parsed.problem);
    const { id } = parsed;
    const { update, native } = checkUpdate(parts, value, []);
    const secrets = secretsIn(update);
    for (const { body } of parts.translate({ id, update, native, current: undefined }).requests) {
      renderBody(body);
      const reply = parseReply(parts.reply, text);
      if ("problem" in reply) throw new Error(reply.problem);
      redactData(parts.normalize(reply.value), secrets);
    }
  };
}

/**
 * The mapping of each adapter and nothing around it: the functions of the kit and of the adapter that a gateway calls in an update,
 * in the order in which it calls them, from the built files.
 */
export const mappings = {
  async respan(): Promise<MapUpdate> {
    const { parsePrimaryKey }: typeof import("../adapters/respan/id.ts") = await built("adapters/respan/id");
    const { capabilities }: typeof import("../adapters/respan/capabilities.ts") =
      await built("adapters/respan/capabilities");
    const { translate }: typeof import("../adapters/respan/translate.ts") = await built("adapters/respan/translate");
    const { normalize }: typeof import("../adapters/respan/normalize.ts") = await built("adapters/respan/normalize");
    const schema: typeof import("../adapters/respan/schema.ts") = await built("adapters/respan/schema");
    return mappingOf({
      adapter: "respan",
      capabilities: capabilities({}),
      native: schema.nativeSchema,
      reply: schema.providerSchema,
      conditions: () => [],
      parseId: (value) => parsePrimaryKey(value, "Respan"),
      translate,
      normalize: (reply) => normalize(reply, "pk"),
    });
  },

  async barndoor(): Promise<MapUpdate> {
    const { parseUuid }: typeof import("../adapters/barndoor/id.ts") = await built("adapters/barndoor/id");
    const { capabilities }: typeof import("../adapters/barndoor/capabilities.ts") = await built(
      "adapters/barndoor/capabilities",
    );
    const { conditions }: typeof import("../adapters/barndoor/conditions.ts") =
      await built("adapters/barndoor/conditions");
    const { translate }: typeof import("../adapters/barndoor/translate.ts") =
      await built("adapters/barndoor/translate");
    const { normalize }: typeof import("../adapters/barndoor/normalize.ts") =
      await built("adapters/barndoor/normalize");
    const schema: typeof import("../adapters/barndoor/schema.ts") = await built("adapters/barndoor/schema");
    const settings: BarndoorSettings = {
      token: secret("bench-token-0123456789"),
      baseUrl: "https://acme.platform.barndoor.ai",
    };
    return mappingOf({
      adapter: "barndoor",
      capabilities: capabilities(settings),
      native: schema.nativeSchema,
      reply: schema.providerSchema,
      conditions: (update, given) => conditions(settings, update, given),
      parseId: parseUuid,
      translate: ({ id, update, native }) => translate(settings, { id, update, native, current: undefined }),
      normalize: (reply) => normalize(settings, reply),
    });
  },

  async ngrok(): Promise<MapUpdate> {
    const { opaqueId }: typeof import("../src/kit/id.ts") = await built("src/kit/id");
    const { capabilities }: typeof import("../adapters/ngrok/capabilities.ts") =
      await built("adapters/ngrok/capabilities");
    const { translate }: typeof import("../adapters/ngrok/translate.ts") = await built("adapters/ngrok/translate");
    const { normalize }: typeof import("../adapters/ngrok/normalize.ts") = await built("adapters/ngrok/normalize");
    const { keySchema }: typeof import("../adapters/ngrok/schema.ts") = await built("adapters/ngrok/schema");
    return mappingOf({
      adapter: "ngrok",
      capabilities: capabilities(),
      native: undefined,
      reply: keySchema,
      conditions: () => [],
      parseId: opaqueId,
      translate,
      normalize,
    });
  },
};
