import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createServer as createSocketServer } from "node:net";

/** What is to be done after the test. */
export const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

/** A server of its own on loopback, and what it has seen so far. */
export interface Served {
  readonly url: string;
  readonly port: number;
  readonly seen: IncomingMessage[];
  readonly bodies: string[];
  /** Connections so far. */
  readonly sockets: Set<Socket>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Serves until the test is over. */
export async function serve(handler: Handler, make: (handler: Handler) => Server = createServer): Promise<Served> {
  const seen: IncomingMessage[] = [];
  const bodies: string[] = [];
  const sockets = new Set<Socket>();
  const server = make((incoming, response) => {
    seen.push(incoming);
    let body = "";
    incoming.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    incoming.on("end", () => {
      bodies.push(body);
      handler(incoming, response);
    });
    incoming.on("error", () => undefined);
    response.on("error", () => undefined);
  });
  server.on("connection", (socket: Socket) => sockets.add(socket));
  const port = await listen(server);
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${port}`, port, seen, bodies, sockets };
}

/** Lets a server listen on a port of loopback that is free. */
export async function listen(server: Server | ReturnType<typeof createSocketServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** A port that nobody listens on. */
export async function unusedPort(): Promise<number> {
  const server = createSocketServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
