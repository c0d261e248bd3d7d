import type { Connections } from "../../src/sync/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { asLibraryCall, NEW, OLD, useRotation } from "./scene.ts";

allowLoopback();
const open = useRotation();
const BOTH = "openai --to env:NEW_KEY --from env:OLD_KEY";
const ALL_OLD = [OLD, OLD, OLD];
const withBadKeys = (badKeys: readonly string[], more = {}) => ({
  switches: { barndoor: { badKeys: [...badKeys], ...more } },
});

type Health = { readonly status: string; readonly checkedAt?: string };

/** The gateways, one of which shows this health after so many writes of its own. */
function withHealth(connections: Connections, healthAfter: (writes: number) => Health): Connections {
  const gateway = connections.get("barndoor");
  if (gateway === undefined) throw new Error("there is no such gateway");
  let writes = 0;
  const get: typeof gateway.get = async (id, call) => ({
    ...(await gateway.get(id, call)),
    health: healthAfter(writes),
  });
  const update: typeof gateway.update = async (...given) => {
    writes += 1;
    return gateway.update(...given);
  };
  return new Map([...connections, ["barndoor", { ...gateway, get, update }]]);
}

describe("a gateway's own health probe", () => {
  it("that finds the new key bad puts the old one back everywhere", async () => {
    const scene = await open(withBadKeys([NEW]));
    const { result, exit } = await scene.rotate(BOTH);
    expect({ status: result.status, stored: scene.stored(), exit }).toEqual({
      status: "all-old",
      stored: ALL_OLD,
      exit: 1,
    });
    expect(result.failure).toContain("openai @ barndoor: its health probe finds the key bad");
    expect(result.rows[1]?.evidence).toContain("health");
  });

  it("that finds the old key bad as well, once it is back, needs an operator", async () => {
    const scene = await open({ ...withBadKeys([NEW, OLD]), isAdopted: true });
    const { result } = await scene.rotate(BOTH);
    expect({ status: result.status, stored: scene.stored() }).toEqual({ status: "needs-operator", stored: ALL_OLD });
    expect(result.rows.map(({ holds, reason }) => [holds, reason?.slice(0, 33)])).toEqual([
      ["old", undefined],
      ["old", "its health probe finds the key ba"],
      ["old", undefined],
    ]);
  });

  it("that is bad before the rotation refuses it, unless the old key is to be given up", async () => {
    const scene = await open(withBadKeys([OLD]));
    const refused = await scene.run(["rotate", ...scene.words(BOTH)]);
    expect({ exit: refused.exit, writes: scene.writes() }).toEqual({ exit: 1, writes: [] });
    expect(refused.stderr).toContain(
      "gateways.barndoor: is unhealthy before the rotation (The upstream refused the key.)",
    );
    const { result } = await scene.rotate("openai --to env:NEW_KEY --on-failure keep");
    expect(result.status).toBe("all-new");
  });

  it("is waited for", async () => {
    const scene = await open(withBadKeys([], { probeDelayMs: 300 }));
    const { result, stderr } = await scene.rotate(`${BOTH} --probe-within 10m`);
    expect(result.rows[1]?.evidence).toContain("health");
    // How often it looks is the machine's affair: each wait moves the clock of this test on, and the probe takes real time.
    expect(stderr).toMatch(/^(barndoor {2}verifying 0\/1 · waits for its health probe until \S+ \(\d+ (min|s)\)\n)+$/);
    expect(result.status).toBe("all-new");
  });

  it("of the new key is not taken for one of the old key, once that is back", async () => {
    const scene = await open({ isAdopted: true });
    const found = { status: "healthy", checkedAt: "2026-11-22T08:00:00.000Z" };
    const result = await asLibraryCall(scene, (_journal, connections) => ({
      verify: async (_target, key) => key.reveal() === OLD,
      probeWithinMs: 3_000,
      connections: withHealth(connections, (writes) => (writes === 0 ? { status: "healthy" } : found)),
    }));
    expect({ status: result.status, stored: scene.stored() }).toEqual({ status: "needs-operator", stored: ALL_OLD });
    expect(result.rows[1]?.reason).toBe("was not verified within 3 s: its health is not probed again");
  });

  it("that does not come in time proves neither key: an operator is told, and the old one is back", async () => {
    const scene = await open({ ...withBadKeys([], { probeDelayMs: 3_600_000 }), isAdopted: true });
    const { result } = await scene.rotate(`${BOTH} --probe-within 30s`);
    expect({ status: result.status, stored: scene.stored() }).toEqual({ status: "needs-operator", stored: ALL_OLD });
    expect(result.failure).toBe("openai @ barndoor: was not verified within 30 s: its health is unverified");
  });

  it("that a kind of provider never has speaks neither way", async () => {
    const scene = await open(withBadKeys([], { probeDelayMs: 3_600_000 }));
    const { result } = await scene.rotate(`${BOTH} --probe-within 30s`);
    expect({ status: result.status, evidence: result.rows[1]?.evidence }).toEqual({
      status: "all-new",
      evidence: ["updatedAt"],
    });
  });
});
