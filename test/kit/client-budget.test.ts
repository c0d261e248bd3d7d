import { createClient } from "../../src/kit/client.ts";
import type { HttpResult } from "../../src/kit/http.ts";
import { path } from "../../src/kit/path.ts";
import { RateBudget } from "../../src/kit/rate-budget.ts";
import { FakeClock } from "../support/fake-clock.ts";

/** When each of three requests is sent, one a second being allowed, and each taking so long to the same end. */
async function sentAfter(tookMs: number, result: HttpResult): Promise<readonly number[]> {
  const clock = new FakeClock();
  const start = clock.now();
  const sent: number[] = [];
  const send = createClient({
    clock,
    budget: new RateBudget({ requests: 1, perMs: 1000 }, clock),
    retry: { attempts: 0, budgetMs: 0 },
    timeoutMs: 10_000,
    tokens: { obtain: async () => ({ token: undefined }), secretsOf: () => [] },
    purpose: "call",
    refusedWith: undefined,
    readError: () => ({}),
    show: ({ method }) => ({ method, url: "", headers: {} }),
    http: async () => {
      sent.push(clock.now() - start);
      await clock.sleep(tookMs);
      return result;
    },
  });
  const request = { method: "GET", path: path`/keys` };
  const all = Promise.all([1, 2, 3].map(() => send(request, { repeat: "safe", signal: undefined, known: [] })));
  await clock.advanceTo(start + 60_000);
  await all;
  return sent;
}

describe("a place in the account's budget", () => {
  it("is free again a window after an answer that was as quick as they are", async () => {
    const sent = await sentAfter(100, { kind: "reply", status: 200, text: "{}" });
    // The moments are whole milliseconds: a trip may have been one shorter than it looks.
    expect(sent).toStrictEqual([0, 1001, 2002]);
  });

  it("tells nothing of how quick answers are where none came", async () => {
    expect(await sentAfter(100, { kind: "network", sent: true, code: "ECONNRESET" })).toStrictEqual([0, 1100, 2200]);
  });
});
