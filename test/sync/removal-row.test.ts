import { NotFoundError, PermissionDeniedError } from "../../src/index.ts";
import { openWithoutToken } from "../../src/sync/index.ts";
import { removalRow } from "../../src/sync/plan/removal-row.ts";
import { checked } from "../support/sync.ts";

const [binding] = checked(`version: 1
gateways: { a: { adapter: ngrok, token: env:T } }
providers: { p: { name: P, gateways: { a: { id: x1 } } } }
`).bindings;
if (binding === undefined) throw new Error("the config has a binding");
const able = openWithoutToken(binding.adapter, binding.entry.settings).capabilities;
const { removes: _removes, ...unable } = able;
const there = { state: { id: "x1", name: "Old", credential: { kind: "inline" as const } } };
const details = { adapter: "ngrok", message: "no", outcome: "not-sent" as const, retryable: false };

const judged = (...given: readonly [Parameters<typeof removalRow>[1], Parameters<typeof removalRow>[2], string?]) => {
  const { status, reason, error } = removalRow(binding, given[0], given[1], undefined, given[2]);
  return [status, reason ?? error?.name];
};

describe("an object that no binding is about any more", () => {
  it("is removed where the gateway can", () =>
    expect(judged(there, able)).toEqual(["remove", "Old is removed for good"]));

  it("is blocked where the gateway removes nothing", () => {
    expect(judged(there, unable)).toEqual(["blocked", "this gateway removes nothing: remove it there by hand"]);
  });

  it("is noted as gone where it is, whatever the gateway can do", () => {
    const gone = { error: new NotFoundError({ ...details, status: 404 }) };
    expect(judged(gone, able)).toEqual(["remove", "is gone already; an apply takes note of it"]);
    expect(judged(gone, unable)).toEqual(["remove", "is gone already; an apply takes note of it"]);
  });

  it("fails where it cannot be read", () => {
    expect(judged({ error: new PermissionDeniedError({ ...details, status: 403 }) }, able)).toEqual([
      "failed",
      "PermissionDeniedError",
    ]);
  });

  it("stays while another provider would be made under its name", () => {
    expect(judged(there, able, "q")).toEqual([
      "blocked",
      "q would be made under its name: adopt it for q, or take that out of the config first",
    ]);
  });
});
