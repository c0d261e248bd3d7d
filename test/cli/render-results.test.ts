import { renderAdopt, renderApply } from "../../src/cli/render.ts";
import { plainStyle } from "../../src/cli/style.ts";
import { AuthenticationError, NetworkError, NotFoundError } from "../../src/index.ts";
import type { Settlement } from "../../src/sync/index.ts";
import { appliedOf, resultOf, settledOf } from "../support/plans.ts";

const linesOf = (text: string) => text.split("\n");

const notFound = new NotFoundError({
  adapter: "acme",
  message: "acme: no such provider",
  outcome: "not-sent",
  retryable: false,
});

describe("the result of an apply", () => {
  it("shows a line for each row, what there is to say of it, and counts", () => {
    const lost = new NetworkError({
      adapter: "acme",
      message: "acme: connection reset",
      outcome: "unknown",
      retryable: true,
    });
    const rows = [
      appliedOf({ writes: ["name", "credential"], notes: [{ code: "cleared", message: "the note was cleared" }] }),
      appliedOf({ gateway: "us", status: "failed", writes: [], error: notFound }),
      appliedOf({ gateway: "asia", id: "x1", status: "blocked", reason: "secret differs from the plan" }),
      appliedOf({ gateway: "lab", status: "unknown", error: lost, reason: "the outcome is not in the journal" }),
    ];
    expect(linesOf(renderApply(resultOf(rows), plainStyle))).toEqual([
      "done    openai-prod @ eu (acme 101): name, credential",
      "        note: the note was cleared",
      "failed  openai-prod @ us (acme 101)",
      "        NotFoundError: acme: no such provider",
      "          why: the gateway has no such object, or another account has it",
      "          fix: check the binding's id, and that the gateway's token is of the right account",
      "blocked openai-prod @ asia (acme x1): name",
      "        secret differs from the plan",
      "unknown openai-prod @ lab (acme 101): name",
      "        the outcome is not in the journal",
      "        NetworkError: acme: connection reset",
      "          why: the connection failed",
      "          fix: check the network, a proxy if there is one, and the gateway's baseUrl; " +
        "the next apply settles by reading whether it took effect",
      "",
      "gateway  done  failed  blocked  unknown",
      "eu          1       0        0        0",
      "us          0       1        0        0",
      "asia        0       0        1        0",
      "lab         0       0        0        1",
      "total       1       1        1        1",
      "",
      "1 done, 1 failed, 1 blocked, 1 unknown.",
      "unknown: the gateway gave no usable answer; the next apply settles it by reading back.",
    ]);
  });

  it.each<[string, Settlement, string]>([
    ["what took effect", settledOf({ applied: ["name", "metadata"] }), "name, metadata took effect"],
    ["what is still not known", settledOf({ undecided: ["credential"] }), "credential still not known"],
    [
      "both",
      settledOf({ applied: ["name"], undecided: ["credential"] }),
      "name took effect; credential still not known",
    ],
    ["that nothing took effect", settledOf({}), "nothing took effect"],
  ])("says of an earlier write %s", (_title, settlement, words) => {
    expect(linesOf(renderApply(resultOf([], { settled: [settlement] }), plainStyle))).toEqual([
      `settled by reading: openai-prod @ eu (101): ${words}`,
      "0 done, 0 failed, 0 blocked, 0 unknown.",
    ]);
  });

  it("says what ended it early", () => {
    const result = resultOf([appliedOf()], { cancelled: true, journalError: "the disk is full (ENOSPC)" });
    expect(linesOf(renderApply(result, plainStyle)).slice(1)).toEqual([
      "cancelled before everything was done",
      "journal: the disk is full (ENOSPC)",
      "1 done, 0 failed, 0 blocked, 0 unknown.",
    ]);
  });
});

describe("the result of an adoption", () => {
  const about = { provider: "openai-prod", gateway: "eu", adapter: "acme", id: 101, fields: ["credential"] } as const;

  it("shows a line for each row, and counts", () => {
    const error = new AuthenticationError({
      adapter: "acme",
      message: "acme: no",
      outcome: "not-sent",
      retryable: false,
    });
    const rows = [
      { ...about, status: "adopted" },
      { ...about, status: "blocked", reason: "credential differs from what the gateway shows" },
      { ...about, status: "failed", error },
    ] as const;
    expect(linesOf(renderAdopt({ version: 1, run: "r", rows }, plainStyle))).toEqual([
      "adopted openai-prod @ eu (acme 101): credential",
      "blocked openai-prod @ eu (acme 101): credential",
      "        credential differs from what the gateway shows",
      "failed  openai-prod @ eu (acme 101): credential",
      "        AuthenticationError: acme: no",
      "          why: the gateway does not accept the token: it is wrong, expired or revoked, or of another host",
      "          fix: check the gateway's token",
      "1 adopted, 1 failed, 1 blocked.",
    ]);
  });

  it("says that there was nothing to adopt", () => {
    const text = renderAdopt({ version: 1, run: "r", rows: [] }, plainStyle);
    expect(text).toBe("Nothing to adopt: no binding in scope has a secret.");
  });
});
