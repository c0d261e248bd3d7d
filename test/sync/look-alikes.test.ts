import { UnavailableError } from "../../src/contract/errors.ts";
import { type Entry, Listing, Lists } from "../../src/sync/plan/look-alikes.ts";
import type { GatewayReader, Readers } from "../../src/sync/plan/read.ts";
import { evidenceOf } from "../../src/sync/plan/row.ts";

const entry = (id: string, name: string, slug?: string): Entry => {
  return { id, name, credential: { kind: "inline" }, ...(slug === undefined ? {} : { slug }) };
};

describe("what a list has that is called alike", () => {
  it("comes in the list's order, whether by name or by slug", () => {
    const entries = [entry("c", "Other", "main"), entry("a", "Main"), entry("main", "Third"), entry("b", "Main")];
    const listing = new Listing(entries);
    expect(listing.alike({ name: "Main", slug: "main" }).map(({ id }) => id)).toEqual(["c", "a", "main", "b"]);
    expect(listing.alike({ name: "Main" }).map(({ id }) => id)).toEqual(["a", "b"]);
    expect(listing.alike({ name: "main" })).toEqual([]);
  });
});

describe("a gateway's list that several ask for", () => {
  it("is read once, and fails for each of them after what came before the failure", async () => {
    const failure = new UnavailableError({ adapter: "acme", message: "down", outcome: "not-sent", retryable: true });
    let reads = 0;
    const reader: Partial<GatewayReader> = {
      async *list() {
        reads += 1;
        yield entry("a", "Main");
        throw failure;
      },
    };
    const readers = new Map([["main", reader]]) as unknown as Readers;
    const lists = new Lists(readers, {});
    const seen: unknown[] = [];
    const reading = async () => {
      for await (const { id } of lists.readerOf("main").list()) seen.push(id);
    };
    await expect(reading()).rejects.toBe(failure);
    await expect(reading()).rejects.toBe(failure);
    expect(await lists.of("main")).toBe(failure);
    expect([seen, reads]).toEqual([["a", "a"], 1]);
  });
});

describe("what tells later whether an object moved", () => {
  it("is its hint, the time of its last change and its readable id, as far as they are shown", () => {
    const state = { id: 1, name: "Main", credential: { kind: "inline", hint: "…1234" }, slug: "main" } as const;
    const updatedAt = "2026-01-01T00:00:00.000Z";
    expect(evidenceOf({ ...state, updatedAt })).toStrictEqual({ hint: "…1234", updatedAt, slug: "main" });
    expect(evidenceOf({ ...state, updatedAt: null })).toStrictEqual({ hint: "…1234", slug: "main" });
    expect(evidenceOf({ id: 1, name: "Main", credential: { kind: "unknown" } })).toStrictEqual({});
  });
});
