import { z } from "zod";
import {
  type Adapter,
  type AnyAdapter,
  type Capabilities,
  type Field,
  type FieldCapability,
  updateFields,
} from "../../src/index.ts";
import {
  apiKeyOnly,
  type CommonSettings,
  commonSettings,
  commonSettingsWithLogin,
  defineAdapter,
  type Login,
  opaqueId,
  path,
  queryOf,
  unsupported,
  type Vendor,
} from "../../src/kit/index.ts";

/** A made-up vendor whose objects are made, removed and used by others: what the kit's own tests are about. */

const reply = z.object({ id: z.string().optional(), slug: z.string().optional(), name: z.string() });
type Reply = z.output<typeof reply>;
type MakerVendor = Vendor<string, Reply, undefined, { readonly region?: string }>;

const plain: FieldCapability = { set: true, clear: false, read: "yes", mode: "patch" };
const written: Partial<Record<Field, FieldCapability>> = {
  name: { ...plain, limits: { maxLength: 10 } },
  description: plain,
  // Only a creation can set it.
  baseUrl: { ...unsupported, read: "yes", limits: { maxLength: 30 } },
  credential: { ...plain, read: "no" },
  requestTimeout: {
    ...plain,
    limits: { maximum: 60 },
    requires: [{ field: "baseUrl", because: "the vendor resets it" }],
  },
  native: plain,
};

export const capabilities: Capabilities = {
  fields: Object.fromEntries(
    updateFields.map((field) => [field, written[field] ?? unsupported]),
  ) as Capabilities["fields"],
  schemes: apiKeyOnly,
  list: "ids",
  hint: false,
  creation: {
    requires: ["name", "slug", "credential"],
    takes: ["name", "slug", "baseUrl", "credential", "requestTimeout", "native"],
  },
  removes: true,
  shared: true,
};

const vendor: MakerVendor = {
  baseUrl: "https://maker.example/api",
  parseId: opaqueId,
  itemPath: (id) => path`/things/${id}`,
  reply,
  normalize: ({ id, slug, name }) => ({
    ...(id === undefined ? {} : { id }),
    ...(slug === undefined ? {} : { slug }),
    name,
    credential: { kind: "unknown" },
  }),
  list: { path: path`/things`, page: z.array(reply).transform((items) => ({ items })) },
  translate: ({ id, update }) => ({
    requests: [
      {
        methods: ["PATCH"],
        path: path`/things/${id}`,
        body: { name: update.name ?? "" },
        fields: ["name"],
        repeat: "safe",
      },
    ],
    notes: [],
  }),
  creation: {
    conditions: ({ slug }) => (slug === "taken" ? [{ path: "slug", message: "is reserved" }] : []),
    translate: ({ update, slug, native }) => ({
      method: "POST",
      path: path`/things`,
      body: {
        slug: slug ?? null,
        name: update.name ?? null,
        key: update.credential?.scheme === "api_key" ? update.credential.apiKey : null,
        ...(native?.region === undefined ? {} : { region: native.region }),
      },
      notes: [{ code: "made", message: "was made" }],
    }),
  },
  removal: { path: (id) => path`/things/${id}` },
  users: {
    path: path`/users`,
    query: "limit=2",
    page: z
      .object({
        users: z.array(z.object({ id: z.string(), name: z.string(), thing: z.string().optional() })),
        next: z.string().optional(),
      })
      .transform(({ users, next }) => ({
        items: users.map(({ id, name, thing }) => ({ id, name, uses: thing })),
        ...queryOf(next),
      })),
  },
  readError: (body) => {
    const parsed = z.object({ error: z.string() }).safeParse(body);
    return parsed.success ? { message: parsed.data.error } : {};
  },
};

/** An adapter of that vendor, with other capabilities or parts where given. */
export function maker(
  changed: { readonly capabilities?: Partial<Capabilities>; readonly vendor?: Partial<MakerVendor> } = {},
): Adapter<CommonSettings, string> {
  return defineAdapter({
    name: "maker",
    hosts: ["maker.example"],
    settings: z.strictObject(commonSettings),
    native: z.strictObject({ region: z.string({ error: "expected a text" }).exactOptional() }),
    capabilities: () => ({ ...capabilities, ...changed.capabilities }),
    vendor: () => ({ ...vendor, ...changed.vendor }),
  });
}

/** The same with a login of its own instead of a token. */
export function loggingInMaker(login: Login): AnyAdapter {
  return defineAdapter({
    name: "maker",
    hosts: ["maker.example"],
    settings: z.strictObject(commonSettingsWithLogin),
    capabilities: () => capabilities,
    vendor: () => ({ ...vendor, login }),
  });
}

/** The same without what it can do beyond updates. */
export function plainMaker(): Adapter<CommonSettings, string> {
  const { creation: _creation, removes: _removes, shared: _shared, ...rest } = capabilities;
  return defineAdapter({
    name: "maker",
    hosts: ["maker.example"],
    settings: z.strictObject(commonSettings),
    capabilities: () => rest,
    vendor: () => vendor,
  });
}
