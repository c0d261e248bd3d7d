import { createHash } from "node:crypto";
import { CHAIN_START, encodeLine } from "../../../src/sync/journal/chain.ts";
import type { Happening } from "../../../src/sync/journal/event.ts";
import fc, { codePoint } from "../../support/property.ts";
import { check, intent, linesOf, observed, outcome, run } from "./support.ts";

const sample = linesOf([run(), intent, outcome(2)]);
const LINE_BREAK = 0x0a;

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.string({ unit: "grapheme" }).map(observed),
  fc.string({ unit: codePoint }).map(observed),
  fc.string({ unit: "grapheme" }).map(run),
  fc.constant(intent),
);
const chains = fc.array(happening, { minLength: 1, maxLength: 6 }).map((each) => linesOf(each));

describe("a line", () => {
  it("has its place first, its hash last, and between them what happened, in canonical order", () => {
    const { text, event, head } = encodeLine(
      CHAIN_START,
      { type: "repaired", droppedBytes: 7 },
      1_795_341_600_000,
      "r",
    );
    const zeros = "0".repeat(64);
    const at = "2026-11-22T10:00:00.000Z";
    const content = `{"at":"${at}","droppedBytes":7,"previous":"${zeros}","run":"r","seq":1,"type":"repaired"}`;
    const hash = createHash("sha256").update(content).digest("hex");
    expect(text).toBe(
      `{"seq":1,"previous":"${zeros}","at":"${at}","run":"r","droppedBytes":7,"type":"repaired","hash":"${hash}"}\n`,
    );
    expect(head).toEqual({ seq: 1, hash });
    expect(event).toEqual({ type: "repaired", droppedBytes: 7, seq: 1, at, run: "r" });
  });

  it("follows the one before", () => {
    const [first, second] = [sample[0], sample[1]].map((line) => JSON.parse(line ?? ""));
    expect(second).toMatchObject({ seq: 2, previous: first.hash });
  });

  it("is not made of what no reader would know", () => {
    const wrong: Happening = { type: "repaired", droppedBytes: 1.5 };
    expect(() => encodeLine(CHAIN_START, wrong, 0, "r")).toThrow(
      /^an event of type repaired cannot be written: droppedBytes: /,
    );
  });
});

