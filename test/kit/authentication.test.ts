import { z } from "zod";
import { isGatewayError, secret } from "../../src/index.ts";
import { type Authentication, commonSettings, defineAdapter, opaqueId, path } from "../../src/kit/index.ts";
import { startFake } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { readOnlyCapabilities } from "../support/read-only.ts";

allowLoopback();

const reply = z.object({ id: z.string(), name: z.string() });

/** A gateway that can only be read, and how it is told who asks. */
const adapterWith = (authentication?: Authentication) =>
  defineAdapter({
    name: "acme",
    hosts: ["api.acme.test"],
    settings: z.strictObject(commonSettings),
    capabilities: readOnlyCapabilities,
    vendor: (settings) => ({
      baseUrl: settings.baseUrl ?? "https://api.acme.test",
      ...(authentication === undefined ? {} : { authentication }),
      parseId: opaqueId,
      itemPath: (id: string) => path`/things/${id}`,
      reply,
      normalize: ({ id, name }) => ({ id, name, credential: { kind: "unknown" } }),
      list: { path: path`/things`, page: z.array(reply).transform((items) => ({ items })) },
      translate: () => ({ requests: [], notes: [] }),
      readError: (body) => ({ message: JSON.stringify(body) }),
    }),
  });

const TOKEN = "pk-public:sk-p4ssword-of-the-project";

it.each<readonly [string, Authentication | undefined, string, string]>([
  ["a bearer token by default", undefined, "authorization", `Bearer ${TOKEN}`],
  ["a bearer token", "bearer", "authorization", `Bearer ${TOKEN}`],
  ["user and password", "basic", "authorization", `Basic ${Buffer.from(TOKEN).toString("base64")}`],
  ["a header of the vendor's own", { header: "X-Acme-Key" }, "x-acme-key", TOKEN],
])("a request carries %s", async (_how, authentication, header, value) => {
  const fake = await startFake({
    token: TOKEN,
    ...(authentication === undefined ? {} : { authentication }),
    id: { member: "id", kind: "text" },
    members: { name: { type: "text" } },
    get: { path: "/things/{id}" },
    list: { path: "/things" },
    writes: [],
    objects: [{ id: "a", name: "A" }],
  });
  try {
    const gateway = adapterWith(authentication).open({ baseUrl: fake.url, token: secret(TOKEN) });
    expect(await gateway.get("a")).toEqual({ id: "a", name: "A", credential: { kind: "unknown" } });
    const [request] = fake.requests;
    expect(request?.headers[header]).toBe(value);
    const carriers = Object.keys(request?.headers ?? {}).filter((name) => /authorization|x-acme-key/.test(name));
    expect(carriers).toEqual([header]);
    // An answer may echo the password by itself, or what the header held.
    const echo = { message: `sk-p4ssword-of-the-project ${TOKEN} ${Buffer.from(TOKEN).toString("base64")}` };
    fake.inject({ kind: "status", status: 400, body: echo });
    const error: unknown = await gateway.get("a").catch((caught: unknown) => caught);
    if (!isGatewayError(error)) throw new Error("it did not fail");
    expect(error.message).toContain("[redacted]");
    expect(error.message).not.toContain(Buffer.from(TOKEN).toString("base64"));
    if (authentication === "basic") expect(error.message).not.toContain("p4ssword");
    else expect(error.message).not.toContain(TOKEN);
  } finally {
    await fake.close();
  }
});
