import { readFileSync } from "node:fs";
import { join } from "node:path";
import { journalShow, journalVerify } from "../../src/cli/commands/journal.ts";
import type { Host } from "../../src/cli/host.ts";
import { ConfigError } from "../../src/sync/index.ts";
import type { Happening } from "../../src/sync/journal/event.ts";
import { openJournal } from "../../src/sync/journal/journal.ts";
import { verifyJournal } from "../../src/sync/journal/verify.ts";
import { configErrorOf, gatefold, jsonOf, useTemporaryDirectory } from "../support/sync.ts";
import { journalErrorOf, linesOf, runtimeOf } from "../sync/journal/support.ts";

const directory = useTemporaryDirectory();
const journalPath = () => join(directory.path, "journal.jsonl");

/** A host that is looked at for nothing but its clock and its folder: neither command prints by itself. */
const host = (now = Date.UTC(2026, 10, 22, 11)): Host => {
  const { signal } = new AbortController();
  return {
    stdout: () => undefined,
    stderr: () => undefined,
    isTerminal: false,
    environment: {},
    workingDirectory: directory.path,
    runtime: runtimeOf({ now: () => now }),
    signal,
    force: signal,
  };
};
const here = { journal: "journal.jsonl", config: [] };
const ZEROS = "0".repeat(64);
const CUT =
  "Lines cut off at the end cannot be seen from the file alone: note this head elsewhere, and give it as --head later.";

const begin = (changes: Partial<Extract<Happening, { type: "run" }>> = {}): Happening => {
  return { type: "run", command: "apply", actor: "alice", host: "ci-7", pid: 12, ...changes };
};
const intentOf = (
  gateway: string,
  provider: string,
  id: string | number,
  fields: ("name" | "credential")[],
): Happening => {
  const object = { gateway, adapter: "main", baseUrl: null, id };
  return { type: "intent", object, provider, fields, fingerprints: {}, before: {}, timeoutMs: 30_000 };
};
const end = (done: number, failed = 0, unknown = 0, cancelled = false): Happening => {
  return { type: "end", done, failed, blocked: 0, unknown, cancelled };
};

/** Writes these runs with a second between the lines, the first at ten o'clock. */
async function recorded(runs: readonly (readonly Happening[])[]): Promise<string[]> {
  let time = Date.UTC(2026, 10, 22, 10) - 1000;
  const names: string[] = [];
  for (const happenings of runs) {
    const journal = await openJournal(journalPath(), runtimeOf({ now: () => time }), { command: "apply" });
    for (const happening of happenings) {
      time += 1000;
      await journal.append(happening);
    }
    names.push(journal.run);
    await journal.close();
  }
  return names;
}

