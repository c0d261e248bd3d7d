import {
  AbortedError,
  AuthenticationError,
  type Call,
  type ErrorDetails,
  type Gateway,
  type GatewayError,
  type ListedProvider,
  NetworkError,
  NotFoundError,
  PermissionDeniedError,
  type ProviderId,
  type ProviderState,
  RateLimitError,
  secret,
  TimeoutError,
  UnavailableError,
} from "../../src/index.ts";
import { type GatewayReader, readersOf, readStates, type Wanted } from "../../src/sync/plan/read.ts";
import { checked } from "../support/sync.ts";

const [binding] = checked(`version: 1
gateways: { one: { adapter: ngrok, token: env:T } }
providers: { p: { name: N, gateways: { one: { id: x } } } }
`).bindings;
const capabilitiesOf = (list: "ids" | "slugs", pageSize?: number) => {
  const known = binding?.adapter.open({ token: secret("t") }).capabilities;
  if (known === undefined) throw new Error("the config has no binding");
  const { pageSize: _pageSize, ...capabilities } = known;
  return { ...capabilities, list, ...(pageSize === undefined ? {} : { pageSize }) };
};

interface Behaviour {
  readonly list?: "ids" | "slugs";
  readonly pageSize?: number;
  /** The entries in order; an error ends the list. */
  readonly entries?: readonly (ListedProvider<ProviderId> | GatewayError)[];
  readonly failing?: Readonly<Record<string, GatewayError>>;
}

/** A reader that is not there, and what was asked of it. */
function readerOf({ list = "ids", pageSize, entries = [], failing = {} }: Behaviour) {
  const asked: string[] = [];
  let atOnce = 0;
  let most = 0;
  const reader: GatewayReader = {
    adapter: "acme",
    capabilities: capabilitiesOf(list, pageSize),
    async get(id) {
      asked.push(`get ${id}`);
      atOnce += 1;
      most = Math.max(most, atOnce);
      await Promise.resolve();
      atOnce -= 1;
      const failure = failing[String(id)];
      if (failure !== undefined) throw failure;
      return { id, name: `read ${id}`, credential: { kind: "unknown" } };
    },
    async *list() {
      for (const [index, entry] of entries.entries()) {
        if (index % (pageSize ?? entries.length) === 0) asked.push("list");
        if ("outcome" in entry) throw entry;
        yield entry;
      }
    },
  };
  return { reader, asked, most: () => most };
}

const details: ErrorDetails = { adapter: "acme", message: "acme: no", outcome: "not-sent", retryable: false };
const entry = (id: ProviderId): ListedProvider<ProviderId> => {
  return { id, name: `listed ${id}`, credential: { kind: "unknown" } };
};
const slugged = (slug: string): ListedProvider<ProviderId> => {
  return { slug, name: `listed ${slug}`, credential: { kind: "unknown" } };
};
const wantedIds = (...ids: ProviderId[]): Wanted[] => ids.map((id) => ({ id, slug: undefined }));

/** What became of each: the name that was read, or the error. */
async function outcomesOf(reader: GatewayReader, wanted: readonly Wanted[]) {
  const readings = await readStates(reader, wanted, {});
  return wanted.map(({ id }) => {
    const reading = readings.get(id);
    if (reading === undefined) return "not read";
    return "error" in reading ? reading.error.name : `${reading.state.id} is ${reading.state.name}`;
  });
}

