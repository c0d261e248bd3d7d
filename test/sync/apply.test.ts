import { join } from "node:path";
import {
  AuthenticationError,
  type ErrorDetails,
  NetworkError,
  PartialUpdateError,
  type ProviderUpdate,
  RejectedError,
  secret,
  TimeoutError,
} from "../../src/index.ts";
import { applyPlan, openJournal, resolveSecrets, secretsToWrite } from "../../src/sync/index.ts";
import {
  BARNDOOR_ID,
  CONNECTION_ID,
  checked,
  configErrorOf,
  planned,
  standIns,
  testRuntime,
  until,
  useTemporaryDirectory,
} from "../support/sync.ts";

type Behaviour = Parameters<typeof standIns>[1];

const details = (outcome: ErrorDetails["outcome"]): ErrorDetails => {
  return { adapter: "ngrok", message: `ngrok: it was ${outcome}`, outcome, retryable: false };
};
const KEY = secret("sk-the-new-key");

const directory = useTemporaryDirectory();

async function applied(text: string, behaviour: Behaviour, writeUnverified = false) {
  const config = checked(text);
  const { connections, updates } = standIns(config, behaviour);
  const made = await planned(config, connections, { writeUnverified, allow: ["update=99"] });
  const runtime = testRuntime();
  const journal = await openJournal(join(directory.path, "journal.jsonl"), runtime, { command: "apply" });
  try {
    const { bindings } = config;
    const input = { planned: made, bindings, connections, secretOf: () => KEY, journal, runtime };
    return { plan: made.plan, result: await applyPlan(input), updates, events: journal.events };
  } finally {
    await journal.close();
  }
}

const text = `version: 1
gateways:
  a: { adapter: ngrok, token: env:A }
  b: { adapter: ngrok, token: env:B }
  c: { adapter: ngrok, token: env:C }
providers:
  p: { name: New, gateways: { a: { id: "1" }, b: { id: "2" }, c: { id: "3" } } }
  q: { name: New, gateways: { c: { id: "4" }, b: { id: "5" }, a: { id: "6" } } }
`;

