import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What is different about a hand-written adapter: the JavaScript of each member, or undefined to leave it out. */
export type AdapterMembers = Readonly<Record<string, string | undefined>>;

const CAPABILITIES = `{
  fields: Object.fromEntries(
    ["name", "description", "metadata", "baseUrl", "credential", "connectionId", "requestTimeout", "streamIdleTimeout",
      "enabled", "native"].map((field) => {
        const set = field === "name" || field === "credential";
        return [field, { set, clear: false, read: field === "name" ? "yes" : "no", mode: "patch" }];
      }),
  ),
  schemes: { api_key: true, bedrock_api_key: false, aws_role: false, aws_keys: false, google_adc: false,
    google_service_account: false, google_impersonation: false, oauth_passthrough: false },
  list: "ids",
  hint: false,
}`;

const MEMBERS: AdapterMembers = {
  name: '"acme"',
  contractVersion: "1",
  hosts: '["api.acme.test"]',
  settings: `{
    safeParse(given) {
      const unknown = Object.keys(given).filter((key) => !["token", "baseUrl", "timeoutMs"].includes(key));
      const keys = unknown.length > 0 ? [{ code: "unrecognized_keys", path: [], message: "unknown", keys: unknown }] : [];
      const missing = given.baseUrl === undefined ? [{ path: ["baseUrl"], message: "is required" }] : [];
      const issues = [...keys, ...missing];
      return issues.length === 0 ? { success: true, data: given } : { success: false, error: { issues } };
    },
  }`,
  capabilities: `() => (${CAPABILITIES})`,
  open: "(settings) => new AcmeGateway(settings)",
};

const GATEWAY: AdapterMembers = {
  parseId: '(value) { if (!/^k\\d+$/.test(value)) throw new TypeError("expected k1, k2, ..."); return value; }',
  explain:
    "(id, { credential, ...rest }) { return [{ method: 'PATCH', path: '/keys/' + id, body: { ...rest, ...credential } }]; }",
  get: "async (id) { return this.#call('GET', '/keys/' + id); }",
  list: "async *() { yield* await this.#call('GET', '/keys'); }",
  update: `async (id, { credential, ...rest }) {
    const key = credential === undefined ? {} : { key: credential.apiKey.reveal() };
    return { provider: await this.#call('PATCH', '/keys/' + id, { ...rest, ...key }), notes: [] };
  }`,
};

// A class with private members, which need no import to be written; node:http, because fetch is not everywhere let through.
const CLASS = (methods: string) => `
class AcmeGateway {
  #base; #token;
  adapter = "acme";
  capabilities = ${CAPABILITIES};
  constructor({ baseUrl, token }) { this.#base = baseUrl; this.#token = token; }
  #call(method, path, body) {
    return new Promise((resolve, reject) => {
      const headers = { authorization: "Bearer " + this.#token.reveal() };
      const request = http.request(this.#base + path, { method, headers, agent: false }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part) => { text += part; }).on("end", () => {
          if (response.statusCode !== 200) reject(new Error("acme said " + response.statusCode + " " + text));
          else resolve(JSON.parse(text));
        });
      });
      request.on("error", reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
${methods}
}`;

/** The object that a hand-written adapter is, in JavaScript. */
export function adapterObject(changes: AdapterMembers = {}): string {
  const members = Object.entries({ ...MEMBERS, ...changes });
  return `{ ${members.flatMap(([name, text]) => (text === undefined ? [] : [`${name}: ${text}`])).join(", ")} }`;
}

/** The statements before it: the class of its gateway. */
export function gatewayClass(changes: AdapterMembers = {}): string {
  const methods = Object.entries({ ...GATEWAY, ...changes }).flatMap(([name, text]) => {
    if (text === undefined) return [];
    const [, kind = "", rest = ""] = /^(async \*|async )?([\s\S]*)$/.exec(text) ?? [];
    return [`  ${kind}${name}${rest}`];
  });
  return CLASS(methods.join("\n"));
}

/** The text of a CommonJS module that exports a hand-written adapter. */
export function adapterModule(adapter: AdapterMembers = {}, gateway: AdapterMembers = {}): string {
  return `const http = require("node:http");\n${gatewayClass(gateway)}\nmodule.exports = ${adapterObject(adapter)};\n`;
}

/** The same as an ES module. */
export function adapterModuleForImport(adapter: AdapterMembers = {}, gateway: AdapterMembers = {}): string {
  return `import http from "node:http";\n${gatewayClass(gateway)}\nexport default ${adapterObject(adapter)};\n`;
}

/** Writes the files of a package into a folder's `node_modules`. */
export function writePackage(folder: string, name: string, files: Readonly<Record<string, string | object>>): void {
  for (const [file, content] of Object.entries(files)) {
    const path = join(folder, "node_modules", name, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  }
}
