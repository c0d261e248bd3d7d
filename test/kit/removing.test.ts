import { type Gateway, type GatewayError, isGatewayError, secret } from "../../src/index.ts";
import { type Step, scriptWire } from "../support/wire.ts";
import { maker } from "./maker.ts";

const token = secret("the-token-of-this-test");
const atOnce = { "retry-after": "0" };
const lost = { fault: "ECONNRESET" };
const gone = { status: 404, reply: { error: "no such thing" } };

const open = (): Gateway<string> => maker()({ token });
const answers = (...list: readonly Omit<Step, "method" | "path">[]) =>
  scriptWire(
    "https://maker.example",
    list.map((answer) => ({ method: "DELETE", path: "/api/things/a%2Fb", ...answer })),
  );

async function failureOf(promise: Promise<unknown> | undefined): Promise<GatewayError> {
  const error: unknown = await promise?.catch((caught: unknown) => caught);
  if (!isGatewayError(error)) throw new Error("no error of the contract was thrown");
  return error;
}

describe("a removal", () => {
  it.each([
    ["204 without a body", { status: 204, reply: "" }],
    ["200 with a body", { status: 200, reply: { message: "removed" } }],
    ["202 with what is not JSON", { status: 202, reply: "ok" }],
  ])("is one DELETE without a body, done after %s", async (_kind, answer) => {
    const requests = answers(answer);
    await expect(open().remove?.("a/b")).resolves.toBeUndefined();
    expect(requests).toMatchObject([{ method: "DELETE", url: "maker.example/api/things/a%2Fb" }]);
    expect(requests[0]).not.toHaveProperty("body");
  });

  it("is a NotFoundError where the first answer says that it is gone", async () => {
    answers(gone);
    expect(await failureOf(open().remove?.("a/b"))).toMatchObject({ name: "NotFoundError", outcome: "not-applied" });
  });

  it.each([
    ["a lost reply", lost],
    ["a 503", { status: 503, reply: "down", headers: atOnce }],
  ])("is done where it is gone after %s: the attempt before took effect", async (_kind, answer) => {
    const requests = answers(answer, gone);
    await expect(open().remove?.("a/b")).resolves.toBeUndefined();
    expect(requests).toHaveLength(2);
  });

  it("is a NotFoundError where it is gone after a 429: nothing before it took effect", async () => {
    answers({ status: 429, reply: "slow down", headers: atOnce }, gone);
    expect(await failureOf(open().remove?.("a/b"))).toMatchObject({ name: "NotFoundError", outcome: "not-applied" });
  });

  it("has an unknown outcome where no attempt is answered", async () => {
    const requests = answers(lost, lost, lost);
    expect(await failureOf(open().remove?.("a/b"))).toMatchObject({
      name: "NetworkError",
      outcome: "unknown",
      retryable: true,
    });
    expect(requests).toHaveLength(3);
  });

  it("shows the vendor's words about what still uses it, and no secret", async () => {
    answers({ status: 409, reply: { error: "used by 2 providers, other-secret, the-token-of-this-test" } });
    const error = await failureOf(open().remove?.("a/b", { secrets: [secret("other-secret")] }));
    expect(error).toMatchObject({ name: "ConflictError", outcome: "not-applied", retryable: false });
    expect(error.message).toBe(
      "maker: DELETE /things/a%2Fb was answered 409: used by 2 providers, [redacted], [redacted]",
    );
  });

  it("judges the id before anything is sent", async () => {
    const requests = answers();
    expect(await failureOf(open().remove?.(""))).toMatchObject({ name: "InvalidInputError", outcome: "not-sent" });
    expect(requests).toStrictEqual([]);
  });

  it("ends at once where it was aborted", async () => {
    const requests = answers();
    const signal = AbortSignal.abort();
    expect(await failureOf(open().remove?.("a/b", { signal }))).toMatchObject({
      name: "AbortedError",
      outcome: "not-sent",
    });
    expect(requests).toStrictEqual([]);
  });
});

describe("what uses an object", () => {
  const pages = (...list: readonly (readonly [string, unknown])[]) =>
    scriptWire(
      "https://maker.example",
      list.map(([query, reply]) => ({ method: "GET", path: `/api/users?${query}`, reply })),
    );

  it("is every entry of every page that refers to it, by id and name", async () => {
    pages(
      [
        "limit=2",
        {
          users: [
            { id: "u1", name: "One", thing: "t1" },
            { id: "u2", name: "Two", thing: "t2" },
          ],
          next: "https://elsewhere.example/x?page=2",
        },
      ],
      [
        "page=2",
        {
          users: [
            { id: "u3", name: "Three" },
            { id: "u4", name: "Four, other-secret", thing: "t1" },
          ],
        },
      ],
    );
    await expect(open().usedBy?.("t1", { secrets: [secret("other-secret")] })).resolves.toStrictEqual([
      { id: "u1", name: "One" },
      { id: "u4", name: "Four, [redacted]" },
    ]);
  });

  it("is a failure, and no part of the answer, where a page cannot be read", async () => {
    pages(["limit=2", { users: [{ id: "u1", name: "One", thing: "t1" }], next: "?page=2" }], ["page=2", { users: 1 }]);
    expect(await failureOf(open().usedBy?.("t1"))).toMatchObject({ name: "InvalidResponseError", outcome: "not-sent" });
  });
});
