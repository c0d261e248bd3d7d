import type { Happening, Journal, RotationInput, VerifyKey } from "../../src/sync/index.ts";
import type { Fault } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import {
  asLibraryCall,
  GATEWAYS,
  type GatewayName,
  NAMES,
  NEW,
  OLD,
  type RotationScene,
  useRotation,
  watchedJournal,
} from "./scene.ts";

allowLoopback();
const open = useRotation();
const ALL_NEW = [NEW, NEW, NEW];
const ALL_OLD = [OLD, OLD, OLD];
const ROTATE = "openai --to env:NEW_KEY --from env:OLD_KEY";

interface Kind {
  readonly kind: string;
  readonly fault: Fault;
  readonly timeoutMs: number;
}

const KINDS: readonly Kind[] = [
  { kind: "refused", fault: { kind: "status", status: 400, body: { error: "no" } }, timeoutMs: 10_000 },
  { kind: "down", fault: { kind: "status", status: 503 }, timeoutMs: 10_000 },
  { kind: "a lost reply", fault: { kind: "lost-reply" }, timeoutMs: 10_000 },
  // The client has gone when the write takes effect. All other requests have that long, too, however busy the machine is.
  { kind: "no answer in time", fault: { kind: "latency", ms: 2300 }, timeoutMs: 2000 },
];

/** A check of the user's that says no to the new key. */
const refusesNew: VerifyKey = async (_target, key) => key.reveal() === OLD;

/** Injects a fault right after a line of the journal. */
function faultAfter(scene: RotationScene, isDue: (line: Happening) => boolean, name: GatewayName, fault: Fault) {
  return (journal: Journal): Pick<RotationInput, "journal"> => ({
    journal: watchedJournal(journal, (when, line) => {
      if (when === "after" && isDue(line)) scene.sandbox.inject(name, fault);
    }),
  });
}

/** Whether a line is the last write's outcome: what comes next verifies. */
function lastOutcome() {
  let outcomes = 0;
  return ({ type }: Happening) => {
    outcomes += type === "outcome" ? 1 : 0;
    return type === "outcome" && outcomes === NAMES.length;
  };
}

describe.each(NAMES)("a fault at %s", (name) => {
  const { write: method } = GATEWAYS[name];

  it.each(KINDS)(
    "before the first write ($kind) refuses the rotation, and nothing is written",
    async ({ fault, timeoutMs }) => {
      const scene = await open({ timeoutMs });
      scene.sandbox.inject(name, { ...fault, method: "GET", times: 9 });
      const ran = await scene.run(["rotate", ...ROTATE.split(" ")]);
      const { exit, stderr } = ran;
      expect({ exit, writes: scene.writes(), stored: scene.stored() }).toEqual({
        exit: 1,
        writes: [],
        stored: ALL_OLD,
      });
      expect(stderr).toContain(`providers.openai.gateways.${name}: cannot be read`);
    },
  );

  it.each(KINDS)("at its write ($kind) ends with the old key everywhere", async ({ fault, timeoutMs }) => {
    const scene = await open({ timeoutMs });
    scene.sandbox.inject(name, { ...fault, method });
    const { result, exit } = await scene.rotate(ROTATE);
    const { status, failure, rows } = result;
    expect({ status, stored: scene.stored(), exit }).toEqual({ status: "all-old", stored: ALL_OLD, exit: 1 });
    expect(failure).toContain(`openai @ ${name}`);
    expect(rows.map(({ holds }) => holds)).toEqual(["old", "old", "old"]);
  });

  it.each(KINDS)("while it is verified ($kind) is waited out", async ({ fault, timeoutMs }) => {
    const scene = await open({ timeoutMs });
    const reads = { ...fault, method: "GET", times: 2 };
    const result = await asLibraryCall(scene, faultAfter(scene, lastOutcome(), name, reads));
    expect({ status: result.status, stored: scene.stored() }).toEqual({ status: "all-new", stored: ALL_NEW });
    const read = scene.sandbox.requests.filter((each) => each.gateway === name && each.method === "GET");
    expect(read.length).toBeGreaterThan(2);
  });

  it.each(KINDS)(
    "while its write is put back ($kind) ends with the old key everywhere",
    async ({ fault, timeoutMs }) => {
      const scene = await open({ timeoutMs });
      const hinder = faultAfter(scene, ({ type }) => type === "turned", name, { ...fault, method });
      const result = await asLibraryCall(scene, (journal) => ({ ...hinder(journal), verify: refusesNew }));
      expect({ status: result.status, stored: scene.stored() }).toEqual({ status: "all-old", stored: ALL_OLD });
      expect(scene.writes().filter((each) => each === `${name} ${method}`).length).toBeGreaterThan(1);
    },
  );

  it("that never ends while its write is put back needs an operator, who is told", async () => {
    const scene = await open();
    const down: Fault = { kind: "status", status: 503, times: 99, method };
    const hinder = faultAfter(scene, ({ type }) => type === "turned", name, down);
    const result = await asLibraryCall(scene, (journal) => ({ ...hinder(journal), verify: refusesNew }));
    const holds = NAMES.map((each) => (each === name ? "new" : "old"));
    const { status, resumable, rows } = result;
    expect({ status, resumable, holds: rows.map((row) => row.holds) }).toEqual({
      status: "needs-operator",
      resumable: true,
      holds,
    });
    expect(scene.stored()).toEqual(holds.map((key) => (key === "new" ? NEW : OLD)));
    expect(rows.find(({ gateway }) => gateway === name)?.error?.name).toBe("UnavailableError");
  });

  it("whose write was never answered and which cannot be read any more is not known, and an operator is told", async () => {
    const scene = await open();
    scene.sandbox.inject(name, { kind: "lost-reply", method });
    const gone = faultAfter(scene, ({ type }) => type === "turned", name, { kind: "status", status: 503, times: 999 });
    const result = await asLibraryCall(scene, gone);
    const { status, rows } = result;
    const written = NAMES.slice(0, NAMES.indexOf(name));
    expect({ status, holds: rows.map(({ holds }) => holds) }).toEqual({
      status: "needs-operator",
      holds: NAMES.map((each) => (each === name ? "unknown" : "old")),
    });
    expect(scene.stored()).toEqual(NAMES.map((each) => (each === name ? NEW : OLD)));
    // What is known to hold the new key is put back meanwhile.
    expect(scene.writes().filter((each) => !each.startsWith(name))).toHaveLength(2 * written.length);
  });

  it("that quotes a key in its errors shows none", async () => {
    const scene = await open();
    const words = `the keys ${NEW} and ${OLD} are bad`;
    const quoting: Fault = {
      kind: "status",
      status: 400,
      times: 999,
      body: { error: words, msg: words },
      method: "GET",
    };
    const result = await asLibraryCall(scene, faultAfter(scene, lastOutcome(), name, quoting));
    expect(result.failure).toContain("the keys [redacted] and [redacted] are bad");
    expect(JSON.stringify(result)).not.toMatch(new RegExp(`${NEW}|${OLD}`));
  });
});
