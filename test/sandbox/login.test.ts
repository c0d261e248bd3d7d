import { defineVendorSandbox, openSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { allowLoopback } from "../support/loopback.ts";

allowLoopback();

const anything = { safeParse: (value: unknown) => ({ success: true as const, data: value }) };

/** A gateway that gives out tokens to whoever asks for one, and counts what is charged to its limit. */
const toy = defineVendorSandbox({
  name: "toy",
  basePath: "/base",
  seed: anything,
  switches: anything,
  open: () => {
    const issued = new Set<string>();
    let charged = 0;
    return {
      token: "toy-token",
      accepts: (token) => issued.has(token),
      admit: () => {
        charged += 1;
        return undefined;
      },
      routes: [
        {
          method: "POST",
          path: "/login",
          body: "form",
          isOpen: true,
          handle: ({ body }) => {
            issued.add("issued");
            return { status: 200, json: { body } };
          },
        },
        { method: "GET", path: "/base/items", handle: () => ({ status: 200, json: { charged } }) },
      ],
      refuse: ({ kind, status }) => ({ status, json: { kind } }),
      stored: () => undefined,
    };
  },
});

let sandbox: Sandbox<"toy">;
beforeEach(async () => {
  sandbox = await openSandbox([toy]);
});
afterEach(() => sandbox.close());

async function call(method: string, path: string, headers: Record<string, string> = {}, body?: string) {
  const reply = await fetch(new URL(path, sandbox.urls.toy), {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  return { status: reply.status, ...JSON.parse(await reply.text()) };
}
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const read = (token: string) => call("GET", "/base/items", { authorization: `Bearer ${token}` });

it("an open route needs no token, takes a form, and is charged to nobody", async () => {
  expect(await call("POST", "/login", FORM, "a=1+2&b=%C3%9F&c=")).toEqual({
    status: 200,
    body: { a: "1 2", b: "ß", c: "" },
  });
  expect(await read("toy-token")).toEqual({ status: 200, charged: 1 });
});

it("a token that was given out opens what its own token does, and only then", async () => {
  expect(await read("issued")).toEqual({ status: 401, kind: "wrong-token" });
  await call("POST", "/login", FORM, "");
  expect(await read("issued")).toEqual({ status: 200, charged: 1 });
  expect(await read("toy-token")).toMatchObject({ status: 200 });
  expect(await read("other")).toEqual({ status: 401, kind: "wrong-token" });
});

it.each<[string, Record<string, string>, string, object]>([
  ["JSON", { "content-type": "application/json" }, "{}", { status: 415, kind: "content-type" }],
  ["no type", {}, "a=1", { status: 415, kind: "content-type" }],
  ["a member twice", FORM, "a=1&b=2&a=1", { status: 400, kind: "malformed-body" }],
  ["more than it reads", FORM, `a=${"x".repeat(2 * 1024 * 1024)}`, { status: 413, kind: "oversized-body" }],
])("a form with %s is refused", async (_what, headers, body, refusal) => {
  expect(await call("POST", "/login", headers, body)).toEqual(refusal);
});

it("another method than the open one is refused", async () => {
  expect(await call("GET", "/login")).toEqual({ status: 405, kind: "wrong-method" });
});
