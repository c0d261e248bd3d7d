export type {
  Capabilities,
  CreationCapability,
  FieldCapability,
  Limits,
  Requirement,
} from "./contract/capabilities.ts";
export type { CreationField, ProviderCreation } from "./contract/creation.ts";
export { type Credential, type CredentialScheme, credentialSchemes } from "./contract/credential.ts";
export * from "./contract/errors.ts";
export {
  type Adapter,
  type AnyAdapter,
  type Call,
  CONTRACT_VERSION,
  type Gateway,
  type ProviderId,
  type RequestPreview,
  type UpdateResult,
  type UsingProvider,
} from "./contract/gateway.ts";
export type {
  ChangeEvent,
  EndEvent,
  Hooks,
  Logger,
  Operation,
  RequestEvent,
  ResponseEvent,
  RetryEvent,
  WaitEvent,
} from "./contract/hooks.ts";
export type { Json, JsonObject } from "./contract/json.ts";
export { isSecret, type Secret, secret } from "./contract/secret.ts";
export type { ListedProvider, Note, ProviderState } from "./contract/state.ts";
export { type Field, type ProviderUpdate, updateFields } from "./contract/update.ts";
