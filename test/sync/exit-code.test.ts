import {
  AbortedError,
  AuthenticationError,
  type ErrorDetails,
  type GatewayError,
  NetworkError,
  PartialUpdateError,
  PermissionDeniedError,
  RateLimitError,
  RejectedError,
  StalePlanError,
  TimeoutError,
  UnsafePlanError,
} from "../../src/index.ts";
import {
  type AppliedRow,
  applyExit,
  ConfigError,
  type ConfigErrorKind,
  configExit,
  EXIT,
  errorExit,
  type PlanRow,
  planExit,
} from "../../src/sync/index.ts";

const details: ErrorDetails = { adapter: "ngrok", message: "m", outcome: "not-applied", retryable: false };
const aborted = new AbortedError(details);
const denied = new PermissionDeniedError(details);
const refused = new AuthenticationError(details);
const rejected = new RejectedError(details);
const partial = new PartialUpdateError("ngrok", ["name"], ["metadata"], rejected);
const stale = new StalePlanError("old");
const unsafe = new UnsafePlanError("too much");
const lost = new NetworkError({ ...details, outcome: "unknown" });

it("has the documented numbers", () => {
  expect(EXIT).toEqual({
    done: 0,
    error: 1,
    changes: 2,
    refused: 3,
    partlyApplied: 4,
    credentials: 5,
    stalePlan: 6,
    cancelled: 8,
  });
});

it.each<[ConfigErrorKind, number]>([
  ["invalid", 1],
  ["untrusted", 3],
  ["credentials", 5],
])("of a config error of the kind %s is %d", (kind, exit) => {
  expect(configExit(new ConfigError(kind, []))).toBe(exit);
});

it.each<[GatewayError, number]>([
  [aborted, 8],
  [stale, 6],
  [unsafe, 3],
  [partial, 4],
  [denied, 5],
  [refused, 5],
  [rejected, 1],
  [lost, 1],
  [new RateLimitError(details), 1],
  [new TimeoutError(details), 1],
])("of %s is its own", (error, exit) => {
  expect(errorExit(error)).toBe(exit);
});

const about = { provider: "p", gateway: "g", adapter: "ngrok", id: "x" };

describe("of a plan", () => {
  const row = (status: PlanRow["status"], error?: GatewayError): PlanRow => {
    const writes: PlanRow["writes"] = status === "changed" ? ["name"] : [];
    const unwritten = { fields: [], writesKey: false, fingerprints: {}, seen: {} };
    return { ...about, ...unwritten, status, writes, ...(error === undefined ? {} : { error }) };
  };
  const sync = row("in-sync");
  const unseen = row("unverifiable");
  const unseenToWrite: PlanRow = { ...unseen, writes: ["credential"] };
  const change = row("changed");
  const blocked = row("blocked");
  const failed = (error: GatewayError) => row("failed", error);

  it.each<[string, PlanRow[], number]>([
    ["nothing", [], 0],
    ["all in sync", [sync, sync], 0],
    ["only unverifiable", [sync, unseen], 0],
    ["unverifiable and to be written", [sync, unseenToWrite], 2],
    ["a change", [sync, change, unseen], 2],
    ["a block", [sync, blocked], 1],
    ["a block over a change", [change, blocked], 1],
    ["a failure", [sync, failed(rejected)], 1],
    ["a failure over a change", [change, failed(lost)], 1],
    ["a refused token over a failure and a change", [change, failed(lost), failed(refused)], 5],
    ["a missing right over a block", [blocked, failed(denied)], 5],
    ["a cancelled read over everything", [change, blocked, failed(refused), failed(aborted)], 8],
  ])("with %s", (_title, rows, exit) => {
    expect(planExit({ strict: false, exceeded: [], rows })).toBe(exit);
    expect(planExit({ strict: false, exceeded: [], rows: [...rows].reverse() })).toBe(exit);
  });
});

describe("of an apply", () => {
  const row = (status: AppliedRow["status"], error?: GatewayError): AppliedRow => {
    return { ...about, status, writes: ["name"], notes: [], ...(error === undefined ? {} : { error }) };
  };
  const done = row("done");
  const blocked = row("blocked");
  const unknown = row("unknown", lost);
  const failed = (error: GatewayError) => row("failed", error);

  it.each<[string, AppliedRow[], number]>([
    ["nothing to do", [], 0],
    ["all done", [done, done], 0],
    ["all failed", [failed(rejected), failed(rejected)], 1],
    ["all unknown", [unknown], 1],
    ["all blocked", [blocked], 1],
    ["all refused", [failed(refused), failed(denied)], 5],
    ["a refused token over a failure", [failed(rejected), failed(refused)], 5],
    ["one done and one failed", [done, failed(rejected)], 4],
    ["one done and one refused", [done, failed(refused)], 4],
    ["one done and one blocked", [done, blocked], 4],
    ["one done and one unknown", [done, unknown], 4],
    ["one done in part", [failed(partial)], 4],
    ["a safety limit over a part", [done, failed(unsafe)], 3],
    ["a stale plan over a safety limit", [failed(unsafe), failed(stale)], 6],
    ["cancelled after one was done", [done, failed(aborted)], 8],
    ["cancelled over everything", [done, failed(stale), failed(unsafe), failed(refused), failed(aborted)], 8],
  ])("with %s", (_title, rows, exit) => {
    expect(applyExit({ rows, cancelled: false })).toBe(exit);
    expect(applyExit({ rows: [...rows].reverse(), cancelled: false })).toBe(exit);
  });
});
