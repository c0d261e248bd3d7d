import { type Fault, openSandbox, type RecordedRequest } from "../../sandbox/index.ts";
import type { FakeDescription } from "./description.ts";
import { FAKE, fakeVendor } from "./fake-gateway.ts";

/** A vendor's gateway that runs on loopback, and what a test may look at and do. */
export interface TestGateway {
  /** What a user would configure as `baseUrl`. */
  readonly url: string;
  /** The one that it takes. */
  readonly token: string;
  /** Every request so far, in order of arrival; grows as they come. */
  readonly requests: readonly Omit<RecordedRequest, "gateway">[];
  /** A copy of the stored object in the vendor's wire words, secrets included; undefined if there is none. */
  stored(id: string | number): Record<string, unknown> | undefined;
  /** Adds a fault behind those still to come. */
  inject(fault: Fault): void;
  /** Stops listening and destroys open connections. */
  close(): Promise<void>;
}

/** What is different about one run of a fake. */
export interface FakeOptions {
  /** The clock in milliseconds, for the times it keeps and its rate limit; default `Date.now`. */
  readonly now?: () => number;
}

/**
 * Starts a gateway as a vendor describes its API, over real HTTP on loopback and with state. What is not described is refused.
 * @throws TypeError for a description that contradicts itself
 */
export async function startFake(description: FakeDescription, options: FakeOptions = {}): Promise<TestGateway> {
  const { now = Date.now } = options;
  const { urls, tokens, requests, stored, inject, close } = await openSandbox([fakeVendor(description)], { now });
  return {
    url: urls[FAKE],
    token: tokens[FAKE],
    requests,
    stored: (id) => stored(FAKE, id),
    inject: (fault) => inject(FAKE, fault),
    close,
  };
}
