import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson } from "../../src/contract/json.ts";
import { secret } from "../../src/index.ts";
import { Fingerprints, fingerprintKeyProblem, type ObjectKey } from "../../src/sync/index.ts";
import { areComparable } from "../../src/sync/journal/fingerprint.ts";
import { allowLoopback } from "../support/loopback.ts";
import { BARNDOOR_ID, gatefold, gatewaysOf, seed, useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();

const object: ObjectKey = { gateway: "one", adapter: "acme", baseUrl: null, id: "x" };
const KEY = "a-random-text-that-nobody-guesses";
const keyed = new Fingerprints(secret(KEY));
const unkeyed = new Fingerprints();
const credential = (apiKey: string) => ({ scheme: "api_key", apiKey: secret(apiKey) });

describe("a fingerprint of a value that holds a secret", () => {
  const fingerprint = keyed.of(object, "credential", credential("sk-1"));

  it("is there only with a key, and names it without telling it", () => {
    expect(fingerprint).toMatch(/^keyed:[0-9a-f]{12}:[0-9a-f]{64}$/);
    expect(fingerprint?.split(":")[1]).toBe(keyed.keyId);
    expect(unkeyed.of(object, "credential", credential("sk-1"))).toBeUndefined();
    expect(unkeyed.keyId).toBeUndefined();
  });

  it("is the same for the same value, whatever the order of its members", () => {
    const { scheme, apiKey } = credential("sk-1");
    expect(keyed.of(object, "credential", { apiKey, scheme })).toBe(fingerprint);
    expect(new Fingerprints(secret(KEY)).of(object, "credential", credential("sk-1"))).toBe(fingerprint);
  });

  it.each<[string, string | undefined]>([
    ["value", keyed.of(object, "credential", credential("sk-2"))],
    ["scheme", keyed.of(object, "credential", { ...credential("sk-1"), scheme: "bedrock_api_key" })],
    ["field", keyed.of(object, "native", credential("sk-1"))],
    ["gateway", keyed.of({ ...object, gateway: "two" }, "credential", credential("sk-1"))],
    ["adapter", keyed.of({ ...object, adapter: "other" }, "credential", credential("sk-1"))],
    ["address", keyed.of({ ...object, baseUrl: "https://a.test/" }, "credential", credential("sk-1"))],
    ["id", keyed.of({ ...object, id: "y" }, "credential", credential("sk-1"))],
    ["key", new Fingerprints(secret(`${KEY}!`)).of(object, "credential", credential("sk-1"))],
  ])("is another one for another %s", (_title, other) => {
    expect(other).toMatch(/^keyed:/);
    expect(other).not.toBe(fingerprint);
  });

  it("is keyed wherever in the value the secret is", () => {
    expect(keyed.of(object, "native", { a: { b: [secret("s")] } })).toMatch(/^keyed:/);
    expect(unkeyed.of(object, "native", { a: { b: [secret("s")] } })).toBeUndefined();
  });
});

describe("a fingerprint of any other value", () => {
  it("needs no key and is the same with one", () => {
    const fingerprint = unkeyed.of(object, "metadata", { team: "ml", tier: 1 });
    expect(fingerprint).toMatch(/^plain:[0-9a-f]{64}$/);
    expect(keyed.of(object, "metadata", { tier: 1, team: "ml" })).toBe(fingerprint);
    expect(keyed.of(object, "metadata", { tier: 2, team: "ml" })).not.toBe(fingerprint);
  });

  it("is of null, of false and of an empty text, which are three values, and of nothing else than JSON", () => {
    const values = [null, false, ""].map((value) => unkeyed.of(object, "description", value));
    expect(new Set(values).size).toBe(3);
    expect(unkeyed.of(object, "description", undefined)).toBeUndefined();
  });
});

it.each<[string, string | undefined, string | undefined, boolean]>([
  ["of one key", "keyed:k1:a", "keyed:k1:b", true],
  ["of two keys", "keyed:k1:a", "keyed:k2:a", false],
  ["without a key", "plain:a", "plain:b", true],
  ["with and without a key", "plain:a", "keyed:k1:a", false],
  ["of which one is not there", "plain:a", undefined, false],
  ["of which the other is not there", undefined, "plain:a", false],
])("two fingerprints %s can be compared: %p and %p, %p", (_title, left, right, expected) => {
  expect(areComparable(left, right)).toBe(expected);
});

describe("a key for fingerprints", () => {
  it.each(["0123456789abcdef", "a-random-text-that-nobody-guesses", "😀".repeat(16)])("may be %s", (key) => {
    expect(fingerprintKeyProblem(secret(key))).toBeUndefined();
  });

  it.each(["", "0123456789abcde", "😀".repeat(15)])("may not be as short as '%s'", (key) => {
    expect(fingerprintKeyProblem(secret(key))).toMatch(/^has fewer than 16 characters; use a random text/);
  });
});

describe("journal and plan alone", () => {
  const directory = useTemporaryDirectory();
  const open = useSandbox();
  // So short that the gateways' own hints tell nothing of it, and so few that they can all be tried.
  const SECRET = "pin-042";

  /** The files of a run that wrote the key to three gateways, and everything that it was made from. */
  async function filesOf() {
    const sandbox = await open({ seed });
    const { yaml, environment } = gatewaysOf(sandbox);
    directory.write(
      "gatefold.yaml",
      `${yaml}fingerprintKey: env:FINGERPRINT_KEY
limits: { key: { percent: 100 } }
providers:
  p:
    name: N
    credential: { scheme: api_key, apiKey: env:KEY }
    gateways:
      respan-prod: { id: 101, baseUrl: https://a.test, native: { organization: env:KEY } }
      barndoor-prod: { id: ${BARNDOOR_ID} }
      ngrok-prod: { id: aigpk_openai }
`,
    );
    const secrets = { ...environment, KEY: SECRET, FINGERPRINT_KEY: KEY };
    const run = (line: string) => gatefold(line.split(" "), { directory: directory.path, environment: secrets });
    await run("plan --write-unverified --out before.json");
    expect((await run("apply --write-unverified")).exit).toBe(0);
    await run("plan --write-unverified --out after.json");
    const read = (name: string) => readFileSync(join(directory.path, name), "utf8");
    const files = ["before.json", "after.json", ".gatefold/journal.jsonl"].map(read);
    return { text: files.join("\n"), secrets };
  }

  /** Every text in the files: the lines, and each value in them. */
  function textsIn(text: string): string[] {
    const values = [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, value]) => value ?? "");
    return [...new Set([...values, ...text.split("\n")])];
  }

  const digests = (algorithm: string, text: string, key?: string) => {
    const made = key === undefined ? createHash(algorithm).update(text) : createHmac(algorithm, key).update(text);
    const digest = made.digest();
    const hex = digest.toString("hex");
    return [hex, hex.slice(0, 12), hex.slice(0, 16), digest.toString("base64"), digest.toString("base64url")];
  };

  it("hold no secret in any form", async () => {
    const { text, secrets } = await filesOf();
    expect(text).toContain("keyed:");
    for (const value of Object.values(secrets)) {
      const plain = Buffer.from(value);
      const base64 = plain.toString("base64").replace(/=+$/, "");
      const forms = [value, base64, plain.toString("base64url"), plain.toString("hex"), encodeURIComponent(value)];
      for (const form of forms) expect(text).not.toContain(form);
    }
  });

  it("confirm no guess of a key, not even the right one", async () => {
    const { text } = await filesOf();
    const texts = textsIn(text);
    const known = new Set(text.match(/[A-Za-z0-9+/_=-]{12,}/g));
    const objects = text.matchAll(/"object":(\{[^}]*\})/g);
    const preimages = [...objects].flatMap(([, json]) => {
      const value = [JSON.parse(json ?? ""), "credential", { scheme: "api_key", apiKey: SECRET }];
      return [JSON.stringify(value), canonicalJson(value) ?? ""];
    });
    expect(preimages.length).toBeGreaterThan(0);
    const around = texts.flatMap((each) =>
      ["", ":", " ", "\n"].flatMap((by) => [SECRET + by + each, each + by + SECRET]),
    );
    const messages = [SECRET, JSON.stringify({ scheme: "api_key", apiKey: SECRET }), ...preimages, ...around];
    const tried: string[] = [];
    for (const algorithm of ["sha256", "sha1", "md5"]) {
      for (const message of messages) {
        tried.push(...digests(algorithm, message));
      }
      for (const key of ["", SECRET, "gatefold", ...texts]) {
        for (const message of [SECRET, ...preimages]) {
          tried.push(...digests(algorithm, message, key));
        }
      }
    }
    expect(tried.length).toBeGreaterThan(1000);
    expect(tried.filter((digest) => known.has(digest))).toEqual([]);
  });

  it("are no proof against who has the key for the fingerprints: that they are keyed by", async () => {
    const { text } = await filesOf();
    const at: ObjectKey = JSON.parse(/"object":(\{[^}]*aigpk_openai[^}]*\})/.exec(text)?.[1] ?? "");
    expect(text).toContain(keyed.of(at, "credential", credential(SECRET)) ?? "");
    expect(text).not.toContain(keyed.of(at, "credential", credential("pin-043")) ?? "");
  });

  it("show equal secrets in several places as different fingerprints", async () => {
    const { text } = await filesOf();
    const journal = text.slice(text.lastIndexOf('"type":"run"'));
    const found = journal.match(/keyed:[0-9a-f]{12}:[0-9a-f]{64}/g) ?? [];
    expect(found).toHaveLength(4);
    expect(new Set(found).size).toBe(4);
  });
});
