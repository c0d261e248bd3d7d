import type { ClientResult } from "../../src/kit/client.ts";
import { statusFailure } from "../../src/kit/failure.ts";
import { MethodChoice, type MethodTrial } from "../../src/kit/method-choice.ts";

const BOTH = ["PATCH", "PUT"] as const;

const answered = (status: number): ClientResult => {
  if (status < 300) return { ok: true, status, text: "{}" };
  const failure = statusFailure(status, "request", {});
  return { ok: false, failure, effect: failure.effect, repeatable: failure.transient };
};

/** A gateway that answers each method with a status, and what it was asked. */
function gatewayOf(statuses: Readonly<Record<string, number>>) {
  const asked: string[] = [];
  const answer = async (method: string) => {
    asked.push(method);
    await new Promise((resolve) => setImmediate(resolve));
    return answered(statuses[method] ?? 500);
  };
  const trial = (signal?: AbortSignal): MethodTrial => ({
    label: "request",
    signal,
    write: answer,
    read: () => answer("GET"),
  });
  return { asked, trial, statuses };
}

const statusOf = (result: ClientResult) => (result.ok ? result.status : result.failure.status);

describe("the choice of a method", () => {
  it.each<[string, Record<string, number>, string[], number]>([
    ["keeps the first that works", { PATCH: 200 }, ["PATCH"], 200],
    ["goes on after 405", { PATCH: 405, PUT: 200 }, ["PATCH", "PUT"], 200],
    [
      "goes on after 404 for an object that can be read",
      { PATCH: 404, GET: 200, PUT: 200 },
      ["PATCH", "GET", "PUT"],
      200,
    ],
    ["ends with 404 for an object that is not there", { PATCH: 404, GET: 404 }, ["PATCH", "GET"], 404],
    ["ends with the error of a read that fails", { PATCH: 404, GET: 403 }, ["PATCH", "GET"], 403],
    ["does not go on after a refusal", { PATCH: 400 }, ["PATCH"], 400],
    ["does not go on after a failure", { PATCH: 503 }, ["PATCH"], 503],
    ["does not go on after a refused token", { PATCH: 401 }, ["PATCH"], 401],
    ["ends with the error of the last method", { PATCH: 405, PUT: 400 }, ["PATCH", "PUT"], 400],
  ])("%s", async (_rule, statuses, expected, status) => {
    const { asked, trial } = gatewayOf(statuses);
    const result = await new MethodChoice().send(BOTH, trial());
    expect(statusOf(result)).toBe(status);
    expect(asked).toStrictEqual(expected);
  });

  it("says of a read that failed after a 404 that the write was not applied", async () => {
    for (const read of [403, 500]) {
      const { trial } = gatewayOf({ PATCH: 404, GET: read });
      await expect(new MethodChoice().send(BOTH, trial())).resolves.toMatchObject({ ok: false, effect: "not-applied" });
    }
  });

  it("remembers what works", async () => {
    const choice = new MethodChoice();
    const { asked, trial } = gatewayOf({ PATCH: 405, PUT: 200 });
    expect(choice.remaining(BOTH)).toStrictEqual(BOTH);
    for (let call = 0; call < 3; call++) await choice.send(BOTH, trial());
    expect(asked).toStrictEqual(["PATCH", "PUT", "PUT", "PUT"]);
    expect(choice.remaining(BOTH)).toStrictEqual(["PUT"]);
  });

  it("remembers the first method, too: a later 405 is an answer like any other", async () => {
    const choice = new MethodChoice();
    const gateway = gatewayOf({ PATCH: 200, PUT: 200 });
    await choice.send(BOTH, gateway.trial());
    Object.assign(gateway.statuses, { PATCH: 405 });
    expect(statusOf(await choice.send(BOTH, gateway.trial()))).toBe(405);
    expect(gateway.asked).toStrictEqual(["PATCH", "PATCH"]);
  });

  it("learns nothing from an answer that says nothing about the method", async () => {
    const choice = new MethodChoice();
    const gateway = gatewayOf({ PATCH: 503, PUT: 200 });
    await choice.send(BOTH, gateway.trial());
    expect(choice.remaining(BOTH)).toStrictEqual(BOTH);
  });

  it("runs one discovery at a time, and all calls profit from it", async () => {
    const choice = new MethodChoice();
    const { asked, trial } = gatewayOf({ PATCH: 405, PUT: 200 });
    const results = await Promise.all(Array.from({ length: 5 }, () => choice.send(BOTH, trial())));
    expect(results.map(statusOf)).toStrictEqual([200, 200, 200, 200, 200]);
    expect(asked).toStrictEqual(["PATCH", "PUT", "PUT", "PUT", "PUT", "PUT"]);
  });

  it("goes on with the next call where a discovery found nothing out, or threw", async () => {
    const choice = new MethodChoice();
    const { asked, trial } = gatewayOf({ PATCH: 405, PUT: 200 });
    const broken: MethodTrial = { ...trial(), write: () => Promise.reject(new Error("the token function failed")) };
    const [first, second] = await Promise.allSettled([choice.send(BOTH, broken), choice.send(BOTH, trial())]);
    expect([first.status, second.status]).toStrictEqual(["rejected", "fulfilled"]);
    expect(asked).toStrictEqual(["PATCH", "PUT"]);
  });

  it("lets a call leave that waits for another one's discovery", async () => {
    const choice = new MethodChoice();
    const { asked, trial } = gatewayOf({ PATCH: 405, PUT: 200 });
    const controller = new AbortController();
    const first = choice.send(BOTH, trial());
    const waiting = choice.send(BOTH, trial(controller.signal));
    controller.abort();
    await expect(waiting).resolves.toMatchObject({ ok: false, effect: "not-sent" });
    await first;
    expect(asked).toStrictEqual(["PATCH", "PUT"]);
  });

  it("is none where there is one method only", async () => {
    const choice = new MethodChoice();
    const { asked, trial } = gatewayOf({ PUT: 405 });
    expect(statusOf(await choice.send(["PUT"], trial()))).toBe(405);
    expect(asked).toStrictEqual(["PUT"]);
  });
});
