import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What the server of the hand-written adapter holds of one key. */
export interface AcmeKey {
  readonly id: string;
  readonly name: string;
  readonly key?: string;
}

/** The server that the hand-written adapter talks to. */
export interface Acme {
  readonly url: string;
  /** Method, path and body of every request. */
  readonly requests: string[];
  readonly keys: Map<string, AcmeKey>;
  /** Answers every PATCH with this status and text, after it took effect or not. */
  answer?: { readonly status: number; readonly text: string };
}

export const ACME_TOKEN = "acme-token-0123456789";

/** Starts a server for each test that asks for one; closed after it. */
export function useAcme(): (keys: readonly AcmeKey[]) => Promise<Acme> {
  const servers: Server[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  });
  return async (keys) => {
    const acme: { -readonly [Name in keyof Acme]: Acme[Name] } = {
      url: "",
      requests: [],
      keys: new Map(keys.map((each) => [each.id, each])),
    };
    const server = createServer(async (request, response) => {
      const { status, body } = handle(acme, request, await bodyOf(request));
      response.writeHead(status, { "content-type": "application/json", connection: "close" });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    acme.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return acme;
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request.setEncoding("utf8")) text += part;
  return text;
}

function handle(acme: Acme, { method, url = "", headers }: IncomingMessage, text: string) {
  acme.requests.push([method, url, ...(text === "" ? [] : [text])].join(" "));
  if (headers.authorization !== `Bearer ${ACME_TOKEN}`) return { status: 401, body: "who are you" };
  if (url === "/keys") return { status: 200, body: [...acme.keys.values()].map(shown) };
  const found = acme.keys.get(url.replace("/keys/", ""));
  if (found === undefined) return { status: 404, body: "no such key" };
  if (method === "PATCH" && acme.answer !== undefined) return { status: acme.answer.status, body: acme.answer.text };
  const changed: AcmeKey = method === "PATCH" ? { ...found, ...JSON.parse(text) } : found;
  acme.keys.set(changed.id, changed);
  return { status: 200, body: shown(changed) };
}

const shown = ({ id, name }: AcmeKey) => ({ id, name, credential: { kind: "inline" } });
