// What an adapter is built with: the entry "gatefold/kit".

export { copyJsonObject, metadataFromText, metadataText } from "../contract/json.ts";
export { givenFields } from "../contract/update.ts";
export type { Authentication } from "./authentication.ts";
export { type EmbeddedJson, embedJson, type WireBody, type WireForm, type WireValue } from "./body.ts";
export { apiKeyOnly, unsupported } from "./capability.ts";
export type { Login } from "./client-credentials.ts";
export { defineAdapter } from "./define-adapter.ts";
export type { VendorError } from "./failure.ts";
export { opaqueId } from "./id.ts";
export { nativeValue } from "./native.ts";
export { queryOf } from "./pagination.ts";
export { type Path, path } from "./path.ts";
export type { RateLimit } from "./rate-budget.ts";
export { present, wireTime, wireUuid } from "./reply.ts";
export type { Repeat } from "./retry.ts";
export {
  type AnySettings,
  type ClientCredentials,
  type CommonSettings,
  commonSettings,
  commonSettingsWithLogin,
  settingUrlSchema,
  type Token,
  tokenOrLogin,
} from "./settings.ts";
export type {
  AdapterDefinition,
  Creation,
  CreationParts,
  PagesRead,
  Translatable,
  Translation,
  User,
  Vendor,
  WriteRequest,
} from "./vendor.ts";
