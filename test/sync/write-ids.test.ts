import { chmodSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig, type NewId, writeIds } from "../../src/sync/index.ts";
import { useTemporaryDirectory } from "../support/sync.ts";

const directory = useTemporaryDirectory();

const path = (provider: string, gateway = "a") => ["providers", provider, "gateways", gateway];
const HEAD = "version: 1\ngateways: { a: { adapter: ngrok, token: env:T }, b: { adapter: ngrok, token: env:U } }\n";

/** Writes ids into a config of one file, and tells what stands there then and what was said. */
async function write(text: string, ids: readonly NewId[], name = "gatefold.yaml", meanwhile?: () => void) {
  const file = directory.write(name, text);
  const config = await loadConfig([name], directory.path);
  meanwhile?.();
  const written = await writeIds(config, ids);
  return { text: readFileSync(file, "utf8"), problems: written.map(({ problem }) => problem) };
}

describe("ids that are written into a config", () => {
  it.each<[string, string, string, NewId["id"]]>([
    [
      "a mapping of lines, with its comments",
      `${HEAD}providers:\n  p: # ours\n    name: P\n    gateways:\n      a:\n        # made by us\n        create: true # keep\n        slug: p\n`,
      `${HEAD}providers:\n  p: # ours\n    name: P\n    gateways:\n      a:\n        # made by us\n        id: aigpk_1\n        create: true # keep\n        slug: p\n`,
      "aigpk_1",
    ],
    [
      "a mapping of lines with create in the end",
      `${HEAD}providers:\n  p:\n    gateways:\n      a:\n        name: P\n        create: true`,
      `${HEAD}providers:\n  p:\n    gateways:\n      a:\n        name: P\n        id: 12\n        create: true`,
      12,
    ],
    [
      "a mapping in braces",
      `${HEAD}providers: { p: { name: P, gateways: { a: { create: true, upstream: x } } } }\n`,
      `${HEAD}providers: { p: { name: P, gateways: { a: { id: x-1, create: true, upstream: x } } } }\n`,
      "x-1",
    ],
    [
      "a mapping in braces over several lines",
      `${HEAD}providers:\n  p: { name: P, gateways: { a: {\n    create: true,\n    upstream: x } } }\n`,
      `${HEAD}providers:\n  p: { name: P, gateways: { a: {\n    id: x1,\n    create: true,\n    upstream: x } } }\n`,
      "x1",
    ],
    [
      "lines that end as on Windows",
      `${HEAD}providers:\n  p:\n    name: P\n    gateways:\n      a:\n        create: true\n`.replaceAll("\n", "\r\n"),
      `${HEAD}providers:\n  p:\n    name: P\n    gateways:\n      a:\n        id: x1\n        create: true\n`.replaceAll(
        "\n",
        "\r\n",
      ),
      "x1",
    ],
    [
      "a text that YAML would take for a number, or for nothing",
      `${HEAD}providers: { p: { name: P, gateways: { a: { create: true } } } }\n`,
      `${HEAD}providers: { p: { name: P, gateways: { a: { id: "0123", create: true } } } }\n`,
      "0123",
    ],
  ])("go beside create: true in %s", async (_what, before, after, id) => {
    expect(await write(before, [{ path: path("p"), id }])).toEqual({ text: after, problems: [undefined] });
  });

  it("go into JSON, as text or as number", async () => {
    const config = (binding: object) => {
      const gateways = { a: { adapter: "ngrok", token: "env:T" } };
      return JSON.stringify(
        { version: 1, gateways, providers: { p: { name: "P", gateways: { a: binding } } } },
        null,
        2,
      );
    };
    const text = config({ create: true, upstream: "x" });
    expect(await write(text, [{ path: path("p"), id: "x1" }], "gatefold.json")).toEqual({
      text: config({ id: "x1", create: true, upstream: "x" }),
      problems: [undefined],
    });
  });

  it("go to several bindings of one file at once", async () => {
    const before = `${HEAD}providers:\n  p: { name: P, gateways: { a: { create: true }, b: { create: true } } }\n  q: { name: Q, gateways: { a: { create: true } } }\n`;
    const ids = [
      { path: path("p"), id: "p1" },
      { path: path("q"), id: "q1" },
      { path: path("p", "b"), id: "p2" },
    ];
    const { text } = await write(before, ids);
    expect(text).toBe(
      `${HEAD}providers:\n  p: { name: P, gateways: { a: { id: p1, create: true }, b: { id: p2, create: true } } }\n  q: { name: Q, gateways: { a: { id: q1, create: true } } }\n`,
    );
  });

  it("leave a file alone where an alias would give the id to another binding as well", async () => {
    const before = `${HEAD}providers:\n  p: { name: P, gateways: { a: &made { create: true } } }\n  q: { name: Q, gateways: { b: *made } }\n`;
    expect(await write(before, [{ path: path("q", "b"), id: "q1" }])).toEqual({
      text: before,
      problems: ["does not take the ids without other changes: write them by hand"],
    });
  });

  it("leave a file alone that was changed since it was read", async () => {
    const before = `${HEAD}providers: { p: { name: P, gateways: { a: { create: true } } } }\n`;
    const change = () => writeFileSync(join(directory.path, "gatefold.yaml"), `${before}# more\n`);
    expect(await write(before, [{ path: path("p"), id: "p1" }], "gatefold.yaml", change)).toEqual({
      text: `${before}# more\n`,
      problems: ["was changed since it was read"],
    });
  });

  it("keep the file's mode, and a link to it a link", async () => {
    const before = `${HEAD}providers: { p: { name: P, gateways: { a: { create: true } } } }\n`;
    const target = directory.write("real.yaml", before);
    chmodSync(target, 0o640);
    symlinkSync(target, join(directory.path, "link.yaml"));
    const config = await loadConfig(["link.yaml"], directory.path);
    await writeIds(config, [{ path: path("p"), id: "p1" }]);
    expect(readFileSync(target, "utf8")).toContain("id: p1");
    expect(statSync(target).mode & 0o777).toBe(0o640);
  });
});
