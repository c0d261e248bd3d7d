import { allowHosts } from "./no-network.ts";

export const LOOPBACK = ["127.0.0.1", "localhost", "::1", "[::1]"];

/** Opens loopback, and nothing else, for a suite that talks to a real server it started itself. */
export function allowLoopback(): void {
  beforeAll(() => allowHosts(LOOPBACK));
  afterAll(() => allowHosts([]));
}
