import { VERSION } from "../../kit/version.ts";

/** What a template is made for. */
export interface AdapterName {
  /** As it stands in a config: `acme-keys`. */
  readonly name: string;
  /** The same as a name in JavaScript: `acmeKeysAdapter`. */
  readonly identifier: string;
}

/** The files of a new adapter, by their names. They pass the conformance kit as they are, against a gateway that they make up. */
export function adapterFiles(adapter: AdapterName): Readonly<Record<string, string>> {
  return {
    "package.json": packageFile(adapter),
    "index.js": adapterFile(adapter),
    "fixture.js": fixtureFile(adapter),
    "index.test.js": testFile(adapter),
    "README.md": readmeFile(adapter),
  };
}

const packageFile = ({ name }: AdapterName) =>
  `${JSON.stringify(
    {
      name: `gatefold-adapter-${name}`,
      version: "0.1.0",
      type: "module",
      exports: "./index.js",
      scripts: { test: "node --test" },
      dependencies: { zod: "^4.0.0" },
      peerDependencies: { gatefold: `^${VERSION}` },
      engines: { node: ">=20.12" },
    },
    null,
    2,
  )}\n`;

const adapterFile = ({ name, identifier }: AdapterName) => `import {
  apiKeyOnly,
  commonSettings,
  defineAdapter,
  givenFields,
  opaqueId,
  path,
  present,
  queryOf,
  unsupported,
  wireTime,
} from "gatefold/kit";
import { z } from "zod";

// Everything here is a placeholder until it says where the vendor documents it.
const HOST = "api.${name}.example";
const PAGE_SIZE = 50;

// https://docs.${name}.example/keys/get
// Only what is used here must hold; whatever else a reply has passes.
const keySchema = z.object({
  id: z.string().min(1),
  name: z.string(),
  description: z.string().nullish(),
  key_hint: z.string(),
  updated_at: wireTime,
});

// https://docs.${name}.example/keys/list
const pageSchema = z
  .object({ data: z.array(keySchema), next: z.string().nullish() })
  .transform(({ data, next }) => ({ items: data, ...queryOf(next) }));

// https://docs.${name}.example/errors
const text = z.string().optional().catch(undefined);
const errorSchema = z.looseObject({ error: z.looseObject({ message: text, code: text }) });

/** What ${name} can do with each field. A field that is not declared is refused before anything is sent. */
const capabilities = () => ({
  fields: {
    name: { set: true, clear: false, read: "yes", mode: "patch", limits: { maxLength: 100 } },
    description: { set: true, clear: true, read: "yes", mode: "patch" },
    metadata: unsupported,
    baseUrl: unsupported,
    credential: { set: true, clear: false, read: "no", mode: "patch" },
    connectionId: unsupported,
    requestTimeout: unsupported,
    streamIdleTimeout: unsupported,
    enabled: unsupported,
    native: unsupported,
  },
  schemes: apiKeyOnly,
  list: "ids",
  pageSize: PAGE_SIZE,
  hint: true,
});

const itemPath = (id) => path\`/keys/\${id}\`;

/** ${name}'s provider keys. https://docs.${name}.example/keys */
export const ${identifier} = defineAdapter({
  name: "${name}",
  hosts: [HOST],
  settings: z.strictObject(commonSettings),
  capabilities,
  vendor: (settings) => ({
    baseUrl: (settings.baseUrl ?? \`https://\${HOST}\`).replace(/\\/+$/, ""),
    parseId: opaqueId,
    itemPath,
    reply: keySchema,
    normalize: (reply) => ({
      id: reply.id,
      name: reply.name,
      description: reply.description || null,
      credential: { kind: "inline", hint: reply.key_hint },
      updatedAt: reply.updated_at,
    }),
    list: { path: path\`/keys\`, page: pageSchema },
    translate: ({ id, update }) => ({
      requests: [
        {
          methods: ["PATCH"],
          path: itemPath(id),
          // A Secret stays one until it is sent: it is never turned into text here.
          body: present({ name: update.name, description: update.description, key: update.credential?.apiKey }),
          fields: givenFields(update),
          // "unsent" where the vendor does not say that the same request may be sent again.
          repeat: "safe",
        },
      ],
      notes: [],
    }),
    readError: (body) => {
      const parsed = errorSchema.safeParse(body);
      return parsed.success ? present({ message: parsed.data.error.message, code: parsed.data.error.code }) : {};
    },
  }),
});

export default ${identifier};
`;

