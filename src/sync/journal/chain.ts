import { hash } from "node:crypto";
import { canonicalJson, parseJsonObject } from "../../contract/json.ts";
import { parseOften } from "../../contract/parse-often.ts";
import { frameSchema, type Happening, happeningSchema, type JournalEvent } from "./event.ts";

// A line is `{"seq":…,"previous":…,"at":…,"run":…,` then the happening's members in canonical order, then `"hash":…}`.
// What a line begins with is known from the line before it: that tells a line that was cut off from any other text.

/** The last line of a chain: its place and its hash. */
export interface ChainHead {
  /** The number of the last line. */
  readonly seq: number;
  /** SHA-256 in hexadecimal. */
  readonly hash: string;
}

/** The head of a journal without a line. */
export const CHAIN_START: ChainHead = { seq: 0, hash: "0".repeat(64) };

/** A line, ready to be written. */
export interface EncodedLine {
  /** With its line break. */
  readonly text: string;
  readonly event: JournalEvent;
  readonly head: ChainHead;
}

/** The first line that is not as it was written. */
export interface ChainProblem {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** What a journal's text holds. With a problem: what stands before it. */
export interface CheckedChain {
  readonly events: readonly JournalEvent[];
  /** The hash of each line. */
  readonly hashes: readonly string[];
  readonly head: ChainHead;
  readonly problem?: ChainProblem;
  /** How many bytes from the start hold whole lines. */
  readonly soundBytes: number;
  /** How many bytes follow them as the beginning of a line that was never completed. */
  readonly tornBytes: number;
  /** The last whole line lacks nothing but its line break. */
  readonly lacksLineBreak: boolean;
}

/**
 * The line that follows a head.
 * @param at milliseconds since 1970
 * @throws TypeError when the happening is not one that a journal takes
 */
export function encodeLine(head: ChainHead, happening: Happening, at: number, run: string): EncodedLine {
  const checked = parseOften(happeningSchema, happening);
  if (!checked.success) {
    const issues = checked.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
    throw new TypeError(`an event of type ${happening.type} cannot be written: ${issues}`);
  }
  const frame = { seq: head.seq + 1, previous: head.hash, at: new Date(at).toISOString(), run };
  const line = render(frame, checked.data);
  if (line === undefined) throw new TypeError(`an event of type ${happening.type} cannot be written: it is not JSON`);
  const event = eventOf(frame, checked.data);
  return { text: `${line.text}\n`, event, head: { seq: frame.seq, hash: line.hash } };
}

/** Checks a journal's whole text, to its first problem. */
export function checkChain(bytes: Uint8Array): CheckedChain {
  const events: JournalEvent[] = [];
  const hashes: string[] = [];
  let head = CHAIN_START;
  let soundBytes = 0;
  const found = (rest: Pick<CheckedChain, "tornBytes" | "lacksLineBreak" | "problem">) => {
    return { events, hashes, head, soundBytes, ...rest };
  };
  const accept = (line: CheckedLine, end: number) => {
    events.push(line.event);
    hashes.push(line.head.hash);
    head = line.head;
    soundBytes = end;
  };

  for (let end = bytes.indexOf(LINE_BREAK); end !== -1; end = bytes.indexOf(LINE_BREAK, soundBytes)) {
    const line = checkLine(bytes.subarray(soundBytes, end), head);
    if (typeof line === "string") return found({ problem: problemAt(head, line), ...WHOLE });
    accept(line, end + 1);
  }

  const tail = bytes.subarray(soundBytes);
  if (tail.length === 0) return found(WHOLE);
  // A file system may have made the file longer without having written what belongs there.
  const written = withoutTrailingZeros(tail);
  const line = checkLine(written, head);
  if (typeof line !== "string") {
    accept(line, soundBytes + written.length);
    return found({ tornBytes: tail.length - written.length, lacksLineBreak: true });
  }
  if (isBeginning(written, head)) return found({ tornBytes: tail.length, lacksLineBreak: false });
  return found({ problem: problemAt(head, line), ...WHOLE });
}

const WHOLE = { tornBytes: 0, lacksLineBreak: false } as const;
const LINE_BREAK = 0x0a;
const COMPLETE = /"hash":"[0-9a-f]{64}"\}/;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