describe("a list", () => {
  it("is read until everything is found", async () => {
    const { reader, asked } = readerOf({ pageSize: 2, entries: ["a", "b", "c", "d", "e"].map(entry) });
    const outcomes = await outcomesOf(reader, wantedIds("a", "b", "c"));
    expect(outcomes).toEqual(["a is listed a", "b is listed b", "c is listed c"]);
    expect(asked).toEqual(["list", "list"]);
  });

  it("is given up once it has cost as much as single reads would", async () => {
    const { reader, asked } = readerOf({ pageSize: 2, entries: ["a", "b", "c", "d", "e"].map(entry) });
    expect(await outcomesOf(reader, wantedIds("d", "e"))).toEqual(["d is listed d", "e is read e"]);
    expect(asked).toEqual(["list", "list", "get e"]);
  });

  it("is not asked for one object", async () => {
    const { reader, asked } = readerOf({ entries: [entry("a")] });
    expect(await outcomesOf(reader, wantedIds("a"))).toEqual(["a is read a"]);
    expect(asked).toEqual(["get a"]);
  });

  it("is not asked for nothing, and nothing is read", async () => {
    const { reader, asked } = readerOf({ entries: [entry("a")] });
    expect(await outcomesOf(reader, [])).toEqual([]);
    expect(asked).toEqual([]);
  });

  it("that shows an object twice, as it may when it changes between two pages, is not believed about it", async () => {
    const { reader, asked } = readerOf({ entries: ["a", "b", "a", "c"].map(entry) });
    const outcomes = await outcomesOf(reader, wantedIds("a", "b", "c"));
    expect(outcomes).toEqual(["a is read a", "b is listed b", "c is listed c"]);
    expect(asked).toEqual(["list", "get a"]);
  });

  it("that ends early is believed as far as it came", async () => {
    const { reader, asked } = readerOf({ entries: [entry("a"), new PermissionDeniedError(details), entry("b")] });
    expect(await outcomesOf(reader, wantedIds("a", "b"))).toEqual(["a is listed a", "b is read b"]);
    expect(asked).toEqual(["list", "get b"]);
  });
});

describe("a list that shows readable ids only", () => {
  const entries = ["one", "two", "three"].map(slugged);

  it("is not asked before they are known", async () => {
    const { reader, asked } = readerOf({ list: "slugs", entries });
    expect(await outcomesOf(reader, wantedIds(1, 2))).toEqual(["1 is read 1", "2 is read 2"]);
    expect(asked).toEqual(["get 1", "get 2"]);
  });

  it("gives what is known of it, under the id that is bound", async () => {
    const { reader, asked } = readerOf({ list: "slugs", entries });
    const wanted = [{ id: 3, slug: "three" }, { id: 1, slug: "one" }, ...wantedIds(9)];
    expect(await outcomesOf(reader, wanted)).toEqual(["3 is listed three", "1 is listed one", "9 is read 9"]);
    expect(asked).toEqual(["list", "get 9"]);
  });

  it("is read to its end: another entry may have the same one", async () => {
    const { reader, asked } = readerOf({ list: "slugs", entries: [...entries, slugged("one")] });
    const wanted = [
      { id: 1, slug: "one" },
      { id: 2, slug: "two" },
    ];
    expect(await outcomesOf(reader, wanted)).toEqual(["1 is read 1", "2 is listed two"]);
    expect(asked).toEqual(["list", "get 1"]);
  });

  it("is not believed of two objects that seem to have the same one: one of them is gone", async () => {
    const gone = new NotFoundError(details);
    const { reader, asked } = readerOf({ list: "slugs", entries, failing: { 1: gone } });
    const wanted = [
      { id: 1, slug: "one" },
      { id: 2, slug: "two" },
      { id: 3, slug: "three" },
      { id: 4, slug: "one" },
    ];
    const outcomes = await outcomesOf(reader, wanted);
    expect(outcomes).toEqual(["NotFoundError", "2 is listed two", "3 is listed three", "4 is read 4"]);
    expect(asked).toEqual(["list", "get 1", "get 4"]);
  });
});

