import {
  defineVendorSandbox,
  RateWindow,
  type Refusal,
  type Route,
  type RouteCall,
  type VendorEnvironment,
  type VendorGateway,
  type WireReply,
} from "../../sandbox/index.ts";
import { isObject } from "../is-object.ts";
import { checkDescription } from "./check-description.ts";
import type { FakeCreation, FakeDescription, FakeList, FakeRemoval, FakeWrite } from "./description.ts";
import { idInPath, idProblem, keyOf, newId } from "./fake-id.ts";
import { pageOf } from "./fake-list.ts";
import { complete, type Stored, shown, stamped, written } from "./fake-object.ts";

/** The one name under which a fake runs. */
export const FAKE = "fake";

const DEFAULT_TOKEN = "fake-token";

/** The vendor that a description tells of, as a value that can be put behind a socket. */
export function fakeVendor(description: FakeDescription) {
  const anything = { safeParse: (data: unknown) => ({ success: true as const, data }) };
  return defineVendorSandbox({
    name: FAKE,
    basePath: description.basePath ?? "",
    seed: anything,
    switches: anything,
    open: (_seed, _switches, environment) => new FakeGateway(description, environment).gateway(),
  });
}

class FakeGateway {
  readonly #objects: Map<string, Stored>;
  /** What the next reads of an object show instead, the next one first. */
  readonly #stale = new Map<string, Stored[]>();
  readonly #window: RateWindow | undefined;

