// Keeping gateways in line with a file: the entry "gatefold/sync".
export {
  type AdoptedRow,
  type AdoptedThings,
  type AdoptInput,
  type AdoptResult,
  adopt,
} from "./apply/adopt.ts";
export { type AppliedRow, type ApplyCall, type ApplyInput, type ApplyResult, applyPlan } from "./apply/apply.ts";
export {
  type AdapterDirectory,
  adapterOf,
  type BoundBinding,
  type CheckedBinding,
  type CheckedConfig,
  type CheckedGateway,
  checkConfig,
  type FoundAdapter,
  openWithoutToken,
  type UnmadeBinding,
} from "./config/check.ts";
export {
  type Binding,
  type Config,
  type GatewayEntry,
  gatewayOf,
  type ProviderEntry,
  type WrittenCreation,
} from "./config/config.ts";
export { type ConfigDocument, type ConfigPath, type Locator, parseConfigDocument } from "./config/config-document.ts";
export {
  ConfigError,
  type ConfigErrorKind,
  type ConfigProblem,
  describePlace,
  describeProblem,
  fileProblem,
  type Place,
} from "./config/config-error.ts";
export { configJsonSchema } from "./config/config-schema.ts";
export type { ConfigSources } from "./config/config-sources.ts";
export type { LiteralSecret, SecretUse } from "./config/desired.ts";
export { placeholder, secretsOf, type WrittenFields, withSecrets, writtenFields } from "./config/desired.ts";
export type { LimitedKind } from "./config/limits.ts";
export {
  type ConfigLimits,
  DEFAULT_GATEWAY_LIMIT,
  DEFAULT_GATEWAY_REMOVAL_LIMIT,
  DEFAULT_TOTAL_LIMIT,
  DEFAULT_TOTAL_REMOVAL_LIMIT,
  type Limit,
  type RunLimits,
} from "./config/limits.ts";
export { type AdapterLoading, findAdapter, loadAdapters } from "./config/load-adapters.ts";
export { loadConfig, parseConfig } from "./config/load-config.ts";
export type { LoginSecret } from "./config/login.ts";
export {
  parseReference,
  referenceKey,
  referenceText,
  type SecretReference,
  type SecretResolver,
} from "./config/reference.ts";
export { bindingsInScope, type InScope, partInScope, type Scope } from "./config/scope.ts";
export { referenceProblem, requireTrust } from "./config/trust.ts";
export { type NewId, type WrittenIds, writeIds } from "./config/write-ids.ts";
export {
  type Connections,
  type ConnectOptions,
  connect,
  openFingerprints,
  type ResolvedSecrets,
  resolveSecrets,
  type WantedSecret,
} from "./connect.ts";
export { documentSchema } from "./documents.ts";
export {
  adoptExit,
  applyExit,
  configExit,
  EXIT,
  type ExitCode,
  errorExit,
  planExit,
  rotationExit,
} from "./exit-code.ts";
export type { Redaction } from "./foreign/words.ts";
export {
  type Imported,
  type ImportedEntry,
  type ImportInput,
  importGateway,
  importGateways,
} from "./import/import-gateway.ts";
export type { ChainHead, ChainProblem, CheckedChain } from "./journal/chain.ts";
export type {
  Evidence,
  FieldFingerprints,
  Happening,
  JournalEvent,
  ObjectKey,
  RotationEvent,
} from "./journal/event.ts";
export { Fingerprints, fingerprintKeyProblem } from "./journal/fingerprint.ts";
export { checkJournal, type Journal, openJournal, readJournal } from "./journal/journal.ts";
export type { JournalErrorDetails } from "./journal/journal-error.ts";
export { JournalError, type JournalErrorKind } from "./journal/journal-error.ts";
export type { CreationSettlement, OpenCreation, OpenRemoval, OwnedObject } from "./journal/ownership.ts";
export { type HeldKey, type RotationRecord, unfinishedRotation } from "./journal/rotation.ts";
export type { OpenCall } from "./journal/state.ts";
export { type FieldRecord, JournalState, type ObjectRecord, type OpenIntent } from "./journal/state.ts";
export { type VerifiedJournal, verifyJournal } from "./journal/verify.ts";
export { type GuardedUse, modeProblem } from "./permissions.ts";
export type { PlanDocument } from "./plan/document.ts";
export { describeExceeded, type ExceededLimit, exceededParts } from "./plan/limits.ts";
export { secretsToCompare, secretsToWrite } from "./plan/needed-secrets.ts";
export {
  makePlan,
  type Plan,
  type PlanInput,
  type Planned,
  type PlanOptions,
  type PlanRow,
  withoutProposal,
} from "./plan/plan.ts";
export { type GatewayReader, type Readers, readersOf } from "./plan/read.ts";
export { countRemovable, removableObjects } from "./plan/removable.ts";
export { confirmPlan, partOfPlan, readPlanFile, renderPlanFile } from "./plan/saved-plan.ts";
export { type SettledCreation, type Settlement, settlesAt, settleTimes, type UnderWay } from "./plan/settle.ts";
export type { KnownAndUnmade } from "./plan/unmade.ts";
export { withJournal, withKnownObjects } from "./plan/unmade.ts";
export type { FieldComparison, Verdict, VerdictBasis } from "./plan/verdict.ts";
export { type OnProgress, type ProgressEvent, tellWaits, type WaitEvent, type WorkEvent } from "./progress.ts";
export { interruptedRotation, resumeRotation, rotateKey } from "./rotate/rotate.ts";
export type {
  RotatedRow,
  RotationCall,
  RotationEvidence,
  RotationInput,
  RotationKey,
  RotationResult,
  VerifyKey,
  VerifyTarget,
} from "./rotate/rotation.ts";
export { type RotationSelection, selectForRotation, selectionOf } from "./rotate/select.ts";
export { secretsBesideKey } from "./rotate/stage.ts";
export { type ProcessView, type Runtime, runtimeOf } from "./runtime.ts";
