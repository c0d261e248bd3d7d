import { loadSandboxes } from "../../adapters/index.ts";
import { type Fault, type Sandbox as OpenSandbox, openSandbox } from "../sandbox/index.ts";

export { type ConfigurationIssue, type Fault, type FaultMatch, SandboxConfigurationError } from "../sandbox/index.ts";
export { ConformanceError, type Discrepancy, type Level } from "./conformance/case.ts";
export { type CheckedCase, checkAdapter } from "./conformance/check-adapter.ts";
export type {
  AdapterFixture,
  CreationFixture,
  ErrorFixture,
  FieldFixture,
  ObjectFixture,
  RemovalFixture,
  UsersFixture,
  WireLine,
  WriteFixture,
} from "./conformance/fixture.ts";
export { type TestRunner, testAdapter } from "./conformance/test-adapter.ts";
export type {
  FakeCreation,
  FakeDescription,
  FakeErrors,
  FakeList,
  FakeMask,
  FakeMember,
  FakeOthers,
  FakePaging,
  FakePath,
  FakeRemoval,
  FakeWrite,
} from "./fake/description.ts";
export { type FakeOptions, startFake, type TestGateway } from "./fake/start-fake.ts";

type Vendor = Awaited<ReturnType<typeof loadSandboxes>>[number];

/** The gateways a sandbox simulates. */
export type GatewayName = Vendor["name"];

/**
 * What each gateway holds at the start, in its vendor's own wire words, secrets included.
 * Plain data, so it can stand in a YAML or JSON file. A gateway that is left out starts empty.
 */
export type SandboxSeed = { [Each in Vendor as Each["name"]]?: ReturnType<Each["readSeed"]> };

/** Where a vendor's documents disagree or are silent: which way each gateway behaves. */
export type SandboxSwitches = { [Each in Vendor as Each["name"]]?: ReturnType<Each["readSwitches"]> };

/** What goes wrong at each gateway, in order. */
export type SandboxFaults = { [Name in GatewayName]?: readonly Fault[] };

/** What a sandbox starts with. */
export interface SandboxOptions {
  readonly seed?: SandboxSeed;
  readonly switches?: SandboxSwitches;
  readonly faults?: SandboxFaults;
  /** The first gateway listens here and each next one a port higher; default: free ports. */
  readonly portBase?: number;
  /** The clock in milliseconds, for timestamps, probes and the rate window; default `Date.now`. */
  readonly now?: () => number;
}

/** The simulated gateways, running: their URLs and tokens, what they hold, and every request so far. */
export type Sandbox = OpenSandbox<GatewayName>;
/** One request as it reached a gateway, key and token included: for tests alone. */
export type RecordedRequest = Sandbox["requests"][number];

/**
 * Starts the simulated gateways on loopback: the vendors' management APIs as their documents describe them,
 * over real HTTP, with state. What a vendor does not document is refused, or is a switch.
 *
 * Throws `SandboxConfigurationError` before anything listens if the options do not hold; its message names the
 * gateway and the place, and never shows a value. Call `close()` when done.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return startSandboxFrom(options);
}

/** As `startSandbox`, for options that were read from a file: whatever they are, they are checked the same way. */
export async function startSandboxFrom(options: unknown): Promise<Sandbox> {
  return openSandbox<GatewayName>(await loadSandboxes(), options);
}
