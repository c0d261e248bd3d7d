import { ngrok } from "../../adapters/ngrok/index.ts";
import { compareField } from "../../src/sync/plan/compare.ts";
import { markerIn, withMarker } from "../../src/sync/plan/marker.ts";

const capabilities = ngrok.capabilities();
const { creation: _creation, ...making } = capabilities;

describe("the marker of a creation", () => {
  it.each<[string, unknown, unknown]>([
    ["no metadata", undefined, { gatefold: "m" }],
    ["cleared metadata", null, { gatefold: "m" }],
    ["an object", { team: "ml" }, { team: "ml", gatefold: "m" }],
    ["a text", "free text", undefined],
    ["an object that has such a member of its own", { gatefold: "mine" }, undefined],
    ["an object that would be too long with it", { text: "x".repeat(4080) }, undefined],
  ])("goes with %s, or not at all", (_what, metadata, expected) => {
    expect(withMarker(metadata, "m", capabilities)).toEqual(expected);
  });

  it("goes only where a creation takes metadata that can be read back", () => {
    expect(withMarker({}, "m", making)).toBeUndefined();
    const unread = { ...capabilities.fields.metadata, read: "no" as const };
    expect(
      withMarker({}, "m", { ...capabilities, fields: { ...capabilities.fields, metadata: unread } }),
    ).toBeUndefined();
  });

  it("is found in reported metadata", () => {
    expect([markerIn({ gatefold: "m" }), markerIn({}), markerIn("gatefold"), markerIn(null)]).toEqual([
      "m",
      undefined,
      undefined,
      undefined,
    ]);
  });

  const reported = (metadata: string | null | { readonly [name: string]: string }) => ({
    id: "x",
    name: "X",
    metadata,
    credential: { kind: "unknown" as const },
  });
  it.each<[unknown, Parameters<typeof reported>[0], string, unknown]>([
    [{ team: "ml" }, { team: "ml", gatefold: "m" }, "equal", { team: "ml" }],
    [{ team: "ml" }, { team: "x", gatefold: "m" }, "different", { team: "x" }],
    [null, { gatefold: "m" }, "equal", null],
    [{}, { gatefold: "m" }, "equal", {}],
    ["text", { gatefold: "m" }, "different", null],
    [{ gatefold: "mine" }, { gatefold: "m" }, "different", { gatefold: "m" }],
  ])("is no difference between the desired %j and the reported %j", (desired, metadata, kind, before) => {
    expect(compareField("metadata", desired, reported(metadata))).toEqual({ kind, before });
  });
});
