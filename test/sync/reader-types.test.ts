import type { Gateway, ProviderId } from "../../src/index.ts";
import type { AdoptInput, Connections, GatewayReader, PlanInput } from "../../src/sync/index.ts";
import { readersOf } from "../../src/sync/index.ts";
import { checked, standIns } from "../support/sync.ts";

// The compiler is the judge here: a line that should not compile and does fails the type check.

/** Takes code that is type-checked and never run. */
const compiled = (..._code: readonly ((reader: GatewayReader, plan: PlanInput, adoption: AdoptInput) => unknown)[]) =>
  expect(_code.every((each) => typeof each === "function")).toBe(true);

it("a gateway's reader has what reads, and nothing that writes", () => {
  type Reading = "adapter" | "capabilities" | "get" | "list" | "explainCreation" | "usedBy";
  type Writing = Exclude<keyof GatewayReader, Reading>;
  const none: [Writing] extends [never] ? true : false = true;
  expect(none).toBe(true);
  compiled(
    (reader) => reader.get(1),
    (reader) => reader.list(),
    // @ts-expect-error a reader cannot update
    (reader) => reader.update(1, { name: "N" }),
    (reader) => reader.usedBy?.(1),
    (reader) => reader.explainCreation?.({ name: "N" }),
    // @ts-expect-error a reader cannot create
    (reader) => reader.create?.({ name: "N" }),
    // @ts-expect-error a reader cannot remove
    (reader) => reader.remove?.(1),
    // @ts-expect-error a reader is no gateway
    (reader): Gateway<ProviderId> => reader,
  );
});

it("what a plan and an adoption are made from writes to no gateway", () => {
  compiled(
    (_reader, plan) => plan.readers.get("one")?.get(1),
    // @ts-expect-error a plan's reader cannot update
    (_reader, plan) => plan.readers.get("one")?.update(1, { name: "N" }),
    // @ts-expect-error a plan has no gateways that write
    (_reader, plan) => plan.connections,
    // @ts-expect-error a plan's readers do not do for an apply
    (_reader, plan): Connections => plan.readers,
    // @ts-expect-error an adoption's reader cannot update
    (_reader, _plan, adoption) => adoption.readers.get("one")?.update(1, { name: "N" }),
    // @ts-expect-error an adoption has no gateways that write
    (_reader, _plan, adoption) => adoption.connections,
  );
});

it("a reader has what reads and explains where its gateway has it, and nothing of what makes and removes", async () => {
  const config = checked(`version: 1
gateways: { one: { adapter: ngrok, token: env:T } }
providers: { p: { name: N, gateways: { one: { id: x } } } }
`);
  const [gateway] = standIns(config, {}).connections.values();
  if (gateway === undefined) throw new Error("the gateway was not opened");
  const never = async () => {
    throw new Error("was asked");
  };
  const full: Gateway<ProviderId> = {
    ...gateway,
    explainCreation: () => [{ method: "POST", path: "/" }],
    create: never,
    remove: never,
    usedBy: async (id) => [{ id, name: "U" }],
  };
  const reader = readersOf(new Map([["one", full]])).get("one");
  expect(Object.keys(reader ?? {}).sort()).toEqual([
    "adapter",
    "capabilities",
    "explainCreation",
    "get",
    "list",
    "usedBy",
  ]);
  expect(reader?.explainCreation?.({ name: "N" })).toEqual([{ method: "POST", path: "/" }]);
  expect(await reader?.usedBy?.("x")).toEqual([{ id: "x", name: "U" }]);
});

it.each(["update", "create", "remove"])("what a gateway tries to %s while it reads is refused", async (method) => {
  const config = checked(`version: 1
gateways: { one: { adapter: ngrok, token: env:T } }
providers: { p: { name: N, gateways: { one: { id: x } } } }
`);
  const [gateway] = standIns(config, {}).connections.values();
  if (gateway === undefined) throw new Error("the gateway was not opened");
  const done: string[] = [];
  const write = async () => {
    done.push(method);
    throw new Error("was written");
  };
  const sly: Gateway<ProviderId> = {
    ...gateway,
    [method]: write,
    async get(this: object) {
      const own: unknown = Reflect.get(this, method);
      if (typeof own !== "function") throw new Error("there is nothing to call");
      return own();
    },
  };
  const reader = readersOf(new Map([["one", sly]])).get("one");
  await expect(reader?.get("x")).rejects.toMatchObject({ name: "UnsafePlanError" });
  expect(done).toEqual([]);
});

it("a reader has no more than its type says at run time either, and gets no more", () => {
  const config = checked(`version: 1
gateways: { one: { adapter: respan, token: env:T } }
providers: { p: { name: N, gateways: { one: { id: 1 } } } }
`);
  const reader = readersOf(standIns(config, {}).connections).get("one");
  if (reader === undefined) throw new Error("the gateway was not opened");
  expect(Object.keys(reader).sort()).toEqual(["adapter", "capabilities", "get", "list"]);
  expect("update" in reader).toBe(false);
  expect(() => Object.assign(reader, { update: () => undefined })).toThrow(TypeError);
});