  constructor(
    private readonly description: FakeDescription,
    private readonly environment: VendorEnvironment,
  ) {
    checkDescription(description);
    const now = environment.now();
    const { objects, id, rateLimit } = description;
    const all = objects.map((object) => stamped(description, complete(description, object), now, true));
    this.#objects = new Map(all.map((object) => [keyOf(id.kind, object[id.member]), object]));
    if (this.#objects.size < all.length) throw new TypeError("two of the fake's objects have one id");
    this.#window =
      rateLimit === undefined ? undefined : new RateWindow(rateLimit.requests, rateLimit.perMs, environment.now);
  }

  gateway(): VendorGateway {
    const { token = DEFAULT_TOKEN, authentication = "bearer" } = this.description;
    return {
      token,
      authentication,
      routes: this.#routes(),
      refuse: (refusal) => this.#refuse(refusal),
      admit: () => this.#admit(),
      stored: (id) => structuredClone(this.#objects.get(keyOf(this.description.id.kind, id))),
    };
  }

  #routes(): Route[] {
    const { basePath = "", get, list, writes, others = [] } = this.description;
    const reading: Route[] =
      get === undefined
        ? []
        : [{ method: "GET", path: basePath + get.path, handle: ({ id }) => this.#get(id, get.envelope) }];
    return [
      this.#listing(
        list,
        () => [...this.#objects.keys()],
        (id) => shown(this.description, this.#read(id)),
      ),
      ...others.map((other) =>
        this.#listing(
          other,
          () => other.entries,
          (entry) => entry,
        ),
      ),
      ...reading,
      ...this.#makingAndRemoving(),
      ...writes.map((write) => ({
        method: write.method,
        path: basePath + write.path,
        handle: (call: RouteCall) => this.#write(write, call),
      })),
    ];
  }

  #listing<Entry>(list: FakeList, all: () => readonly Entry[], show: (entry: Entry) => unknown): Route {
    const path = (this.description.basePath ?? "") + list.path;
    const query = [...(list.query ?? []), ...(list.paging === undefined ? [] : [list.paging.parameter])];
    const handle = (call: RouteCall): WireReply => {
      const page = pageOf({ ...list, path }, all(), show, call.query, this.environment.origin());
      return "problem" in page ? this.#error(400, page.problem) : { status: 200, json: page.reply };
    };
    return { method: "GET", path, query, handle };
  }

  #makingAndRemoving(): Route[] {
    const { basePath = "", creation, removal } = this.description;
    const make: Route[] =
      creation === undefined
        ? []
        : [{ method: "POST", path: basePath + creation.path, handle: (call) => this.#make(creation, call) }];
    const remove: Route[] =
      removal === undefined
        ? []
        : [{ method: "DELETE", path: basePath + removal.path, handle: (call) => this.#remove(removal, call) }];
    return [...make, ...remove];
  }

  #make(
    { path, id: chosenBy, takes, requires = [], existing, envelope }: FakeCreation,
    { body }: RouteCall,
  ): WireReply {
    const { id: ids } = this.description;
    if (!isObject(body)) return this.#error(400, "The body must be an object.");
    const lacking = requires.find((name) => (body[name] ?? null) === null);
    if (lacking !== undefined) return this.#error(400, `${lacking}: is required`);
    const given = chosenBy === "caller" ? body[ids.member] : newId(ids.kind, this.#objects.keys());
    const problem = idProblem(ids.kind, given);
    if (problem !== undefined) return this.#error(400, `${ids.member}: ${problem}`);
    const id = keyOf(ids.kind, given);
    const former = this.#objects.get(id);
    if (former !== undefined && existing !== "updated")
      return this.#error(409, "There is an object of this id already.");
    const write: FakeWrite = {
      method: "POST",
      path,
      mode: "merge",
      ...(chosenBy === "caller" ? { idIn: ids.member } : {}),
      ...(takes === undefined ? {} : { takes }),
    };
    const result = written(
      this.description,
      write,
      body,
      former ?? complete(this.description, { [ids.member]: given }),
    );
    if ("refused" in result) return this.#error(400, result.refused);
    const next = stamped(this.description, result.next, this.environment.now(), former === undefined);
    this.#objects.set(id, next);
    return enveloped(former === undefined ? 201 : 200, shown(this.description, next), envelope);
  }

  #remove({ status = 204, refuses }: FakeRemoval, { id: given }: RouteCall): WireReply {
    const id = keyOf(this.description.id.kind, given);
    const stored = this.#objects.get(id);
    if (stored === undefined) return this.#error(404, "There is no such object.");
    const kept = refuses?.(stored);
    if (kept !== undefined) return this.#error(409, kept);
    this.#objects.delete(id);
    this.#stale.delete(id);
    return status === 204 ? { status, text: "" } : { status, json: shown(this.description, stored) };
  }

  #get(given: string, envelope: string | undefined): WireReply {
    const id = keyOf(this.description.id.kind, given);
    if (!this.#objects.has(id)) return this.#error(404, "There is no such object.");
    return enveloped(200, shown(this.description, this.#read(id)), envelope);
  }

  /** The object, or what was before where a read may still show that. */
  #read(id: string): Stored {
    return this.#stale.get(id)?.shift() ?? this.#objects.get(id) ?? {};
  }

  #write(write: FakeWrite, call: RouteCall): WireReply {
    if (!isObject(call.body)) return this.#error(400, "The body must be an object.");
    const { id: ids } = this.description;
    const named = write.idIn === undefined ? idInPath(ids.kind, call.id) : call.body[write.idIn];
    const problem = write.idIn === undefined ? undefined : idProblem(ids.kind, named);
    if (problem !== undefined) return this.#error(400, `${write.idIn}: ${problem}`);
    const id = keyOf(ids.kind, named);
    const former = this.#objects.get(id);
    const isMade = write.creates === true && idProblem(ids.kind, named) === undefined;
    if (former === undefined && !isMade) return this.#error(404, "There is no such object.");
    const conflict = this.#conflict(write, call, former);
    if (conflict !== undefined) return conflict;
    const base = former ?? complete(this.description, { [ids.member]: named });
    const result = written(this.description, write, call.body, base);
    if ("refused" in result) return this.#error(400, result.refused);
    const next = stamped(this.description, result.next, this.environment.now(), former === undefined);
    this.#objects.set(id, next);
    const { staleReads = 0 } = this.description;
    if (former !== undefined) this.#stale.set(id, Array<Stored>(staleReads).fill(former));
    return enveloped(former === undefined ? 201 : 200, shown(this.description, next), write.envelope);
  }

  #conflict({ precondition }: FakeWrite, { headers }: RouteCall, former: Stored | undefined): WireReply | undefined {
    if (precondition === undefined) return undefined;
    const given = headers[precondition.header.toLowerCase()];
    // What is to be made has no version that could be named.
    if (given === undefined && former === undefined) return undefined;
    if (given === undefined) return this.#error(428, `The header ${precondition.header} is required.`);
    const isCurrent =
      former !== undefined && given.replace(/^"(.*)"$/, "$1") === String(former[precondition.member] ?? "");
    return isCurrent ? undefined : this.#error(412, "Somebody else has changed it since.");
  }

  #admit(): WireReply | undefined {
    const waitMs = this.#window?.take() ?? 0;
    if (waitMs === 0) return undefined;
    const seconds = Math.ceil(waitMs / 1000);
    const { waitIn } = this.description.errors ?? {};
    const reply = this.#error(429, "Too many requests.");
    if (waitIn === undefined) return { ...reply, headers: { "retry-after": String(seconds) } };
    return { status: reply.status, json: withMember("json" in reply ? reply.json : {}, waitIn.split("."), seconds) };
  }

  #refuse({ status, message }: Refusal): WireReply {
    return this.#error(status, message);
  }

  #error(status: number, message: string): WireReply {
    const { body = () => ({ error: { message } }), under200 = false } = this.description.errors ?? {};
    return { status: under200 ? 200 : status, json: body(status, message) };
  }
}

function enveloped(status: number, object: unknown, envelope: string | undefined): WireReply {
  return { status, json: envelope === undefined ? object : { [envelope]: object } };
}

/** A body with one more member, in the objects that lead there. */
function withMember(body: unknown, [name = "", ...deeper]: readonly string[], value: unknown): unknown {
  const members = isObject(body) ? body : {};
  return { ...members, [name]: deeper.length === 0 ? value : withMember(members[name], deeper, value) };
}