type Frame = Pick<JournalEvent, "seq" | "at" | "run"> & { readonly previous: string };
type CheckedLine = Pick<EncodedLine, "event" | "head">;

function problemAt(head: ChainHead, message: string): ChainProblem {
  return { line: head.seq + 1, message };
}

/** The line without its line break, and its hash. */
function render(
  frame: Frame,
  happening: Readonly<Record<string, unknown>>,
): { readonly text: string; readonly hash: string } | undefined {
  const { at, run } = frame;
  const framing = framingOf(frame);
  // Each member is rendered once, for the line and for what is hashed: a journal may have a hundred thousand lines.
  let members = "";
  let content = "{";
  let next = 0;
  for (const name of Object.keys(happening).sort()) {
    const value = canonicalText(happening[name]);
    if (value === undefined) return undefined;
    const member = `${JSON.stringify(name)}:${value},`;
    for (; (FRAMING[next] ?? name) < name; next++) content += framing[next];
    members += member;
    content += member;
  }
  content += framing.slice(next).join("");
  const digest = hash("sha256", `${content.slice(0, -1)}}`);
  const place = `${beginning(frame)}${JSON.stringify(at)},"run":${JSON.stringify(run)}`;
  return { text: `${place},${members}"hash":"${digest}"}`, hash: digest };
}

const FRAMING = ["at", "previous", "run", "seq"] as const;

/** A frame's members, in the order of `FRAMING`, each with a comma. */
function framingOf({ at, previous, run, seq }: Frame): readonly string[] {
  return [`"at":${JSON.stringify(at)},`, `"previous":"${previous}",`, `"run":${JSON.stringify(run)},`, `"seq":${seq},`];
}

function canonicalText(value: unknown): string | undefined {
  return isCanonical(value, QUICK_LEVELS) ? JSON.stringify(value) : canonicalJson(value);
}

// More than any event has. What is deeper takes the slow way, which knows the true limit.
const QUICK_LEVELS = 8;

/** Whether a JSON value certainly has its members in canonical order already, as most of what a journal's line holds. */
function isCanonical(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (levels === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isCanonical(item, levels - 1));
  let last = "";
  const members: Readonly<Record<string, unknown>> = { ...value };
  for (const name in members) {
    if (name < last || !isCanonical(members[name], levels - 1)) return false;
    last = name;
  }
  return true;
}

// In this order: what is added behind a copy makes it many times as costly.
function eventOf({ seq, at, run }: Omit<Frame, "previous">, happening: Happening): JournalEvent {
  return { seq, at, run, ...happening };
}

function beginning({ seq, previous }: Pick<Frame, "seq" | "previous">): string {
  return `{"seq":${seq},"previous":"${previous}","at":`;
}

/** The line, or what is wrong with it. */
function checkLine(bytes: Uint8Array, head: ChainHead): CheckedLine | string {
  const text = decode(bytes);
  const value = text === undefined ? undefined : parseJsonObject(text);
  if (value === undefined) return "is not JSON";
  const framed = parseOften(frameSchema, value);
  if (!framed.success) return "is not a line of a journal, or was changed";
  const { seq, at, run, previous, hash, ...content } = framed.data;
  // Byte by byte: another spelling of the same content was not written by a run either.
  if (render({ seq, at, run, previous }, content)?.text !== text) {
    return "was changed: its hash does not match its content";
  }
  if (seq !== head.seq + 1 || previous !== head.hash) {
    return `a line is missing before this one, or was moved: number ${seq} follows number ${head.seq}`;
  }
  const happening = parseOften(happeningSchema, content);
  if (!happening.success) return "is of a kind that this version does not know: a newer version may have written it";
  return { event: eventOf({ seq, at, run }, happening.data), head: { seq, hash } };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

// What has a line's end is not torn but damaged: cutting it off would lose an event.
function isBeginning(written: Uint8Array, head: ChainHead): boolean {
  const text = Buffer.from(written).toString("latin1");
  const expected = beginning({ seq: head.seq + 1, previous: head.hash });
  return (text.startsWith(expected) || expected.startsWith(text)) && !COMPLETE.test(text);
}

function withoutTrailingZeros(bytes: Uint8Array): Uint8Array {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length -= 1;
  return bytes.subarray(0, length);
}
