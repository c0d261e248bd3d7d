import * as contract from "../../src/index.ts";
import {
  AbortedError,
  AuthenticationError,
  ConflictError,
  type ErrorDetails,
  type GatewayError,
  InvalidInputError,
  InvalidResponseError,
  isGatewayError,
  MissingSettingError,
  NetworkError,
  NotFoundError,
  PartialUpdateError,
  PermissionDeniedError,
  RateLimitError,
  RejectedError,
  StalePlanError,
  TimeoutError,
  UnavailableError,
  UnsafePlanError,
  UnsupportedFieldError,
} from "../../src/index.ts";

const details: ErrorDetails = { adapter: "some", message: "some: it failed", outcome: "unknown", retryable: true };
const later = new UnavailableError({ ...details, message: "some: PATCH was answered 500", status: 500 });

/** Every class, total by name. */
const examples: Readonly<Record<GatewayError["name"], readonly [error: GatewayError, code: string]>> = {
  UnsupportedFieldError: [
    new UnsupportedFieldError("some", [{ path: "enabled", message: "cannot be written" }]),
    "UNSUPPORTED_FIELD",
  ],
  InvalidInputError: [new InvalidInputError("some", [{ path: "name", message: "is empty" }]), "INVALID_INPUT"],
  MissingSettingError: [new MissingSettingError("some", ["token"]), "MISSING_SETTING"],
  AuthenticationError: [new AuthenticationError(details), "AUTHENTICATION"],
  PermissionDeniedError: [new PermissionDeniedError(details), "PERMISSION_DENIED"],
  NotFoundError: [new NotFoundError(details), "NOT_FOUND"],
  ConflictError: [new ConflictError(details), "CONFLICT"],
  RejectedError: [new RejectedError(details, [{ path: "name", message: "too long" }]), "REJECTED"],
  RateLimitError: [new RateLimitError(details, 1500), "RATE_LIMIT"],
  UnavailableError: [later, "UNAVAILABLE"],
  TimeoutError: [new TimeoutError(details), "TIMEOUT"],
  NetworkError: [new NetworkError(details), "NETWORK"],
  AbortedError: [new AbortedError(details), "ABORTED"],
  InvalidResponseError: [new InvalidResponseError(details), "INVALID_RESPONSE"],
  PartialUpdateError: [new PartialUpdateError("some", ["credential"], ["metadata"], later), "PARTIAL_UPDATE"],
  UnsafePlanError: [new UnsafePlanError("too many deletes"), "UNSAFE_PLAN"],
  StalePlanError: [new StalePlanError("the config has changed"), "STALE_PLAN"],
};

describe.each(Object.entries(examples))("%s", (name, [error, code]) => {
  it("has a literal name and a stable code", () => {
    expect(error.name).toBe(name);
    expect(error.code).toBe(code);
    expect(Object.hasOwn(error, "name")).toBe(true);
    expect(String(error)).toBe(`${name}: ${error.message}`);
  });

  it("is an Error with a stack, and is recognised", () => {
    expect(error).toBeInstanceOf(Error);
    expect(error.stack).toContain(error.message);
    expect(isGatewayError(error)).toBe(true);
  });

  it("is exported as a class of its name", () => {
    expect(Reflect.get(contract, name)).toBe(error.constructor);
  });

  it("says what became of the write and whether to repeat it", () => {
    expect(["not-sent", "not-applied", "unknown", "partial"]).toContain(error.outcome);
    expect(typeof error.retryable).toBe("boolean");
    expect(typeof error.adapter).toBe("string");
  });

  it("is plain data as JSON, message included and stack left out", () => {
    const plain: unknown = JSON.parse(JSON.stringify(error));
    expect(plain).toMatchObject({ name, code, message: error.message, outcome: error.outcome, adapter: error.adapter });
    expect(plain).not.toHaveProperty("stack");
  });
});