describe("journal verify", () => {
  const lines = linesOf([begin(), intentOf("one", "p", 1, ["name"]), end(1)]);
  const headOf = (line: string | undefined): string => JSON.parse(line ?? "").hash;
  const text = lines.join("");

  it("counts the lines of a sound journal and shows its head", async () => {
    directory.write("journal.jsonl", text);
    const hash = headOf(lines[2]);
    const report = await journalVerify(host(), here);
    expect(report).toEqual({
      data: { file: journalPath(), lines: 3, chained: true, head: { seq: 3, hash }, torn: 0 },
      text: `3 lines, chained; head 3 ${hash}\n${CUT}`,
      exit: 0,
    });
  });

  it("takes an empty file for an empty journal", async () => {
    directory.write("journal.jsonl", "");
    expect(await journalVerify(host(), here)).toMatchObject({
      text: `0 lines, chained; head 0 ${ZEROS}\n${CUT}`,
      exit: 0,
    });
  });

  it("names the first line that is not as it was written", async () => {
    directory.write("journal.jsonl", text.replace('"name"', '"nome"'));
    const message = "was changed: its hash does not match its content";
    const hash = headOf(lines[0]);
    expect(await journalVerify(host(), here)).toEqual({
      data: {
        file: journalPath(),
        lines: 1,
        chained: false,
        head: { seq: 1, hash },
        torn: 0,
        problem: { line: 2, message },
      },
      text: `${journalPath()}:2: ${message}\nbefore it: 1 line, chained; head 1 ${hash}\n${CUT}`,
      exit: 1,
    });
  });

  it("names the line before which one is missing", async () => {
    directory.write("journal.jsonl", lines.toSpliced(1, 1).join(""));
    const report = await journalVerify(host(), here);
    expect(report.exit).toBe(1);
    expect(report.text).toContain(
      `${journalPath()}:2: a line is missing before this one, or was moved: number 3 follows number 1\n`,
    );
  });

  it("says that the last line is torn, which is no damage", async () => {
    directory.write("journal.jsonl", text.slice(0, -10));
    const report = await journalVerify(host(), here);
    const torn = (lines[2] ?? "").length - 10;
    expect(report).toMatchObject({ data: { lines: 2, chained: true, torn }, exit: 0 });
    expect(report.text.split("\n")).toEqual([
      `2 lines, chained; head 2 ${headOf(lines[1])}`,
      `The last line is not complete (${torn} bytes): a run is writing it, or a crash tore it.`,
      CUT,
    ]);
  });

  it("tells by a head that was noted whether lines were cut off since", async () => {
    directory.write("journal.jsonl", text);
    for (const [line, hash] of [ZEROS, ...lines.map(headOf)].entries()) {
      const report = await journalVerify(host(), { ...here, head: ` ${hash.toUpperCase()}\n` });
      expect(report).toMatchObject({ data: { noted: { hash, line } }, exit: 0 });
      expect(report.text.split("\n").slice(1)).toEqual([`It still holds line ${line}, which --head names.`]);
    }
    directory.write("journal.jsonl", lines.slice(0, 2).join(""));
    const report = await journalVerify(host(), { ...here, head: headOf(lines[2]) });
    expect(report).toMatchObject({ data: { chained: true, noted: { hash: headOf(lines[2]), line: null } }, exit: 1 });
    expect(report.text.split("\n")).toEqual([
      `2 lines, chained; head 2 ${headOf(lines[1])}`,
      `${journalPath()}: the line that --head names is not here: lines were cut off at the end, or this is another journal.`,
    ]);
  });

  it("refuses what is no hash, and a journal that is not there", async () => {
    const wrong = await configErrorOf(() => journalVerify(host(), { ...here, head: "3" }));
    expect(wrong.problems).toMatchObject([
      { file: "--head", message: expect.stringContaining("64 hexadecimal digits") },
    ]);
    const error = await journalErrorOf(journalVerify(host(), here));
    expect(error.message).toBe(`${journalPath()}: there is no journal here`);
  });

  it("finds the journal by the config, without token, key or trust", async () => {
    directory.write(
      "gatefold.yaml",
      "version: 1\njournal: journal.jsonl\nfingerprintKey: exec:no-such-command\ngateways:\n" +
        "  one: { adapter: ngrok, token: exec:no-such-command }\n" +
        "providers:\n  p: { name: P, gateways: { one: { id: x } } }\n",
    );
    directory.write("journal.jsonl", text);
    expect(await journalVerify(host(), { config: ["gatefold.yaml"] })).toMatchObject({ data: { lines: 3 }, exit: 0 });
    const shown = await journalShow(host(), { config: ["gatefold.yaml"] });
    expect(shown).toMatchObject({ data: { file: journalPath() }, exit: 0 });
  });
});

