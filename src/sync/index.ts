// Keeping gateways in line with a file: the entry "gatefold/sync".
export { type AppliedRow, type ApplyResult, applyPlan, secretsToWrite } from "./apply.ts";
export { adapterOf, type CheckedBinding, type CheckedConfig, checkConfig, openWithoutToken } from "./check.ts";
export type { FieldComparison, Verdict } from "./compare.ts";
export { type Binding, type Config, type GatewayEntry, gatewayOf, loadConfig, parseConfig } from "./config.ts";
export { type ConfigDocument, parseConfigDocument } from "./config-document.ts";
export { ConfigError, type ConfigErrorKind, type ConfigProblem, describeProblem } from "./config-error.ts";
export { type Connections, connect, type ResolvedSecrets, resolveSecrets } from "./connect.ts";
export { placeholder, secretsOf, type WrittenFields, withSecrets, writtenFields } from "./desired.ts";
export { applyExit, configExit, EXIT, type ExitCode, errorExit, planExit } from "./exit-code.ts";
export { type GatewayReader, makePlan, type Plan, type PlanRow } from "./plan.ts";
export { bindingsInScope, type Scope } from "./scope.ts";
export { requireTrust } from "./trust.ts";
