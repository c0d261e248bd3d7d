import { z } from "zod";
import { type AnyAdapter, isSecret, type Secret } from "../../src/index.ts";
import { checkConfig, connect, parseConfig } from "../../src/sync/index.ts";
import { scriptWire } from "../support/wire.ts";
import { capabilities, maker } from "./maker.ts";
import { recorder } from "./recorder.ts";

const opened: unknown[] = [];
/** An adapter that is not built with the kit, and takes a token alone. */
const handWritten: AnyAdapter = {
  name: "hand-written",
  contractVersion: 1,
  hosts: ["maker.example"],
  settings: z.strictObject({ token: z.custom<Secret>(isSecret) }),
  capabilities: () => capabilities,
  open(settings) {
    opened.push(Object.keys(Object(settings)));
    return maker().open(settings);
  },
};

it("the gateways of a config tell their hooks where their adapter is built with the kit, and work where it is not", async () => {
  const text = `version: 1
gateways:
  ours: { adapter: maker, token: env:T }
  theirs: { adapter: hand-written, token: env:T }
providers:
  one: { name: N, gateways: { ours: { id: a }, theirs: { id: a } } }
`;
  const checked = checkConfig(parseConfig("gatefold.yaml", text, "/"), [maker(), handWritten]);
  opened.splice(0);
  const asked: string[] = [];
  const { hooks, names } = recorder();
  const connections = await connect(
    checked,
    checked.bindings,
    { T: "a-token-0123456789" },
    {},
    {
      hooksFor: (gateway) => {
        asked.push(gateway);
        return [hooks];
      },
    },
  );
  expect(asked).toStrictEqual(["ours", "theirs"]);
  expect(opened).toStrictEqual([["token"]]);
  scriptWire(
    "https://maker.example",
    Array(2).fill({ method: "GET", path: "/api/things/a", reply: { id: "a", name: "N" } }),
  );
  await connections.get("theirs")?.get("a");
  expect(names()).toStrictEqual([]);
  await connections.get("ours")?.get("a");
  expect(names()).toStrictEqual(["onStart", "within", "onRequest", "onResponse", "onEnd"]);
});
