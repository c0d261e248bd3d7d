import { startWork, tell, tellWaits } from "../../src/sync/progress.ts";
import { checked, planned, standIns } from "../support/sync.ts";

const config = checked(`version: 1
gateways: { a: { adapter: ngrok, token: env:A }, b: { adapter: ngrok, token: env:B } }
providers:
  one: { name: One, gateways: { a: { id: "1" }, b: { id: "2" } } }
  two: { name: Two, gateways: { a: { id: "3" } } }
`);

describe("a plan", () => {
  it("tells how many objects of each gateway are read, from none to all", async () => {
    const { connections } = standIns(config, {});
    const onProgress = jest.fn();
    await planned(config, connections, { onProgress });
    const told = (gateway: string) =>
      onProgress.mock.calls.map(([event]) => event).filter((each) => each.gateway === gateway);
    const read = (gateway: string, done: number, total: number) => ({
      kind: "work",
      gateway,
      work: "read",
      done,
      total,
    });
    const events = told("a");
    expect([events[0], events.at(-1)]).toEqual([read("a", 0, 2), read("a", 2, 2)]);
    expect(events).toContainEqual(read("a", 1, 2));
    expect(told("b").at(-1)).toEqual(read("b", 1, 1));
  });

  it("goes on where whoever is told throws", async () => {
    const { connections } = standIns(config, {});
    const onProgress = () => {
      throw new Error("the display is gone");
    };
    expect((await planned(config, connections, { onProgress })).plan.rows).toHaveLength(3);
  });
});

it("a work is counted gateway by gateway", () => {
  const onProgress = jest.fn();
  const done = startWork(onProgress, "write", [{ gateway: "a" }, { gateway: "b" }, { gateway: "a" }]);
  for (const gateway of ["a", "a", "b", "none"]) done(gateway);
  expect(onProgress.mock.calls.map(([{ gateway, done: count, total }]) => [gateway, count, total])).toEqual([
    ["a", 0, 2],
    ["b", 0, 1],
    ["a", 1, 2],
    ["a", 2, 2],
    ["b", 1, 1],
  ]);
});

it("a wait for an earlier run is told for the gateways that it is still to come for", () => {
  const onProgress = jest.fn();
  tellWaits(
    onProgress,
    new Map([
      ["a", 5],
      ["b", 9],
    ]),
    5,
  );
  expect(onProgress.mock.calls).toEqual([[{ kind: "wait", gateway: "b", reason: "earlier-run", until: 9 }]]);
  expect(() => tell(undefined, { kind: "wait", gateway: "b", reason: "health", until: 9 })).not.toThrow();
});
