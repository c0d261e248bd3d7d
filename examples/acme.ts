import type { Capabilities } from "gatefold";
import {
  apiKeyOnly,
  type CommonSettings,
  commonSettings,
  defineAdapter,
  givenFields,
  opaqueId,
  path,
  present,
  unsupported,
  wireTime,
} from "gatefold/kit";
import { z } from "zod";

// https://docs.acme.example/keys: what a reply must have. Whatever else it has passes.
const keySchema = z.object({ id: z.string().min(1), name: z.string(), updated_at: wireTime.nullish() });
const errorSchema = z.object({ error: z.object({ message: z.string() }) });

/** What Acme can do with each field. What is unsupported is refused before anything is sent. */
const capabilities = (): Capabilities => ({
  fields: {
    name: { set: true, clear: false, read: "yes", mode: "patch" },
    description: unsupported,
    metadata: unsupported,
    baseUrl: unsupported,
    credential: { set: true, clear: false, read: "no", mode: "patch" },
    connectionId: unsupported,
    requestTimeout: unsupported,
    streamIdleTimeout: unsupported,
    enabled: unsupported,
    native: unsupported,
  },
  schemes: apiKeyOnly,
  list: "ids",
  hint: false,
});

const itemPath = (id: string) => path`/keys/${id}`;

/** Acme's keys. https://docs.acme.example/keys */
export const acme = defineAdapter({
  name: "acme",
  hosts: ["api.acme.example"],
  settings: z.strictObject(commonSettings),
  capabilities,
  vendor: ({ baseUrl = "https://api.acme.example" }: CommonSettings) => ({
    baseUrl,
    parseId: opaqueId,
    itemPath,
    reply: keySchema,
    normalize: (reply) => ({
      id: reply.id,
      name: reply.name,
      credential: { kind: "inline" },
      ...present({ updatedAt: reply.updated_at }),
    }),
    list: { path: path`/keys`, page: z.array(keySchema).transform((items) => ({ items })) },
    translate: ({ id, update }) => {
      const { name, credential } = update;
      // The key stays a Secret: it becomes text where it is sent, and nowhere else.
      const key = credential?.scheme === "api_key" ? credential.apiKey : undefined;
      // Merged by the vendor, so that the same request may be sent again.
      const request = { methods: ["PATCH"], path: itemPath(id), body: present({ name, key }), repeat: "safe" } as const;
      return { requests: [{ ...request, fields: givenFields(update) }], notes: [] };
    },
    readError: (body) => {
      const parsed = errorSchema.safeParse(body);
      return parsed.success ? { message: parsed.data.error.message } : {};
    },
  }),
});