describe("journal show", () => {
  const error = { name: "RejectedError", code: "REJECTED", status: 422 };
  const failure = { name: "TimeoutError", code: "TIMEOUT" };
  const history: readonly (readonly Happening[])[] = [
    [
      begin({ reason: "rotate", plan: "0123456789abcdef", allow: ["keys", "all"] }),
      intentOf("one", "openai", 101, ["name", "credential"]),
      { type: "outcome", intent: 2, status: "done", applied: ["name", "credential"], unechoed: { name: "n" } },
      intentOf("two", "openai", "id-2", ["name"]),
      { type: "outcome", intent: 4, status: "failed", applied: [], error },
      intentOf("two", "anthropic", "id-3", ["name", "credential"]),
      { type: "outcome", intent: 6, status: "unknown", applied: ["name"], error: failure },
      intentOf("one", "anthropic", 102, ["credential"]),
    ],
    [
      begin({ actor: "bob" }),
      { type: "settled", intent: 6, applied: ["name"], undecided: ["credential"], after: {} },
      { type: "settled", intent: 8, applied: [], undecided: [], after: {} },
      { type: "observed", object: { gateway: "two", adapter: "main", baseUrl: null, id: 7 }, slug: "x" },
      end(0, 1, 2, true),
    ],
    [
      begin({ command: "adopt", actor: "bob" }),
      {
        type: "adopted",
        object: { gateway: "one", adapter: "main", baseUrl: null, id: 101 },
        provider: "openai",
        fields: ["credential"],
        fingerprints: {},
        after: {},
      },
      end(1),
    ],
  ];

  const show = (options: Partial<Parameters<typeof journalShow>[1]> = {}, now?: number) =>
    journalShow(host(now), { ...here, ...options });

  it("tells who changed what, when and why, and what became of it", async () => {
    const [first, second, third] = await recorded(history);
    const report = await show();
    expect(report.exit).toBe(0);
    expect(report.text.split("\n")).toEqual([
      `2026-11-22T10:00:00.000Z  apply by alice on ci-7, run ${first}`,
      "  reason: rotate",
      "  plan: 0123456789ab",
      "  allowed: keys, all",
      "  2026-11-22T10:00:01.000Z  alice  apply  one  openai     101   name, credential  done; shown otherwise by the gateway: name",
      "  2026-11-22T10:00:03.000Z  alice  apply  two  openai     id-2  name              failed (RejectedError 422)",
      "  2026-11-22T10:00:05.000Z  alice  apply  two  anthropic  id-3  name, credential  " +
        "unknown (TimeoutError); applied: name, settled later: applied: name; cannot be told: credential",
      "  2026-11-22T10:00:07.000Z  alice  apply  one  anthropic  102   credential        " +
        "never answered, settled later: not applied: credential",
      "  no end: it still runs, or was broken off",
      "",
      `2026-11-22T10:00:08.000Z  apply by bob on ci-7, run ${second}`,
      "  settled what became of 2 earlier changes",
      "  no change",
      "  end: 0 done, 1 failed, 0 blocked, 2 unknown, cancelled",
      "",
      `2026-11-22T10:00:13.000Z  adopt by bob on ci-7, run ${third}`,
      "  2026-11-22T10:00:14.000Z  bob  adopt  one  openai  101  credential  adopted: the gateway was said to hold it",
      "  end: 1 done, 0 failed, 0 blocked, 0 unknown",
    ]);
  });

  it("gives every event as it is, by run", async () => {
    const names = await recorded(history);
    const { data } = await show();
    const events = readFileSync(journalPath(), "utf8").trimEnd().split("\n");
    const plain = events.map((line) => {
      const { hash: _hash, previous: _previous, ...event } = JSON.parse(line);
      return event;
    });
    const runs = names.map((run) => ({ run, events: plain.filter((event) => event.run === run) }));
    expect(data).toEqual({ file: journalPath(), runs });
    expect(runs.map((run) => run.events.length)).toEqual([8, 5, 3]);
  });

  const sequencesOf = (data: unknown) =>
    JSON.parse(JSON.stringify(data)).runs.map(({ events }: { events: { seq: number }[] }) =>
      events.map(({ seq }) => seq),
    );

  it.each<[string, Parameters<typeof show>[0], number[][]]>([
    [
      "one gateway",
      { gateway: ["one"] },
      [
        [1, 2, 3, 8],
        [9, 11, 13],
        [14, 15, 16],
      ],
    ],
    [
      "several gateways",
      { gateway: ["one", "two", "none"] },
      [
        [1, 2, 3, 4, 5, 6, 7, 8],
        [9, 10, 11, 12, 13],
        [14, 15, 16],
      ],
    ],
    [
      "one provider",
      { provider: ["anthropic"] },
      [
        [1, 6, 7, 8],
        [9, 10, 11, 13],
      ],
    ],
    [
      "a gateway and a provider",
      { gateway: ["one"], provider: ["openai"] },
      [
        [1, 2, 3],
        [14, 15, 16],
      ],
    ],
    ["nothing that is there", { gateway: ["none"] }, []],
    ["what came since a time", { since: "2026-11-22T11:00:14+01:00" }, [[14, 15, 16]]],
    [
      "what came since a time, with changes of before that were settled since",
      { since: "2026-11-22T10:00:10Z" },
      [
        [1, 8],
        [9, 11, 12, 13],
        [14, 15, 16],
      ],
    ],
    ["what came since a day", { since: "2026-11-23" }, []],
    [
      "the last hour",
      { since: "1h" },
      [
        [1, 2, 3, 4, 5, 6, 7, 8],
        [9, 10, 11, 12, 13],
        [14, 15, 16],
      ],
    ],
  ])("shows only %s", async (_title, options, expected) => {
    await recorded(history);
    const report = await show(options);
    expect(sequencesOf(report.data)).toEqual(expected);
    if (expected.length === 0) expect(report).toMatchObject({ text: "Nothing in the journal matches.", exit: 0 });
  });

  it("counts hours and days back from now", async () => {
    await recorded(history);
    const at = Date.UTC(2026, 10, 22, 10, 0, 14);
    expect(sequencesOf((await show({ since: "24h" }, at + 24 * 3_600_000)).data)).toEqual([[14, 15, 16]]);
    expect(sequencesOf((await show({ since: "2d" }, at + 48 * 3_600_000)).data)).toEqual([[14, 15, 16]]);
    expect(sequencesOf((await show({ since: "2d" }, at + 48 * 3_600_000 + 1001)).data)).toEqual([]);
  });

  it.each(["yesterday", "7", "7w", "-1d", "2026-11-22T10:00:00", "2026-13-01", ""])(
    "refuses %j as a time",
    async (since) => {
      const error = await configErrorOf(() => show({ since }));
      expect(error).toBeInstanceOf(ConfigError);
      expect(error.problems).toMatchObject([
        { file: "--since", message: "expected a time such as 2026-11-22, 2026-11-22T08:00:00Z, 7d or 24h" },
      ]);
    },
  );

  it("shows a repaired line, and a run that has nothing else", async () => {
    directory.write("journal.jsonl", linesOf([begin()]).join("").slice(0, 100));
    const [run] = await recorded([[]]);
    expect((await show()).text.split("\n")).toEqual([
      `2026-11-22T09:59:59.000Z  run ${run}`,
      "  repaired: a last line torn by a crash was taken out (100 bytes)",
      "  no change",
    ]);
    expect(await verifyJournal(journalPath())).toMatchObject({ lines: 1 });
  });

  it("leaves out a last line that is being written, and takes no lock", async () => {
    const journal = await openJournal(journalPath(), runtimeOf(), { command: "apply" });
    await journal.append(begin());
    const before = readFileSync(journalPath(), "utf8");
    directory.write("journal.jsonl", `${before}{"seq":2,`);
    expect(sequencesOf((await show()).data)).toEqual([[1]]);
    await journal.close();
  });

  it("cannot move the cursor by what was recorded", async () => {
    await recorded([
      [begin({ reason: "x\u001b[2Jy\nz", actor: "a\rb" }), intentOf("one", "p\u202e", "i\u0007", ["name"])],
    ]);
    const { text } = await show();
    expect(text).toContain("reason: x\u{fffd}[2Jy\u{fffd}z\n");
    expect(["\u001b", "\r", "\u202e", "\u0007"].filter((sign) => text.includes(sign))).toEqual([]);
  });

  it("says that there is nothing, or nothing yet", async () => {
    const error = await journalErrorOf(show());
    expect(error.message).toBe(`${journalPath()}: there is no journal here`);
    directory.write("journal.jsonl", "");
    expect(await show()).toEqual({ data: { file: journalPath(), runs: [] }, text: "The journal is empty.", exit: 0 });
  });

  it("refuses a damaged journal with its line", async () => {
    await recorded(history);
    directory.write("journal.jsonl", readFileSync(journalPath(), "utf8").replace("rotate", "rotten"));
    expect(await journalErrorOf(show())).toMatchObject({ kind: "damaged", line: 1 });
  });
});

