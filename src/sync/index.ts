// Keeping gateways in line with a file: the entry "gatefold/sync".
export { type AppliedRow, type ApplyResult, applyPlan, secretsToWrite } from "./apply/apply.ts";
export { adapterOf, type CheckedBinding, type CheckedConfig, checkConfig, openWithoutToken } from "./config/check.ts";
export { type Binding, type Config, type GatewayEntry, gatewayOf, loadConfig, parseConfig } from "./config/config.ts";
export { type ConfigDocument, parseConfigDocument } from "./config/config-document.ts";
export { ConfigError, type ConfigErrorKind, type ConfigProblem, describeProblem } from "./config/config-error.ts";
export { placeholder, secretsOf, type WrittenFields, withSecrets, writtenFields } from "./config/desired.ts";
export { bindingsInScope, type Scope } from "./config/scope.ts";
export { requireTrust } from "./config/trust.ts";
export { type Connections, connect, type ResolvedSecrets, resolveSecrets } from "./connect.ts";
export { applyExit, configExit, EXIT, type ExitCode, errorExit, planExit } from "./exit-code.ts";
export type { FieldComparison, Verdict } from "./plan/compare.ts";
export { type GatewayReader, makePlan, type Plan, type PlanRow } from "./plan/plan.ts";