describe("an apply", () => {
  it("writes what the plan says, and says that it is done", async () => {
    const { result, updates } = await applied(text, {});
    expect(updates).toHaveLength(6);
    expect(updates).toContainEqual({ gateway: "a", id: "1", update: { name: "New" } });
    expect(result.rows).toHaveLength(6);
    expect(result.rows[0]).toEqual({
      provider: "p",
      gateway: "a",
      adapter: "ngrok",
      id: "1",
      status: "done",
      writes: ["name"],
      notes: [],
    });
  });

  it("keeps the plan's order, whatever is quickest", async () => {
    let release = () => {};
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    let left = 4;
    const quick = () => {
      left -= 1;
      if (left === 0) release();
    };
    const { result } = await applied(text, { a: { update: () => slow }, b: { update: quick }, c: { update: quick } });
    expect(result.rows.map(({ id }) => id)).toEqual(["1", "2", "3", "4", "5", "6"]);
  });

  it.each([1, 3])(
    "writes to one gateway up to its concurrency of %i at once, and to all gateways together",
    async (atOnce) => {
      const ids = Array.from({ length: 9 }, (_, index) => index);
      const bound = ids.map((id) => `  p${id}: { name: New, gateways: { a: { id: "a${id}" }, b: { id: "b${id}" } } }`);
      const entry = `{ adapter: ngrok, token: env:T, concurrency: ${atOnce} }`;
      const limits = "limits: { update: { percent: 100 } }";
      const config = `version: 1\n${limits}\ngateways: { a: ${entry}, b: ${entry} }\nproviders:\n${bound.join("\n")}\n`;
      const running = { a: 0, b: 0 };
      const most = { a: 0, b: 0, together: 0 };
      const busy = (name: keyof typeof running) => async () => {
        running[name] += 1;
        most[name] = Math.max(most[name], running[name]);
        most.together = Math.max(most.together, running.a + running.b);
        // The first ones wait for as many as there may be.
        await until(() => most.together >= 2 * atOnce);
        await new Promise((resolve) => setImmediate(resolve));
        running[name] -= 1;
      };
      const { result } = await applied(config, { a: { update: busy("a") }, b: { update: busy("b") } });
      expect(new Set(result.rows.map(({ status }) => status))).toEqual(new Set(["done"]));
      expect(most).toEqual({ a: atOnce, b: atOnce, together: 2 * atOnce });
    },
  );

  it("goes on when one gateway fails, and tells what became of each row", async () => {
    const { result, updates } = await applied(text, {
      a: { update: new RejectedError(details("not-applied")) },
      b: { update: new TimeoutError(details("unknown")) },
    });
    expect(updates).toHaveLength(6);
    expect(result.rows.map(({ gateway, status }) => [gateway, status])).toEqual([
      ["a", "failed"],
      ["b", "unknown"],
      ["c", "done"],
      ["c", "done"],
      ["b", "unknown"],
      ["a", "failed"],
    ]);
    expect(result.rows[0]?.error).toMatchObject({ name: "RejectedError", gateway: "a" });
  });

  it("tells what was not sent from what is unknown, and a part from a whole", async () => {
    const { result } = await applied(text, {
      a: { update: new NetworkError(details("not-sent")) },
      b: { update: new NetworkError(details("unknown")) },
      c: {
        update: new PartialUpdateError(
          "ngrok",
          ["credential"],
          ["metadata"],
          new RejectedError(details("not-applied")),
        ),
      },
    });
    expect(result.rows.slice(0, 3).map(({ status }) => status)).toEqual(["failed", "unknown", "failed"]);
    expect(result.rows[2]?.error).toMatchObject({ applied: ["credential"], failed: ["metadata"], outcome: "partial" });
  });

  it("writes nothing to what could not be read, and passes its error on", async () => {
    const { result, updates } = await applied(text, { a: { get: new AuthenticationError(details("not-sent")) } });
    expect(updates.map(({ gateway }) => gateway)).not.toContain("a");
    expect(result.rows[0]).toMatchObject({ gateway: "a", status: "failed", error: { name: "AuthenticationError" } });
    expect(result.rows[1]).toMatchObject({ gateway: "b", status: "done" });
  });

  it("leaves out the rows that have nothing to write", async () => {
    const { result, updates } = await applied(text, { a: { get: { name: "New" } } });
    expect(result.rows.map(({ gateway }) => gateway)).toEqual(["b", "c", "c", "b"]);
    expect(updates).toHaveLength(4);
  });

  const barndoor = (fields: string) => `version: 1
gateways: { one: { adapter: barndoor, baseUrl: https://platform.barndoor.ai, token: env:T } }
providers: { p: { gateways: { one: { id: ${BARNDOOR_ID}, ${fields} } } } }
`;
  const attached = { get: { connectionId: CONNECTION_ID, credential: { kind: "connection" } } } as const;
  const key = "credential: { scheme: api_key, apiKey: env:KEY }";

  it("does not touch what is blocked, and says why", async () => {
    const { result, updates } = await applied(barndoor(key), { one: attached }, true);
    expect(updates).toEqual([]);
    expect(result.rows).toEqual([
      expect.objectContaining({ status: "blocked", reason: expect.stringMatching(/shared connection/) }),
    ]);
  });

  it("sends the detach and the key in one update, the key as a secret", async () => {
    const { updates } = await applied(barndoor(`connectionId: null, ${key}`), { one: attached });
    expect(updates.map(({ update }) => update)).toEqual<ProviderUpdate[]>([
      { credential: { scheme: "api_key", apiKey: KEY }, connectionId: null },
    ]);
  });
});

describe("the secrets of an apply", () => {
  const config = checked(`version: 1
gateways:
  n: { adapter: ngrok, token: env:N }
  r: { adapter: respan, token: env:R }
  b: { adapter: barndoor, baseUrl: https://platform.barndoor.ai, token: env:B }
providers:
  p:
    name: P
    credential: { scheme: api_key, apiKey: env:SHARED }
    gateways:
      n: { id: x }
      r: { id: 1, baseUrl: https://a.test, native: { organization: env:ORG } }
      b: { id: ${BARNDOOR_ID}, connectionId: null, credential: { scheme: api_key, apiKey: env:OWN } }
`);
  const wantedSecrets = (writeUnverified: boolean) => {
    return secretsToWrite(config.bindings, { writeUnverified, isFingerprinted: false, journal: undefined });
  };
  const names = (all: boolean) => {
    return [...new Set(wantedSecrets(all).map(({ reference }) => reference.target))].sort();
  };

  it("are all of them when keys are written, else those that may be written without being asked for", () => {
    expect(names(true)).toEqual(["ORG", "OWN", "SHARED"]);
    expect(names(false)).toEqual(["ORG", "OWN"]);
  });

  it("are all there before anything is sent, or nothing is", async () => {
    const wanted = wantedSecrets(true);
    const error = await configErrorOf(() => resolveSecrets(config, wanted, { ORG: "org", OWN: "" }));
    expect(error.kind).toBe("credentials");
    expect(error.problems.map(({ path }) => path)).toEqual([
      "providers.p.credential.apiKey",
      "providers.p.gateways.b.credential.apiKey",
    ]);
  });
});
