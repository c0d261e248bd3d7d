import { spawnSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { z } from "zod";
import { present, wireTime, wireUuid } from "../../src/kit/index.ts";
import { parseReply } from "../../src/kit/reply.ts";

describe("a time of a vendor", () => {
  const times: readonly [string, string][] = [
    ["2024-01-15T10:30:00Z", "2024-01-15T10:30:00.000Z"],
    ["2024-01-15T10:30:00.5Z", "2024-01-15T10:30:00.500Z"],
    ["2024-01-15T10:30:00.123456Z", "2024-01-15T10:30:00.123Z"],
    ["2024-01-15T10:30:00", "2024-01-15T10:30:00.000Z"],
    ["2024-01-15T10:30:00.123456", "2024-01-15T10:30:00.123Z"],
    ["2024-01-15T10:30:00+02:00", "2024-01-15T08:30:00.000Z"],
    ["2024-01-15T10:30:00-0530", "2024-01-15T16:00:00.000Z"],
    ["2024-01-15", "2024-01-15T00:00:00.000Z"],
    ["2024-01-15 10:30:00", "2024-01-15T10:30:00.000Z"],
    ["2024-01-15 10:30:00+02:00", "2024-01-15T08:30:00.000Z"],
  ];

  it.each(times)("%s is %s", (text, expected) => {
    expect(wireTime.parse(text)).toBe(expected);
  });

  it("without an offset is UTC wherever the program runs", () => {
    const root = join(__dirname, "..", "..");
    const program = `
      const { wireTime } = require("./src/kit/reply.ts");
      console.log(JSON.stringify(JSON.parse(process.argv[1]).map((text) => wireTime.parse(text))));
    `;
    const texts = JSON.stringify(times.map(([text]) => text));
    const { stdout } = spawnSync(process.execPath, ["-r", "esbuild-register", "-e", program, texts], {
      cwd: root,
      encoding: "utf8",
      env: { PATH: process.env.PATH, TZ: "America/New_York" },
    });
    expect(JSON.parse(stdout)).toStrictEqual(times.map(([, expected]) => expected));
  });

  it("is the same moment, whatever the digits", () => {
    const moments = fc.integer({ min: Date.UTC(0), max: Date.UTC(9999, 11, 31) });
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 9 });
    fc.assert(
      fc.property(moments, digits, (moment, fraction) => {
        const second = new Date(moment).toISOString().slice(0, 19);
        const text = `${second}${fraction.length === 0 ? "" : `.${fraction.join("")}`}`;
        const milliseconds = `${fraction.join("")}000`.slice(0, 3);
        for (const form of [`${text}Z`, `${text.replace("T", " ")}z`, `${text}+00:00`]) {
          expect(wireTime.parse(form)).toBe(`${second}.${milliseconds}Z`);
        }
      }),
    );
  });

  it.each([["", "soon", "2024-13-45T00:00:00Z", 1_705_314_600, null]])("refuses what is none", (...wrong) => {
    for (const value of wrong) expect(wireTime.safeParse(value).success).toBe(false);
  });
});

describe("a UUID of a vendor", () => {
  it.each([
    ["4F8B2A3C-12EE-4D92-9C7B-E7D2F8B0A111", "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111"],
    ["0190a5b4-7d3e-7cc1-8a5e-0123456789ab", "0190a5b4-7d3e-7cc1-8a5e-0123456789ab"],
    ["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000001"],
  ])("of any version is taken, in lower case: %s", (text, expected) => {
    expect(wireUuid.parse(text)).toBe(expected);
  });

  it.each(["", "main", "4f8b2a3c12ee4d929c7be7d2f8b0a111", "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a11g"])(
    "is not %j",
    (text) => {
      expect(wireUuid.safeParse(text).success).toBe(false);
    },
  );
});

describe("the members that have a value", () => {
  it("keep null, false, zero and the empty text, and lose undefined", () => {
    const members = present({ a: undefined, b: null, c: false, d: 0, e: "" });
    expect(members).toStrictEqual({ b: null, c: false, d: 0, e: "" });
  });
});

describe("a reply", () => {
  const schema = z.object({ id: z.string(), inner: z.object({ size: z.number() }).nullish() });

  it("gives what is used of it", () => {
    expect(parseReply(schema, '{"id":"a","unknown":1}')).toStrictEqual({ value: { id: "a" } });
  });

  it.each<[string, string, RegExp]>([
    ["nothing", "", /empty/],
    ["a page", "\n <!DOCTYPE html><p>value-9f3a", /HTML/],
    ["a text", "value-9f3a", /not complete JSON/],
    ["half of it", '{"id":"value-9f3a', /not complete JSON/],
    ["another shape", '["value-9f3a"]', /does not hold what is needed/],
    ["a missing member", '{"name":"value-9f3a"}', /id/],
    ["a wrong member", '{"id":"a","inner":{"size":"value-9f3a"}}', /inner\.size/],
    ["null", "null", /does not hold what is needed/],
  ])("that is %s is refused without being shown", (_kind, text, problem) => {
    const result = parseReply(schema, text);
    expect(result).toStrictEqual({ problem: expect.stringMatching(problem) });
    expect(JSON.stringify(result)).not.toContain("9f3a");
  });
});
