import { TextLines } from "../../src/sync/config/text-lines.ts";
import fc from "../support/property.ts";

/** The same by taking the text apart. */
function expected(text: string, offset: number) {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

it("tells the line and column of every offset, in lines of every length", () => {
  const line = fc.oneof(
    fc.constantFrom("", "a", "b\r"),
    fc.nat(200_000).map((length) => "x".repeat(length)),
  );
  const text = fc.array(line, { minLength: 1, maxLength: 6 }).map((lines) => lines.join("\n"));
  const near = fc.tuple(fc.nat(8), fc.nat(4)).map(([block, more]) => Math.max(0, block * 65_536 + more - 2));
  fc.assert(
    fc.property(text, fc.array(fc.oneof(fc.nat(600_000), near), { maxLength: 20 }), (given, offsets) => {
      const lines = new TextLines(given);
      const ends = [...given.matchAll(/\n/g)].flatMap(({ index }) => [index, index + 1]);
      for (const offset of [0, given.length, ...ends, ...offsets]) {
        if (offset <= given.length) expect(lines.at(offset)).toEqual(expected(given, offset));
      }
    }),
    { numRuns: 50 },
  );
});
