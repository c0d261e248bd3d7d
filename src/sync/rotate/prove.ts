import { isGatewayError } from "../../contract/errors.ts";
import type { Call, ProviderId } from "../../contract/gateway.ts";
import type { ProviderState } from "../../contract/state.ts";
import type { Evidence } from "../journal/event.ts";
import { evidenceOf } from "../plan/row.ts";
import { tell } from "../progress.ts";
import { ask } from "./ask.ts";
import { allSecrets, type RotationEvidence, type RotationInput, type Target, type WhichKey } from "./rotation.ts";

/** What shows that an object holds a key, or what speaks against it. `state` is the last that was seen of it. */
export interface Proof {
  readonly evidence: readonly RotationEvidence[];
  readonly state?: ProviderState<ProviderId>;
  readonly problem?: string;
}

/** What a write of a rotation left, and what was there before it. */
export interface Written {
  readonly before: Evidence;
  readonly left: Evidence;
  /** Before the rotation. */
  readonly health: ProviderState<ProviderId>["health"];
  /** When the last probe before the write was made, by the gateway's clock; undefined where none was seen. */
  readonly lastProbe: string | undefined;
  /** By our clock, in milliseconds since 1970. */
  readonly at: number;
}

const PROBE_WITHIN_MS = 60_000;
const POLL_MS = 1_000;
/** Two writes within so many milliseconds may have one time at the gateway. */
const TIME_RESOLUTION_MS = 2_000;

/** Proves a write by the best evidence that the gateway gives, and by the user's own check if there is one. */
export async function prove(
  target: Target,
  written: Written,
  which: WhichKey,
  input: RotationInput,
  call: Call,
): Promise<Proof> {
  const seen = await watch(target, written, input, call);
  if (seen.problem !== undefined || input.verify === undefined) return seen;
  const key = which === "new" ? input.to : input.from;
  if (key === undefined) return seen;
  const objection = await ask(input.verify, target.binding, key.secret, call);
  if (objection !== undefined) return { ...seen, problem: `the verify check of the ${which} key ${objection}` };
  return { ...seen, evidence: [...seen.evidence.filter((each) => each !== "read"), "verify"] };
}

/** What one look tells: a proof, or why it takes another look. */
type Look = { readonly proof: Proof } | { readonly waitingFor: string; readonly state?: ProviderState<ProviderId> };

/** Looks until the gateway's own probe of the key is known, or the deadline has passed. */
async function watch(target: Target, written: Written, input: RotationInput, call: Call): Promise<Proof> {
  const { runtime, probeWithinMs = PROBE_WITHIN_MS } = input;
  const deadline = runtime.now() + probeWithinMs;
  for (;;) {
    const look = await lookAt(target, written, input, call);
    if ("proof" in look) return look.proof;
    const { waitingFor, ...seen } = look;
    if (runtime.now() >= deadline) return overdue(waitingFor, seen.state, written, probeWithinMs);
    const { gateway } = target.binding;
    tell(input.onProgress, { kind: "wait", gateway, reason: "health", until: deadline });
    const pause = Math.max(1, Math.min(POLL_MS, deadline - runtime.now()));
    if (!(await runtime.sleep(pause, call.signal)))
      return { ...seen, evidence: [], problem: "was not verified: cancelled" };
  }
}

async function lookAt(target: Target, written: Written, input: RotationInput, call: Call): Promise<Look> {
  try {
    const { gateway, binding } = target;
    return judge(await gateway.get(binding.providerId, { ...call, secrets: allSecrets(input) }), written);
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    return { waitingFor: `cannot be read back: ${error.name}: ${error.message}` };
  }
}

function judge(state: ProviderState<ProviderId>, written: Written): Look {
  const { left } = written;
  const refuse = (problem: string): Look => ({ proof: { evidence: [], state, problem } });
  if (left.hint !== undefined && evidenceOf(state).hint !== left.hint) {
    return refuse("shows another key than this write left: somebody else changed it since");
  }
  const traces = tracesOf(written);
  if (traces.length === 0 && leavesTraces(written)) {
    return refuse("took the write, and shows no trace of it: neither another key nor a later time");
  }
  const { health } = state;
  if (health === undefined) return { proof: { evidence: traces.length === 0 ? ["read"] : traces, state } };
  const isFresh = health.checkedAt === undefined || health.checkedAt !== written.lastProbe;
  if (isFresh && health.status === "healthy") return { proof: { evidence: [...traces, "health"], state } };
  if (isFresh && health.status === "unhealthy") {
    return refuse(`its health probe finds the key bad${health.detail === undefined ? "" : `: ${health.detail}`}`);
  }
  return { waitingFor: `its health is ${isFresh ? health.status : "not probed again"}`, state };
}

/** What is known at the deadline. A kind of provider that the gateway never probes stays as it was: that speaks neither way. */
function overdue(
  waitingFor: string,
  state: ProviderState<ProviderId> | undefined,
  written: Written,
  withinMs: number,
): Proof {
  const tells = (health: Written["health"]) => health?.status === "healthy" || health?.status === "unhealthy";
  if (state !== undefined && !tells(written.health) && !tells(state.health)) {
    const traces = tracesOf(written);
    return { evidence: traces.length === 0 ? ["read"] : traces, state };
  }
  const problem = `was not verified within ${withinMs / 1000} s: ${waitingFor}`;
  return { evidence: [], problem, ...(state === undefined ? {} : { state }) };
}

function tracesOf({ before, left }: Written): RotationEvidence[] {
  return (["hint", "updatedAt"] as const).filter((each) => {
    return before[each] !== undefined && left[each] !== undefined && before[each] !== left[each];
  });
}

/** Whether a write must have left a trace: two keys may look alike, and a clock may not have moved on within its resolution. */
function leavesTraces({ before, left, at }: Written): boolean {
  if (before.updatedAt === undefined || left.updatedAt === undefined) return false;
  return Math.abs(at - Date.parse(before.updatedAt)) > TIME_RESOLUTION_MS;
}