describe("single reads", () => {
  const ids = Array.from({ length: 40 }, (_, index) => index);
  const unavailable = (status: number) => new UnavailableError({ ...details, status });

  it("go eight at once, behind the first", async () => {
    const { reader, asked, most } = readerOf({ list: "slugs" });
    const outcomes = await outcomesOf(reader, wantedIds(...ids));
    expect(outcomes).toEqual(ids.map((id) => `${id} is read ${id}`));
    expect([asked.length, most()]).toEqual([40, 8]);
  });

  it.each<[string, GatewayError]>([
    ["the token is refused", new AuthenticationError(details)],
    ["too many requests were made", new RateLimitError(details)],
    ["the gateway cannot be reached", new NetworkError(details)],
    ["it does not answer in time", new TimeoutError(details)],
    ["it is down", unavailable(503)],
    ["what stands in front of it cannot reach it", unavailable(502)],
    ["the user ended it", new AbortedError(details)],
  ])("end at the first when %s", async (_title, failure) => {
    const { reader, asked } = readerOf({ list: "slugs", failing: { 0: failure } });
    expect(await outcomesOf(reader, wantedIds(...ids))).toEqual(ids.map(() => failure.name));
    expect(asked).toEqual(["get 0"]);
  });

  it.each<[string, GatewayError]>([
    ["is not there", new NotFoundError(details)],
    ["is forbidden", new PermissionDeniedError(details)],
    ["makes the gateway fail", unavailable(500)],
  ])("go on when one object %s", async (_title, failure) => {
    const { reader, asked } = readerOf({ list: "slugs", failing: { 0: failure, 7: failure } });
    const outcomes = await outcomesOf(reader, wantedIds(...ids));
    expect(outcomes.filter((outcome) => outcome === failure.name)).toHaveLength(2);
    expect(asked).toHaveLength(40);
  });

  it("that are under way when the gateway goes down are the last", async () => {
    const { reader, asked } = readerOf({ list: "slugs", failing: { 3: new NetworkError(details) } });
    const outcomes = await outcomesOf(reader, wantedIds(...ids));
    expect(outcomes.slice(0, 4)).toEqual(["0 is read 0", "1 is read 1", "2 is read 2", "NetworkError"]);
    expect(outcomes.at(-1)).toBe("NetworkError");
    expect(asked.length).toBeLessThan(20);
  });
});

describe("a gateway that is only read", () => {
  const state: ProviderState<ProviderId> = { id: "a", name: "read", credential: { kind: "unknown" } };
  const plain = (written: ProviderId[]): Gateway<ProviderId> => ({
    adapter: "acme",
    capabilities: capabilitiesOf("ids"),
    parseId: () => "a",
    explain: () => [],
    async get(id) {
      await this.update(id, { name: "N" });
      return state;
    },
    async *list() {
      await this.update("a", { name: "N" });
      yield state;
    },
    async update(id) {
      written.push(id);
      return { provider: state, notes: [] };
    },
  });

  class WithPrivateMembers implements Gateway<ProviderId> {
    readonly adapter = "acme";
    readonly capabilities = capabilitiesOf("ids");
    readonly #state = state;
    parseId = () => "a";
    explain = () => [];
    async get(_id: ProviderId, _call?: Call) {
      return this.#state;
    }
    async *list() {
      yield this.#state;
    }
    async update() {
      return { provider: this.#state, notes: [] };
    }
  }

  const readerFor = (gateway: Gateway<ProviderId>) => {
    const reader = readersOf(new Map([["one", gateway]])).get("one");
    if (reader === undefined) throw new Error("there is no reader");
    return reader;
  };
  const listed = async (reader: GatewayReader) => {
    const found: unknown[] = [];
    for await (const each of reader.list()) found.push(each);
    return found;
  };

  it.each([Object.prototype, null])("cannot write while it reads", async (prototype) => {
    const written: ProviderId[] = [];
    const reader = readerFor(Object.setPrototypeOf(plain(written), prototype));
    const refusal = { name: "UnsafePlanError", message: "acme: a plan only reads, and something tried to write" };
    await expect(reader.get("a")).rejects.toMatchObject(refusal);
    await expect(listed(reader)).rejects.toMatchObject(refusal);
    expect(written).toEqual([]);
    expect(Object.keys(reader)).toEqual(["adapter", "capabilities", "get", "list"]);
  });

  it("can be an instance of a class with private members", async () => {
    const reader = readerFor(new WithPrivateMembers());
    expect([await reader.get("a"), await listed(reader)]).toEqual([state, [state]]);
    expect(Object.keys(reader)).toEqual(["adapter", "capabilities", "get", "list"]);
  });
});
