import { type FakeDescription, startFake, type TestGateway } from "../../src/testing/index.ts";
import { cobaltFake } from "./cobalt/fake.ts";

export const MODIFIED_AT = "2026-03-04T05:06:07.000Z";
export const STORED_KEY = "sk-cobalt-stored-openai-1111";

/** A connection with everything but headers. */
export const plain = {
  provider: "openai",
  label: "OpenAI",
  note: "primary",
  timeoutMs: 60_000,
  idleTimeoutMs: 1500,
  active: false,
  secret: STORED_KEY,
  revision: 7,
  modifiedAt: MODIFIED_AT,
};

/** The same with headers, whose values no reply shows. */
export const withHeaders = { ...plain, headers: { "X-Team": "ml", "X-Cost-Centre": "4711" } };

/** A Cobalt with these connections for each test that asks for one, closed after it. */
export function useCobalt(): (
  objects: FakeDescription["objects"],
  more?: Partial<FakeDescription>,
) => Promise<TestGateway> {
  const open: TestGateway[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close()));
  });
  return async (objects, more = {}) => {
    const server = await startFake(cobaltFake(objects, more));
    open.push(server);
    return server;
  };
}

/** A connection replaced by somebody else, as Cobalt documents it. */
export async function replaceElsewhere(server: TestGateway, revision: number, body: object): Promise<void> {
  const response = await fetch(`${server.url}/connections`, {
    method: "PUT",
    headers: { "X-Cobalt-Key": server.token, "If-Match": `"${revision}"`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const reply: unknown = await response.json();
  if (typeof reply !== "object" || reply === null || !("connection" in reply)) throw new Error(JSON.stringify(reply));
}