describe("a chain", () => {
  it("of nothing is empty", () => {
    expect(check("")).toEqual({
      events: [],
      hashes: [],
      head: { seq: 0, hash: "0".repeat(64) },
      soundBytes: 0,
      tornBytes: 0,
      lacksLineBreak: false,
    });
  });

  it("that nobody touched gives back every event, whatever the texts, and always the same head", () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 6 }), (happenings) => {
        const text = linesOf(happenings).join("");
        const checked = check(text);
        expect(checked.problem).toBeUndefined();
        expect(checked.events).toEqual(
          happenings.map((each, index) => {
            return { ...each, seq: index + 1, at: `2026-11-22T10:00:0${index}.000Z`, run: "0123456789ab" };
          }),
        );
        expect(checked).toMatchObject({ soundBytes: Buffer.byteLength(text), tornBytes: 0, lacksLineBreak: false });
        expect(checked.head).toEqual({ seq: happenings.length, hash: checked.hashes.at(-1) ?? "0".repeat(64) });
        expect(check(text).head).toEqual(checked.head);
      }),
    );
  });

  /** The one change that is taken for a crash: the file system may leave zeros where nothing was written. */
  const isZeroedEnd = (bytes: Uint8Array, position: number, byte: number) =>
    position === bytes.length - 1 && byte === 0;

  function expectFound(original: Buffer, position: number, byte: number): void {
    const changed = Buffer.from(original);
    changed[position] = byte;
    const line = original.subarray(0, position).filter((each) => each === LINE_BREAK).length + 1;
    const { problem, tornBytes, events } = check(changed);
    if (isZeroedEnd(original, position, byte)) expect({ problem, tornBytes }).toEqual({ tornBytes: 1 });
    else expect({ position, byte, line: problem?.line }).toEqual({ position, byte, line });
    expect(events).toHaveLength(isZeroedEnd(original, position, byte) ? line : line - 1);
  }

  it("shows a changed byte, wherever it is: the line is named, what is before it is kept", () => {
    const original = Buffer.from(linesOf([observed("é😀"), { type: "repaired", droppedBytes: 7 }]).join(""));
    for (const [position, byte] of original.entries()) {
      for (const other of new Set([byte ^ 1, byte ^ 0x20, 0, LINE_BREAK])) {
        if (other !== byte) expectFound(original, position, other);
      }
    }
  });

  it("shows a changed byte in any chain", () => {
    fc.assert(
      fc.property(chains, fc.nat(), fc.integer({ min: 1, max: 255 }), (lines, where, change) => {
        const original = Buffer.from(lines.join(""));
        const position = where % original.length;
        expectFound(original, position, (original[position] ?? 0) ^ change);
      }),
      { numRuns: 300 },
    );
  });

  it("shows a line that was taken out, repeated or moved, but for those cut off at the end", () => {
    const places = fc.tuple(fc.array(happening, { minLength: 2, maxLength: 6 }), fc.nat(), fc.nat());
    fc.assert(
      fc.property(places, ([happenings, one, other]) => {
        const lines = linesOf(happenings);
        const [first = 0, second = 0] = [one % lines.length, other % lines.length].sort();
        const without = lines.toSpliced(first, 1);
        const isLast = first === lines.length - 1;
        expect(check(without.join("")).problem?.line).toBe(isLast ? undefined : first + 1);
        const repeated = lines.toSpliced(second, 0, lines[first] ?? "");
        expect(check(repeated.join("")).problem?.line).toBe(second + (first === second ? 2 : 1));
        const swapped = lines.with(first, lines[second] ?? "").with(second, lines[first] ?? "");
        expect(check(swapped.join("")).problem?.line).toBe(first === second ? undefined : first + 1);
        const cut = check(lines.slice(0, first).join(""));
        expect(cut.problem).toBeUndefined();
        expect(cut.head).toEqual({ seq: first, hash: check(lines.join("")).hashes[first - 1] ?? "0".repeat(64) });
      }),
    );
  });

  const rehashed = (change: (line: Record<string, unknown>) => Record<string, unknown>) => {
    const { hash: _hash, seq, previous, at, run: by, ...members } = change(JSON.parse(sample[1] ?? ""));
    const sorted = (value: object) => JSON.stringify(Object.fromEntries(Object.entries(value).sort()));
    const content = sorted({ seq, previous, at, run: by, ...members });
    const hash = createHash("sha256").update(content).digest("hex");
    const frame = JSON.stringify({ seq, previous, at, run: by });
    return `${frame.slice(0, -1)},${sorted(members).slice(1, -1)},"hash":"${hash}"}\n`;
  };
  const adopted = (line: Record<string, unknown>) => {
    return { seq: line.seq, previous: line.previous, at: line.at, run: line.run, droppedBytes: 1, type: "repaired" };
  };

  it.each<[string, string, string]>([
    ["no JSON", "# notes\n", "is not JSON"],
    ["an empty line", "\n", "is not JSON"],
    ["a JSON value that is no object", "[1]\n", "is not JSON"],
    ["a byte order mark", `\u{feff}${sample[1]}`, "is not JSON"],
    ["other JSON", '{"name":"x"}\n', "is not a line of a journal, or was changed"],
    [
      "Windows' line breaks",
      sample[1]?.replace("\n", "\r\n") ?? "",
      "was changed: its hash does not match its content",
    ],
    ["another spelling", sample[1]?.replace(":", ": ") ?? "", "was changed: its hash does not match its content"],
    [
      "a member twice",
      sample[1]?.replace('"timeoutMs"', '"timeoutMs":1,"timeoutMs"') ?? "",
      "was changed: its hash does not match its content",
    ],
    [
      "a member that JavaScript hides",
      rehashed((line) => JSON.parse(`{"__proto__":1,${JSON.stringify(line).slice(1)}`)),
      "was changed: its hash does not match its content",
    ],
    [
      "a line of elsewhere",
      rehashed((line) => adopted({ ...line, previous: "f".repeat(64) })),
      "a line is missing before this one, or was moved: number 2 follows number 1",
    ],
    [
      "a line of later",
      rehashed((line) => adopted({ ...line, seq: 9 })),
      "a line is missing before this one, or was moved: number 9 follows number 1",
    ],
    [
      "a kind of tomorrow",
      rehashed((line) => ({ ...adopted(line), type: "tomorrow" })),
      "is of a kind that this version does not know: a newer version may have written it",
    ],
    [
      "a member of tomorrow",
      rehashed((line) => ({ ...adopted(line), more: "x" })),
      "is of a kind that this version does not know: a newer version may have written it",
    ],
  ])("ends before %s", (_title, line, message) => {
    const { problem, events, head } = check(`${sample[0]}${line}`);
    expect(problem).toEqual({ line: 2, message });
    expect([events.length, head.seq]).toEqual([1, 1]);
  });

  it("tells bytes that are no text from the sign that stands for them", () => {
    const original = Buffer.from(linesOf([observed("\u{fffd}")]).join(""));
    const changed = Buffer.from(original);
    changed[original.indexOf("\u{fffd}")] = 0xf0;
    expect(changed.toString()).toBe(original.toString());
    expect(check(original).problem).toBeUndefined();
    expect(check(changed).problem).toEqual({ line: 1, message: "is not JSON" });
  });

  it("takes a line that was made again by the rules for what it is", () => {
    expect(check(`${sample[0]}${rehashed(adopted)}`)).toMatchObject({ events: [{}, { type: "repaired" }] });
    expect(check(`${sample[0]}${rehashed(adopted)}`).problem).toBeUndefined();
  });
});