describe("on the command line", () => {
  const lines = linesOf([begin(), intentOf("one", "p", 1, ["name"]), intentOf("two", "p", 2, ["name"]), end(1)]);
  const at = ["--journal", "journal.jsonl"];
  const ran = (...argv: string[]) => gatefold(argv, { directory: directory.path });

  it("verify and show take their options, as text and as JSON", async () => {
    directory.write("journal.jsonl", lines.join(""));
    const hash: string = JSON.parse(lines[3] ?? "").hash;
    const verified = await ran("journal", "verify", ...at, "--head", hash);
    const held = `4 lines, chained; head 4 ${hash}\nIt still holds line 4, which --head names.\n`;
    expect(verified).toEqual({ exit: 0, stdout: held, stderr: "" });
    const cut = await ran("journal", "verify", ...at, "--head", "f".repeat(64), "--json");
    expect(cut).toMatchObject({ exit: 1, stderr: "" });
    expect(jsonOf(cut.stdout)).toMatchObject({ chained: true, noted: { line: null } });
    const shown = await ran("journal", "show", ...at, "--gateway", "two", "--provider", "p", "--json");
    expect(shown).toMatchObject({ exit: 0, stderr: "" });
    expect(jsonOf(shown.stdout)).toMatchObject({ runs: [{ events: [{ seq: 1 }, { seq: 3 }, { seq: 4 }] }] });
    const since = await ran("journal", "show", ...at, "--since", "2030-01-01");
    expect(since).toEqual({ exit: 0, stdout: "Nothing in the journal matches.\n", stderr: "" });
  });

  it("a damaged journal is an error with its line", async () => {
    directory.write("journal.jsonl", lines.toSpliced(2, 1).join(""));
    expect(await ran("journal", "verify", ...at)).toMatchObject({
      exit: 1,
      stdout: expect.stringContaining(`${journalPath()}:3: a line is missing before this one`),
      stderr: "",
    });
    const shown = await ran("journal", "show", ...at, "--json");
    expect(shown).toMatchObject({ exit: 1, stderr: expect.stringMatching(/journal\.jsonl:3: .* Restore the file/) });
    expect(jsonOf(shown.stdout)).toMatchObject({ error: { name: "JournalError", kind: "damaged", line: 3 } });
  });
});
