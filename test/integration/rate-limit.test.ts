import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { fleetConfig, fleetSeed } from "../support/fleet.ts";
import { allowLoopback } from "../support/loopback.ts";
import { gatefold, jsonOf, useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

describe("the rate limit of an account", () => {
  const COUNT = 24;
  // Of this process as a client: begun, and answered.
  const counts = { begun: 0, answered: 0 };
  const onBegin = () => {
    counts.begun += 1;
  };
  const onAnswer = () => {
    counts.answered += 1;
  };

  // Captured while it is real.
  const wait = setTimeout;

  beforeEach(() => {
    subscribe("http.client.request.start", onBegin);
    subscribe("http.client.response.finish", onAnswer);
    jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "clearImmediate", "queueMicrotask", "hrtime"] });
  });
  afterEach(() => {
    jest.useRealTimers();
    unsubscribe("http.client.request.start", onBegin);
    unsubscribe("http.client.response.finish", onAnswer);
  });

  /** Lets the clock jump to whatever is waited for next, but only while no request is under way. */
  async function inNoTime<Result>(running: Promise<Result>): Promise<Result> {
    let isRunning = true;
    const ended = () => {
      isRunning = false;
    };
    running.then(ended, ended);
    while (isRunning) {
      const { begun } = counts;
      await new Promise((resolve) => wait(resolve, 5));
      if (counts.begun === begun && counts.answered === begun) jest.advanceTimersToNextTimer();
    }
    return running;
  }

  async function limited(rateLimit: string) {
    const sandbox = await open({
      seed: fleetSeed(COUNT),
      switches: { respan: { rateLimit: 10 } },
      now: () => Date.now(),
    });
    const { yaml, environment } = fleetConfig(sandbox, COUNT, { gateways: ["respan"] });
    directory.write("gatefold.yaml", yaml.replace("rateLimit: false", `rateLimit: ${rateLimit}`));
    const running = gatefold(["apply", "--json"], { environment, directory: directory.path });
    const { exit, stdout } = await inNoTime(running);
    const { rows } = jsonOf(stdout);
    return { exit, rows, refused: sandbox.requests.filter(({ status }) => status === 429), sandbox };
  }

  it("is kept by the setting: nothing is refused, and everything is done", async () => {
    const begin = Date.now();
    const { exit, rows, refused, sandbox } = await limited("{ requests: 10, perMs: 60000 }");
    expect({ exit, refused }).toEqual({ exit: 0, refused: [] });
    expect(rows).toMatchObject(Array(COUNT).fill({ status: "done" }));
    // A read and a write for each object: five times ten requests have four minutes between them.
    expect(sandbox.requests).toHaveLength(2 * COUNT);
    expect(Date.now() - begin).toBeGreaterThanOrEqual(4 * 60_000);
  });

  it("is run into without it", async () => {
    const { exit, refused } = await limited("false");
    expect(exit).not.toBe(0);
    expect(refused.length).toBeGreaterThan(0);
  });
});
