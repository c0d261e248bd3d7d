import { inspect } from "node:util";
import { secret } from "../../src/index.ts";
import { previewBody, renderBody, secretsIn } from "../../src/kit/body.ts";
import { embedJson, type WireBody } from "../../src/kit/index.ts";

const account = '{"client_email":"bot@x.test","private_key":"-----BEGIN\\nkey\\n-----END"}';
const body: WireBody = {
  name: "N",
  description: null,
  nested: { key: secret("secret-one"), list: [1, secret("secret-two"), { deep: secret("secret-three") }] },
  credentials: embedJson(secret(account)),
};

describe("a body", () => {
  it("reveals its secrets when it is rendered, at every depth", () => {
    expect(JSON.parse(renderBody(body))).toStrictEqual({
      name: "N",
      description: null,
      nested: { key: "secret-one", list: [1, "secret-two", { deep: "secret-three" }] },
      credentials: JSON.parse(account),
    });
  });

  it("shows none of them in a preview, which is plain data", () => {
    const preview = previewBody(body);
    expect(preview).toStrictEqual({
      name: "N",
      description: null,
      nested: { key: "[redacted]", list: [1, "[redacted]", { deep: "[redacted]" }] },
      credentials: "[redacted]",
    });
    expect(structuredClone(preview)).toStrictEqual(preview);
  });

  it("does not show them when it is printed", () => {
    for (const text of [JSON.stringify(body), inspect(body, { depth: 10, showHidden: true })]) {
      expect(text).not.toMatch(/secret-|BEGIN|bot@/);
    }
  });

  it("tells every secret that it holds", () => {
    const texts = secretsIn(body).map((each) => each.reveal());
    expect(texts).toStrictEqual(["secret-one", "secret-two", "secret-three", account]);
    expect(secretsIn({ a: [1, null, "x"] })).toStrictEqual([]);
  });

  it("escapes what is in a secret", () => {
    expect(JSON.parse(renderBody({ key: secret('a"b\\c') }))).toStrictEqual({ key: 'a"b\\c' });
  });

  it.each(["embedded", "reveal", "toJSON", "toString", "constructor", "valueOf", "then"])(
    "sends a member that is called %s like any other",
    (name) => {
      const named: WireBody = { extra: { base_url: "https://x.test", [name]: secret("value-of-it") } };
      expect(JSON.parse(renderBody(named))).toStrictEqual({
        extra: { base_url: "https://x.test", [name]: "value-of-it" },
      });
      expect(previewBody(named)).toStrictEqual({ extra: { base_url: "https://x.test", [name]: "[redacted]" } });
      expect(secretsIn(named).map((each) => each.reveal())).toStrictEqual(["value-of-it"]);
    },
  );

  it("keeps a member that is called __proto__", () => {
    const settings = JSON.parse('{"__proto__":{"a":1}}') as WireBody;
    expect(renderBody({ settings })).toBe('{"settings":{"__proto__":{"a":1}}}');
    expect(JSON.stringify(previewBody({ settings }))).toBe('{"settings":{"__proto__":{"a":1}}}');
  });
});
