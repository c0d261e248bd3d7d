import type { SandboxOptions } from "../../../src/testing/index.ts";
import { allowLoopback } from "../../support/loopback.ts";
import { useSandbox } from "../../support/sync.ts";

allowLoopback();
const open = useSandbox();

const DEFAULT = { client_id: "sandbox-barndoor-client", client_secret: "sandbox-barndoor-client-secret" };
const GRANT = { grant_type: "client_credentials" };

async function started(options: SandboxOptions = {}) {
  const { urls } = await open(options);
  const ask = async (form: Readonly<Record<string, string>>) => {
    const url = new URL("/realms/barndoor/protocol/openid-connect/token", urls.barndoor);
    const reply = await fetch(url, { method: "POST", body: new URLSearchParams(form) });
    const answer: Record<string, unknown> = JSON.parse(await reply.text());
    return { status: reply.status, ...answer };
  };
  const use = async (token: unknown) => {
    const reply = await fetch(`${urls.barndoor}/admin/providers`, { headers: { authorization: `Bearer ${token}` } });
    return reply.status;
  };
  return { ask, use };
}

it("gives a token that the gateway takes until it expires by its clock", async () => {
  let now = 1_000_000;
  const { ask, use } = await started({ now: () => now });
  const answer: Record<string, unknown> = await ask({ ...GRANT, ...DEFAULT });
  expect(answer).toEqual({
    status: 200,
    access_token: expect.stringMatching(/^[\x21-\x7e]+$/),
    token_type: "Bearer",
    expires_in: 3600,
  });
  expect(await use(answer.access_token)).toBe(200);
  now += 3_599_999;
  expect(await use(answer.access_token)).toBe(200);
  now += 1;
  expect(await use(answer.access_token)).toBe(401);
  expect(await use("made-up")).toBe(401);
});

it("knows the clients of its seed, a token's time by its switch, and what the sources add to the form", async () => {
  const client = { client_id: "acme", client_secret: "s" };
  const { ask } = await started({
    seed: { barndoor: { clients: [client] } },
    switches: { barndoor: { tokenLifetime: 60 } },
  });
  const more = { audience: "https://barndoor.ai/", scope: "openid" };
  expect(await ask({ ...GRANT, ...client, ...more })).toMatchObject({ status: 200, expires_in: 60 });
  expect(await ask({ ...GRANT, ...DEFAULT })).toMatchObject({ status: 401, error: "invalid_client" });
});

it("may leave out how long a token holds", async () => {
  const { ask } = await started({ switches: { barndoor: { tokenLifetime: "unstated" } } });
  expect(await ask({ ...GRANT, ...DEFAULT })).not.toHaveProperty("expires_in");
});

it.each<[string, Readonly<Record<string, string>>, number, string]>([
  ["another secret", { ...GRANT, ...DEFAULT, client_secret: "x" }, 401, "invalid_client"],
  ["another client", { ...GRANT, ...DEFAULT, client_id: "x" }, 401, "invalid_client"],
  ["another grant", { ...DEFAULT, grant_type: "password" }, 400, "unsupported_grant_type"],
  ["no grant", DEFAULT, 400, "invalid_request"],
  ["no secret", { ...GRANT, client_id: "sandbox-barndoor-client" }, 400, "invalid_request"],
  ["an empty member", { ...GRANT, ...DEFAULT, scope: "" }, 400, "invalid_request"],
  ["a member that no source names", { ...GRANT, ...DEFAULT, resource: "x" }, 400, "invalid_request"],
])("refuses %s", async (_what, form, status, error) => {
  const { ask } = await started();
  expect(await ask(form)).toMatchObject({ status, error });
});
