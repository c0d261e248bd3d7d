import { z } from "zod";
import { queryOf, wireTime } from "../../../src/kit/index.ts";

const text = z.string({ error: "expected a text" }).min(1, "is empty");
const upTo = (most: number) => text.refine((value) => [...value].length <= most, `expected at most ${most} characters`);
const list = <Item extends z.ZodType>(item: Item) =>
  z.array(item, { error: "expected a list; null is not documented" });

const PAGE = "https://ngrok.com/docs/ai-gateway/api-reference/providers/update";

// https://ngrok.com/docs/ai-gateway/api-reference/providers/update: `Surface`. The formats and surfaces are checked by the server.
const surfaceInput = z.strictObject({
  format: text.meta({ description: "The format of its requests.", examples: ["openai", "anthropic"] }),
  surface: text
    .exactOptional()
    .meta({ description: "The API of that format.", examples: ["chat-completions", "responses", "messages"] }),
  supportedParams: list(z.strictObject({ name: text.meta({ description: "The parameter's name." }) }))
    .min(1, "is empty: leave it out")
    .exactOptional()
    .meta({ description: "The parameters of a request that it takes.", examples: [[{ name: "temperature" }]] }),
});

const modelInput = z.strictObject({
  modelId: upTo(255).meta({
    description: "The model's id at the provider, at most 255 characters.",
    examples: ["gpt-4o"],
  }),
});
type Model = z.output<typeof modelInput>;

// https://ngrok.com/docs/errors/err_ngrok_27711
const modelsInput = list(modelInput)
  .superRefine((models, context) => {
    const seen = new Set<string>();
    for (const [index, { modelId }] of models.entries()) {
      const message = "is in the list already, which ngrok refuses (ERR_NGROK_27711)";
      if (seen.has(modelId)) context.addIssue({ code: "custom", path: [index, "modelId"], message });
      seen.add(modelId);
    }
  })
  .transform(sortedModels);

/** Models are a set, and the order in which a reply lists them is not documented: one order makes two sets comparable. */
export function sortedModels(models: readonly Model[]): Model[] {
  const ids = models.map(({ modelId }) => modelId).sort();
  return ids.map((modelId) => ({ modelId }));
}

// https://ngrok.com/docs/ai-gateway/api-reference/providers/update
export const nativeSchema = z.strictObject({
  supportedApiSurfaces: list(surfaceInput)
    .exactOptional()
    .meta({
      description: `Which request formats the provider speaks. ${PAGE}`,
      examples: [[{ format: "openai", surface: "chat-completions" }]],
    }),
  models: modelsInput.exactOptional().meta({
    description: `The whole set of its models, each once; an empty list clears it. ${PAGE}`,
    examples: [[{ modelId: "gpt-4o" }, { modelId: "gpt-4o-mini" }]],
  }),
});

/** A checked `native`. */
export type ProviderNative = z.output<typeof nativeSchema>;

// https://ngrok.com/docs/ai-gateway/api-reference/providers/get
// openapi/ai-gateway.yaml of ngrok/ngrok-docs, schema of a provider.
const surface = z.object({
  format: z.string(),
  surface: z.string().nullish(),
  supportedParams: z.array(z.object({ name: z.string() })).nullish(),
});

export const providerSchema = z.object({
  id: z.string().min(1),
  providerId: z.string(),
  name: z.string(),
  baseUrl: z.string(),
  metadata: z.string().nullish(),
  supportedApiSurfaces: z.array(surface).nullish(),
  // A model's own id is the gateway's, and no update takes it.
  models: z.array(z.object({ modelId: z.string() })).nullish(),
  createdAt: wireTime,
  updatedAt: wireTime,
});

/** A custom provider as ngrok replies it. */
export type NgrokProvider = z.output<typeof providerSchema>;

/** A surface as ngrok replies it. */
export type NgrokSurface = z.output<typeof surface>;

// https://ngrok.com/docs/ai-gateway/api-reference/providers/list
export const pageSchema = z
  .object({ aiGatewayProviders: z.array(providerSchema), nextPageUri: z.string().nullish() })
  .transform(({ aiGatewayProviders, nextPageUri }) => ({ items: aiGatewayProviders, ...queryOf(nextPageUri) }));
