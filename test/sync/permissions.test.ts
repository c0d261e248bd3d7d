import { modeProblem } from "../../src/sync/index.ts";

const REGULAR = 0o100_000;

describe("a config", () => {
  it.each([0o600, 0o644, 0o755, 0o444])("of mode %o is tight enough", (mode) => {
    expect(modeProblem("config", "gatefold.yaml", REGULAR | mode)).toBeUndefined();
  });

  it.each([
    [0o666, "0666"],
    [0o664, "0664"],
    [0o602, "0602"],
    [0o1622, "1622"],
  ])("of mode %o may be written by others", (mode, shown) => {
    expect(modeProblem("config", "gatefold.yaml", REGULAR | mode)).toBe(
      `gatefold.yaml may be written by others (mode ${shown}): chmod go-w gatefold.yaml`,
    );
  });
});

describe("a journal", () => {
  it.each([0o600, 0o700, 0o711])("of mode %o is tight enough", (mode) => {
    expect(modeProblem("journal", "j.jsonl", REGULAR | mode)).toBeUndefined();
  });

  it.each([0o640, 0o604, 0o620, 0o602])("of mode %o may be read or written by others", (mode) => {
    expect(modeProblem("journal", "j.jsonl", REGULAR | mode)).toBe(
      `j.jsonl may be read or written by others (mode 0${mode.toString(8)}): chmod go-rwx j.jsonl`,
    );
  });
});

describe("a secret", () => {
  it.each([0o600, 0o400, 0o611])("of mode %o is tight enough", (mode) => {
    expect(modeProblem("secret", "key", REGULAR | mode)).toBeUndefined();
  });

  it.each([0o644, 0o640, 0o604])("of mode %o may be read by others", (mode) => {
    expect(modeProblem("secret", "key", REGULAR | mode)).toBe(
      `key may be read by others (mode 0${mode.toString(8)}): chmod go-rwx key`,
    );
  });
});

it("a name that a shell would take apart is quoted", () => {
  expect(modeProblem("secret", "my key's", REGULAR | 0o644)).toMatch(/: chmod go-rwx 'my key'\\''s'$/);
});