const fixtureFile = ({ name }: AdapterName) => `import { secret } from "gatefold";
import { startFake } from "gatefold/testing";

// What ${name}'s documents say, told without a look at the adapter: the adapter is held against it.
// Everything here is a placeholder until it says where the vendor documents it.
const DOCS = "https://docs.${name}.example/keys";
const path = "/keys/key_1";
const time = "2026-01-15T10:30:00.000Z";

/** ${name}'s API as data: \`startFake\` plays it over HTTP, and refuses whatever is not described. */
const description = {
  id: { member: "id", kind: "text" },
  members: {
    name: { type: "text", maxLength: 100 },
    description: { type: "text", null: "clears", empty: "absent" },
    key: { type: "text", shown: { mask: (key) => \`...\${key.slice(-4)}\`, as: "key_hint" } },
    updated_at: { type: "text", stamp: "written" },
  },
  get: { path: "/keys/{id}" },
  list: { path: "/keys", items: "data", paging: { kind: "link", size: 50, member: "next", parameter: "cursor" } },
  writes: [{ method: "PATCH", path: "/keys/{id}", mode: "merge" }],
  errors: { body: (status, message) => ({ error: { message, code: \`e\${status}\` } }) },
  objects: [
    { id: "key_1", name: "OpenAI", description: "primary", key: "sk-stored-key-1234", updated_at: time },
    { id: "key_2", name: "Anthropic", key: "sk-stored-key-5678", updated_at: time },
    // More than one page of a list.
    ...Array.from({ length: 50 }, (_, index) => ({ id: \`more_\${index}\`, name: \`More \${index}\`, key: "sk-more-key" })),
  ],
};

const patch = (update, body) => ({ update, requests: [{ method: "PATCH", path, body }] });

/** @type {import("gatefold/testing").AdapterFixture} */
export const fixture = {
  source: DOCS,
  start: () => startFake(description),
  settings: ({ url, token }) => ({ baseUrl: url, token: secret(token) }),
  objects: [
    {
      id: "key_1",
      state: {
        id: "key_1",
        name: "OpenAI",
        description: "primary",
        credential: { kind: "inline", hint: "...1234" },
        updatedAt: time,
      },
    },
    {
      id: "key_2",
      state: {
        id: "key_2",
        name: "Anthropic",
        description: null,
        credential: { kind: "inline", hint: "...5678" },
        updatedAt: time,
      },
    },
  ],
  listed: 52,
  keptByGateway: ["updated_at"],
  absentId: "key_none",
  refusedIds: [1],
  // Each field alone: the update, and exactly what must go over the wire for it.
  fields: {
    name: { set: patch({ name: "New" }, { name: "New" }) },
    description: {
      set: patch({ description: "secondary" }, { description: "secondary" }),
      clear: patch({ description: null }, { description: null }),
    },
    credential: {
      set: {
        ...patch({ credential: { scheme: "api_key", apiKey: secret("sk-new-key-9999") } }, { key: "sk-new-key-9999" }),
        shows: { kind: "inline", hint: "...9999" },
      },
    },
  },
  schemes: {},
  errors: [
    {
      status: 404,
      body: { error: { message: "There is no such key.", code: "not_found" } },
      name: "NotFoundError",
      says: "There is no such key.",
      vendorCode: "not_found",
    },
  ],
};
`;

const testFile = ({ identifier }: AdapterName) => `import { describe, it } from "node:test";
import { testAdapter } from "gatefold/testing";
import { fixture } from "./fixture.js";
import { ${identifier} } from "./index.js";

testAdapter(${identifier}, fixture, { describe, it });
`;

const readmeFile = ({ name }: AdapterName) => `# gatefold-adapter-${name}

The adapter \`${name}\` for [gatefold](https://www.npmjs.com/package/gatefold).

1. \`npm install gatefold zod\`, then \`npm test\`: every case passes, against an API that is made up.
2. Write into \`fixture.js\` what the vendor documents, each part with its page. Cases fail now, level by level.
3. Change \`index.js\` until all of them pass again. What the vendor does not document is refused, or made a setting.

In a config, beside this folder or with this package installed:

\`\`\`yaml
gateways:
  ${name}-prod: { adapter: ./${name}/index.js, token: env:${name.toUpperCase().replaceAll("-", "_")}_TOKEN }
\`\`\`

An adapter is code: gatefold runs it only with \`--trust-config\`.
`;
