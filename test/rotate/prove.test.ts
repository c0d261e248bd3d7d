import { adapters } from "../../adapters/index.ts";
import { type ProviderState, secret } from "../../src/index.ts";
import { Fingerprints, openWithoutToken, type RotationInput, selectForRotation } from "../../src/sync/index.ts";
import { prove, type Written } from "../../src/sync/rotate/prove.ts";
import type { Target } from "../../src/sync/rotate/rotation.ts";
import { checked, testRuntime } from "../support/sync.ts";

const config = checked(`version: 1
gateways: { one: { adapter: ngrok, token: env:TOKEN } }
providers: { p: { gateways: { one: { id: key_1, credential: { scheme: api_key, apiKey: env:KEY } } } } }
`);
const EARLIER = "2026-11-22T08:00:00.000Z";
const LATER = "2026-11-22T09:00:00.000Z";
const AT = Date.parse(LATER);
type State = ProviderState<string | number>;

function stateOf(hint: string | undefined, updatedAt: string | undefined, health?: State["health"]): State {
  return {
    id: "key_1",
    name: "Name",
    credential: { kind: "inline", ...(hint === undefined ? {} : { hint }) },
    ...(updatedAt === undefined ? {} : { updatedAt }),
    ...(health === undefined ? {} : { health }),
  };
}

/** Proves a write at a gateway that answers with these states, the last one for ever. */
async function proofOf(states: readonly State[], written: Partial<Written>) {
  const [binding] = config.bindings;
  if (binding === undefined) throw new Error("the config has no binding");
  let reads = 0;
  const adapter = adapters.find(({ name }) => name === "ngrok");
  const opened = adapter && openWithoutToken(adapter, {});
  if (opened === undefined) throw new Error("there is no such adapter");
  const get = async () => {
    const state = states[Math.min(reads, states.length - 1)];
    reads += 1;
    if (state === undefined) throw new Error("there is no state");
    return state;
  };
  const target: Target = {
    binding,
    gateway: { ...opened, get },
    keyFields: ["credential"],
    writes: ["credential"],
    before: stateOf("old***", EARLIER),
  };
  const input: RotationInput = {
    checked: config,
    selection: selectForRotation(config, ["p"]),
    to: { reference: { kind: "env", target: "NEW" }, secret: secret("new") },
    onFailure: "keep",
    probeWithinMs: 10_000,
    connections: new Map(),
    secretOf: () => secret("none"),
    fingerprints: new Fingerprints(),
    journal: {
      file: "",
      run: "",
      events: [],
      append: () => Promise.reject(new Error("unused")),
      close: async () => {},
    },
    runtime: testRuntime(),
  };
  const before = { hint: "old***", updatedAt: EARLIER };
  const left = { hint: "new***", updatedAt: LATER };
  const { state: _state, ...proof } = await prove(
    target,
    { before, left, health: undefined, lastProbe: written.health?.checkedAt, at: AT, ...written },
    "new",
    input,
    {},
  );
  return { ...proof, reads };
}

describe("the proof of a write", () => {
  it("is the hint and the time that moved", async () => {
    expect(await proofOf([stateOf("new***", LATER)], {})).toEqual({ evidence: ["hint", "updatedAt"], reads: 1 });
  });

  it("is no more than that the object can be read, where a gateway shows neither", async () => {
    expect(await proofOf([stateOf(undefined, undefined)], { before: {}, left: {} })).toEqual({
      evidence: ["read"],
      reads: 1,
    });
  });

  it("is refused where a gateway took the write and shows no trace of it", async () => {
    const same = { hint: "same", updatedAt: EARLIER };
    const problem = "took the write, and shows no trace of it: neither another key nor a later time";
    expect(await proofOf([stateOf("same", EARLIER)], { before: same, left: same })).toEqual({
      evidence: [],
      problem,
      reads: 1,
    });
  });

  it("may lack a trace where two keys look alike and the clock had no time to move", async () => {
    const same = { hint: "same", updatedAt: EARLIER };
    const at = Date.parse(EARLIER) + 500;
    expect(await proofOf([stateOf("same", EARLIER)], { before: same, left: same, at })).toEqual({
      evidence: ["read"],
      reads: 1,
    });
  });

  it("is refused where the gateway shows another key by now", async () => {
    const problem = "shows another key than this write left: somebody else changed it since";
    expect(await proofOf([stateOf("else***", LATER)], {})).toEqual({ evidence: [], problem, reads: 1 });
  });

  const probed = (status: string, checkedAt?: string) => ({
    status,
    ...(checkedAt === undefined ? {} : { checkedAt }),
  });

  it("does not take the health of the old key for that of the new one", async () => {
    const health = probed("healthy", EARLIER);
    const stale = stateOf("new***", LATER, health);
    const fresh = stateOf("new***", LATER, probed("healthy", LATER));
    expect(await proofOf([stale, stale, fresh], { health })).toEqual({
      evidence: ["hint", "updatedAt", "health"],
      reads: 3,
    });
    expect(await proofOf([stale], { health })).toMatchObject({
      problem: "was not verified within 10 s: its health is not probed again",
    });
  });

  it("does not take an old finding against the old key for one against the new one", async () => {
    const health = probed("unhealthy", EARLIER);
    const states = [stateOf("new***", LATER, health), stateOf("new***", LATER, probed("healthy", LATER))];
    expect(await proofOf(states, { health })).toMatchObject({ evidence: ["hint", "updatedAt", "health"] });
  });

  it("is refused where a probe since then finds the key bad", async () => {
    const health = { ...probed("unhealthy", LATER), detail: "401 from the upstream" };
    expect(await proofOf([stateOf("new***", LATER, health)], { health: probed("healthy", EARLIER) })).toMatchObject({
      problem: "its health probe finds the key bad: 401 from the upstream",
    });
  });
});