describe("the end of a file", () => {
  const last = Buffer.from(sample[2] ?? "");
  const before = Buffer.from(sample.slice(0, 2).join(""));

  it("is torn wherever the last line was cut, in the middle of a letter too", () => {
    for (let length = 1; length < last.length - 1; length++) {
      const { problem, ...checked } = check(Buffer.concat([before, last.subarray(0, length)]));
      expect(problem).toBeUndefined();
      expect(checked).toMatchObject({ tornBytes: length, soundBytes: before.length, lacksLineBreak: false });
      expect(checked.events).toHaveLength(2);
    }
  });

  it("may lack nothing but the line break", () => {
    const checked = check(Buffer.concat([before, last.subarray(0, -1)]));
    expect(checked.events).toEqual(check(sample.join("")).events);
    expect(checked).toMatchObject({ soundBytes: before.length + last.length - 1, tornBytes: 0, lacksLineBreak: true });
  });

  it("may be zeros, alone or after a part of a line or a whole one", () => {
    const zeros = Buffer.alloc(5);
    expect(check(Buffer.concat([before, zeros]))).toMatchObject({ tornBytes: 5, soundBytes: before.length });
    const part = check(Buffer.concat([before, last.subarray(0, 40), zeros]));
    expect(part).toMatchObject({ tornBytes: 45, soundBytes: before.length });
    const whole = check(Buffer.concat([before, last.subarray(0, -1), zeros]));
    expect(whole).toMatchObject({ tornBytes: 5, lacksLineBreak: true, head: { seq: 3 } });
    expect([part.problem, whole.problem]).toEqual([undefined, undefined]);
  });

  it("may be all that there is", () => {
    const { problem, ...checked } = check((sample[0] ?? "").slice(0, 50));
    expect(problem).toBeUndefined();
    expect(checked).toMatchObject({ events: [], tornBytes: 50, soundBytes: 0 });
  });

  it.each([
    ["a text", "some notes without a line break", "is not JSON"],
    ["the beginning of another line", '{"seq":7,"previous":"', "is not JSON"],
    ["a whole line with something behind it", `${sample[2]?.trimEnd()}x`, "is not JSON"],
    ["a whole line that was changed", sample[2]?.trimEnd().replace("done", "gone"), "was changed: its hash"],
  ])("is not torn when it is %s", (_title, tail, message) => {
    const { problem, tornBytes } = check(`${sample[0]}${sample[1]}${tail}`);
    expect(problem).toEqual({ line: 3, message: expect.stringContaining(message) });
    expect(tornBytes).toBe(0);
  });
});
