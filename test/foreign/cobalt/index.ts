import type { Adapter } from "gatefold";
import { defineAdapter } from "gatefold/kit";
import { capabilities } from "./capabilities.ts";
import { type CobaltSettings, nativeSchema, settingsSchema } from "./schema.ts";
import { cobaltVendor, HOST } from "./vendor.ts";

export type { CobaltSettings } from "./schema.ts";

/** Cobalt's connections. Cobalt is invented: see README.md. */
export const cobalt: Adapter<CobaltSettings, string> = defineAdapter({
  name: "cobalt",
  hosts: [HOST],
  settings: settingsSchema,
  native: nativeSchema,
  capabilities,
  vendor: cobaltVendor,
});
