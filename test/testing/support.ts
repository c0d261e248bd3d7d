import { type FakeDescription, type FakeOptions, startFake, type TestGateway } from "../../src/testing/index.ts";

/** The smallest description: things with a name, read one by one or as a bare list, and merged by PATCH. */
export const things = {
  id: { member: "id", kind: "text" },
  members: { name: { type: "text" } },
  get: { path: "/things/{id}" },
  list: { path: "/things" },
  writes: [{ method: "PATCH", path: "/things/{id}", mode: "merge" }],
  objects: [{ id: "a", name: "A" }],
} as const satisfies FakeDescription;

/** What came back over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or the text where it is none. */
  readonly body: unknown;
}

/** What a request has besides its method and path. */
export interface Sending {
  /** Sent as JSON; a text goes as it is. */
  readonly body?: unknown;
  /** Over `Authorization: Bearer` with the fake's token. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A running fake, and what sends requests to it. */
export interface Client extends TestGateway {
  send(method: string, path: string, sending?: Sending): Promise<Answer>;
}

/** A fake for each test that asks for one, closed after it. */
export function useFake(): (description: FakeDescription, options?: FakeOptions) => Promise<Client> {
  const open: TestGateway[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close()));
  });
  return async (description, options = {}) => {
    const server = await startFake(description, options);
    open.push(server);
    return { ...server, send: (method, path, sending = {}) => send(server, method, path, sending) };
  };
}

async function send(server: TestGateway, method: string, path: string, { body, headers }: Sending): Promise<Answer> {
  const reply = await fetch(`${server.url}${path}`, {
    method,
    redirect: "manual",
    headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const answer = { status: reply.status, body: parsed(await reply.text()) };
  // What is compared is status and body: headers are asked for by name.
  return Object.defineProperty(answer, "headers", { value: reply.headers, enumerable: false }) as Answer;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