describe("codes", () => {
  it("are different for every class", () => {
    const codes = Object.values(examples).map(([error]) => error.code);
    expect(new Set(codes).size).toBe(codes.length);
  });
});

describe("what particular errors carry", () => {
  it("lists every unsupported field at once", () => {
    const error = new UnsupportedFieldError("some", [
      { path: "enabled", message: "cannot be written" },
      { path: "metadata", message: "cannot be cleared" },
    ]);
    expect(error.fields).toStrictEqual(["enabled", "metadata"]);
    expect(error.message).toBe("some: enabled: cannot be written; metadata: cannot be cleared");
    expect(error).toMatchObject({ outcome: "not-sent", retryable: false });
  });

  it("lists every issue, and a problem of the whole without a path", () => {
    const issues = [
      { path: "", message: "nothing to do" },
      { path: "name", message: "is empty" },
    ];
    const error = new InvalidInputError("some", issues);
    expect(error.issues).toStrictEqual(issues);
    expect(error.message).toBe("some: nothing to do; name: is empty");
    expect(error).toMatchObject({ outcome: "not-sent", retryable: false });
  });

  it("names the missing settings", () => {
    const error = new MissingSettingError("some", ["token", "baseUrl"]);
    expect(error.settings).toStrictEqual(["token", "baseUrl"]);
    expect(error.message).toContain("token, baseUrl");
  });

  it("has a status, the vendor's code and the stated wait only where there were any", () => {
    for (const error of [new RateLimitError(details), new RejectedError(details)]) {
      const plain: unknown = JSON.parse(JSON.stringify(error));
      for (const name of ["retryAfterMs", "status", "vendorCode", "gateway"]) expect(plain).not.toHaveProperty([name]);
    }
    expect(new RateLimitError(details, 0).retryAfterMs).toBe(0);
    expect(new RejectedError(details).fieldErrors).toStrictEqual([]);
    expect(new RejectedError({ ...details, status: 422, vendorCode: "E1" })).toMatchObject({
      status: 422,
      vendorCode: "E1",
    });
  });

  it("says which fields took effect, with the later error as its cause", () => {
    const [partial] = examples.PartialUpdateError;
    expect(partial).toMatchObject({ applied: ["credential"], failed: ["metadata"], outcome: "partial", cause: later });
    expect(partial.message).toContain(later.message);
    expect(JSON.parse(JSON.stringify(partial))).toMatchObject({
      cause: { name: "UnavailableError", message: later.message, status: 500 },
    });
  });

  it("has no cause where none was given", () => {
    expect(later).not.toHaveProperty("cause");
    expect(JSON.parse(JSON.stringify(later))).not.toHaveProperty("cause");
  });

  it("lets sync set the gateway's name, which then shows in JSON", () => {
    const error = new NotFoundError(details);
    expect(error.gateway).toBeUndefined();
    error.gateway = "some-prod";
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ gateway: "some-prod" });
  });
});

describe("isGatewayError", () => {
  it("recognises an error of another copy of the package", async () => {
    let foreign: unknown;
    let recognise: ((value: unknown) => boolean) | undefined;
    await jest.isolateModulesAsync(async () => {
      const copy = await import("../../src/contract/errors.ts");
      foreign = new copy.TimeoutError(details);
      recognise = copy.isGatewayError;
    });
    expect(foreign).not.toBeInstanceOf(TimeoutError);
    expect(isGatewayError(foreign)).toBe(true);
    expect(recognise?.(later)).toBe(true);
  });

  it.each([
    ["another error", new Error("x")],
    ["an error by name only", Object.assign(new Error("x"), { name: "TimeoutError", code: "TIMEOUT" })],
    ["its JSON", JSON.parse(JSON.stringify(later)) as unknown],
    ["null", null],
    ["undefined", undefined],
    ["a text", "TimeoutError"],
    ["a branded object that is no error", { [Symbol.for("gatefold.GatewayError")]: true }],
  ])("says no to %s", (_kind, value) => {
    expect(isGatewayError(value)).toBe(false);
  });
});
