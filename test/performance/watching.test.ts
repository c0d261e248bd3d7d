import nock from "nock";
import { respan } from "../../adapters/respan/index.ts";
import { type Hooks, secret } from "../../src/index.ts";

// The first update loads what sends it.
beforeAll(() => textsOf());

afterEach(() => {
  jest.restoreAllMocks();
  nock.cleanAll();
});

/** How many texts of JSON an update makes: its body, and the copies that hooks are given. */
async function textsOf(hooks?: Hooks | readonly Hooks[]): Promise<number> {
  nock("https://api.respan.ai").patch("/api/providers/1/").reply(200, '{"id":"azure","provider_name":"Azure"}');
  const gateway = respan({ token: secret("bench-token-0123456789"), ...(hooks === undefined ? {} : { hooks }) });
  const stringify = jest.spyOn(JSON, "stringify");
  await gateway.update(1, { name: "Azure" });
  const { length } = stringify.mock.calls;
  stringify.mockRestore();
  return length;
}

it("what no hook listens to is not made", async () => {
  expect(await textsOf({})).toBe(await textsOf());
});

it("what hooks listen to is copied once, however many listen", async () => {
  const onRequest = () => {};
  // The operation, and the request.
  expect(await textsOf([{ onRequest }, {}, { onRequest }])).toBe((await textsOf()) + 2);
});
