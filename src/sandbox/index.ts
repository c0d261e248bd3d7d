export { type ConfigurationIssue, SandboxConfigurationError } from "./configuration.ts";
export type { Fault, FaultMatch } from "./faults.ts";
export { RateWindow } from "./rate-window.ts";
export type { RecordedRequest } from "./request-log.ts";
export { openSandbox, type Sandbox } from "./sandbox.ts";
export {
  defineVendorSandbox,
  type Refusal,
  type Route,
  type RouteCall,
  type VendorEnvironment,
  type VendorGateway,
  type VendorSandbox,
  type WireReply,
} from "./vendor.ts";
