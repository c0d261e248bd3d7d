import { networkFailure } from "../../src/kit/http-failure.ts";

const errorWith = (members: object) => Object.assign(new Error("sk-secret in its text"), members);

describe("a failure of the connection", () => {
  it.each([
    ["a connection that was not made in time", { code: "ETIMEDOUT", syscall: "connect" }, false],
    ["a host that is not found", { code: "ENOTFOUND", syscall: "getaddrinfo" }, false],
    ["a certificate that is not trusted", { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }, false],
    ["a connection that was lost while it was read", { code: "ECONNRESET", syscall: "read" }, true],
    ["a connection that was lost while it was written", { code: "EPIPE", syscall: "write" }, true],
    ["a time-out of what was sent", { code: "ETIMEDOUT", syscall: "read" }, true],
  ])("tells whether anything can have been sent: %s", (_what, members, sent) => {
    const { code } = members;
    expect(networkFailure(errorWith(members))).toStrictEqual({ kind: "network", sent, code });
  });

  it.each([[undefined], [null], ["text"], [{ code: 7 }]])(
    "of which nothing is known may have been sent: %p",
    (error) => {
      expect(networkFailure(error)).toStrictEqual({ kind: "network", sent: true, code: "UNKNOWN" });
    },
  );
});
