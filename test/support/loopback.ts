import nock from "nock";

/** Opens loopback, and nothing else, for a suite that talks to a real server it started itself. */
export function allowLoopback(): void {
  beforeAll(() => nock.enableNetConnect(/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/));
  afterAll(() => nock.disableNetConnect());
}
