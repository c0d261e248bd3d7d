import { secret } from "../../src/index.ts";
import { scrub } from "../../src/kit/scrub.ts";

const key = 'sk/é+ "q"&\\x=';
const known = [secret(key)];
const url = encodeURIComponent(key);
const bytes = Buffer.from(key, "utf8");
const twice = (text: string) => JSON.stringify(JSON.stringify(text).slice(1, -1)).slice(1, -1);

const forms: readonly [string, string][] = [
  ["plain", key],
  ["URL-encoded in capitals", url],
  ["URL-encoded in small letters", url.replace(/%[0-9A-F]{2}/g, (text) => text.toLowerCase())],
  ["URL-encoded like a form", url.replaceAll("%20", "+")],
  ["URL-encoded like a form, as URLSearchParams does it", new URLSearchParams({ k: key }).toString().slice(2)],
  [
    "URL-encoded like a form in small letters",
    url.replaceAll("%20", "+").replace(/%[0-9A-F]{2}/g, (text) => text.toLowerCase()),
  ],
  ["URL-encoded as a whole URL", encodeURI(key)],
  ["base64", bytes.toString("base64")],
  ["base64 without padding", bytes.toString("base64").replace(/=+$/, "")],
  ["base64url", bytes.toString("base64url")],
  ["escaped in JSON", JSON.stringify(key).slice(1, -1)],
  ["escaped in JSON in JSON", twice(key)],
];

describe("a vendor's words", () => {
  it.each(forms)("do not show a secret that is %s", (_form, echo) => {
    const shown = scrub(`Invalid key ${echo}, try again. ${echo}`, known);
    expect(shown).toBe("Invalid key [redacted], try again. [redacted]");
  });

  it("do not show any of several secrets, also where one is a part of another", () => {
    const shown = scrub("abcd-1234-efgh and abcd-1234 and wxyz", [
      secret("abcd-1234"),
      secret("wxyz"),
      secret("abcd-1234-efgh"),
    ]);
    expect(shown).toBe("[redacted] and [redacted] and [redacted]");
  });

  it("do not show the private key of a service account by itself", () => {
    const privateKey = "-----BEGIN PRIVATE KEY-----\nMIIEvQ/+9f3a==\n-----END PRIVATE KEY-----\n";
    const file = JSON.stringify({ client_email: "bot@x.test", private_key: privateKey }, null, 2);
    const echoes = [
      file,
      privateKey,
      privateKey.trim(),
      JSON.stringify(privateKey),
      encodeURIComponent(privateKey),
      Buffer.from(privateKey).toString("base64"),
      Buffer.from(file).toString("base64"),
      JSON.stringify(JSON.parse(file)),
    ];
    for (const echo of echoes) {
      const shown = scrub(`rejected: ${echo}`, [secret(file)]);
      expect(shown).toContain("[redacted]");
      expect(shown).not.toMatch(/9f3a|MIIEvQ|TUlJRXZR/);
    }
  });

  it("are not searched for a secret under 4 characters", () => {
    expect(scrub("a cat on a mat, abcd", [secret("a"), secret("cat"), secret("")])).toBe("a cat on a mat, abcd");
    expect(scrub("abcd", [secret("abcd")])).toBe("[redacted]");
  });

  it("do not treat a secret as a pattern, nor its replacement", () => {
    expect(scrub("x $& a.*b y", [secret("a.*b"), secret("$&$&")])).toBe("x $& [redacted] y");
  });

  it("can be scrubbed of any text that a service account may hold", () => {
    const file = String.raw`{"client_email":"bot@x.test","private_key":"begin \ud800 end"}`;
    expect(scrub("no such key", [secret(file)])).toBe("no such key");
  });
});

describe("the length of a vendor's words", () => {
  it("is 1,000 characters, and a cut shows", () => {
    expect(scrub("x".repeat(1000), [])).toBe("x".repeat(1000));
    expect(scrub("x".repeat(1001), [])).toBe(`${"x".repeat(1000)}…`);
  });

  it.each(forms)("leaves no beginning of a secret at the cut: %s", (_form, echo) => {
    for (let visible = 1; visible < echo.length; visible++) {
      const shown = scrub("x".repeat(1000 - visible) + echo + "y".repeat(50), known);
      expect(shown.slice(1000 - visible, 1000)).toBe("[redacted]".padEnd(visible, "y").slice(0, visible));
    }
  });
});

describe("characters that would disturb a terminal or a log", () => {
  it.each<[string, string]>([
    ["a line break", "a\nb"],
    ["a carriage return", "a\r\nb"],
    ["an escape", "a\u001bb"],
    ["a NUL", "a\u0000b"],
    ["a C1 control", "a\u009bb"],
    ["a line separator", "a\u2028b"],
    ["a paragraph separator", "a\u2029b"],
    ["a right-to-left override", "a\u202eb"],
    ["an isolate", "a\u2066b"],
    ["a mark", "a\u200fb"],
    ["an Arabic letter mark", "a\u061cb"],
    ["several in a row", "a\n\r\u001b\u202eb"],
  ])("%s becomes a space", (_kind, text) => {
    expect(scrub(text, [])).toBe("a b");
  });

  it("are taken out after the secrets: a key with one inside is found", () => {
    const file = '{"client_email":"a","private_key":"line one\\nline two"}';
    expect(scrub("got line one\nline two here", [secret(file)])).toBe("got [redacted] here");
  });

  it("leave ordinary text alone", () => {
    expect(scrub("  Ungültig: 鍵 \u{1f511} «x»  ", [])).toBe("Ungültig: 鍵 \u{1f511} «x»");
  });
});
