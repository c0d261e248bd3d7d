import { type GatewayError, InvalidInputError, type Outcome } from "../contract/errors.ts";
import type { Call, ProviderId } from "../contract/gateway.ts";
import type { Operation } from "../contract/hooks.ts";
import type { Secret } from "../contract/secret.ts";
import { type Client, type ClientResult, describeRequest, type Sending, type SuccessfulReply } from "./client.ts";
import { replyFailure } from "./failure.ts";
import type { HttpRequest } from "./http.ts";
import { Observation, type Observer } from "./observation.ts";
import type { AnySettings } from "./settings.ts";
import type { AdapterDefinition, Vendor } from "./vendor.ts";

/** What a gateway is made of: a vendor's parts, and the client that reaches it. */
export interface GatewayParts<Settings extends AnySettings, Id extends ProviderId, Reply, Current, Native> {
  readonly definition: AdapterDefinition<Settings, Id, Reply, Current, Native>;
  readonly settings: Settings;
  readonly vendor: Vendor<Id, Reply, Current, Native>;
  readonly client: Client;
  /** Absent where nobody wants to be told of anything. */
  readonly observer: Observer | undefined;
}

/** A call under way: its signal, every secret it knows of, so that no error body can echo one, and who is told of it. */
export type OpenCall = Pick<Sending, "signal" | "known" | "observation">;

/** Opens a call that sends the secrets `known`. */
export function openCall(
  { signal, secrets = [] }: Call,
  known: readonly Secret[],
  observation: Observation | undefined,
): OpenCall {
  const all = [...secrets, ...known];
  observation?.knows(all);
  return { signal, known: all, observation };
}

/** What an observation begins with. */
interface Beginning {
  readonly name: Operation["name"];
  /** As the caller gave it; absent where the method takes none. */
  readonly id?: unknown;
  readonly options: Call;
}

/** Does what a method of the gateway is for, told to whoever wants to know. Without anybody it is the work alone. */
export function perform<Id extends ProviderId, Result>(
  parts: Observable<Id>,
  beginning: Beginning,
  work: (observation: Observation | undefined) => Promise<Result>,
): Promise<Result> {
  const { observer } = parts;
  return observer === undefined ? work(undefined) : observed(parts, observer, beginning, work);
}

/** The same for a method that gives one thing after another. It ends with its reader, too. */
export function performEach<Id extends ProviderId, Item>(
  parts: Observable<Id>,
  beginning: Beginning,
  work: (observation: Observation | undefined) => AsyncGenerator<Item, void, undefined>,
): AsyncGenerator<Item, void, undefined> {
  const { observer } = parts;
  return observer === undefined ? work(undefined) : observedEach(parts, observer, beginning, work);
}

type Observable<Id extends ProviderId> = {
  readonly definition: Pick<AdapterDefinition<AnySettings, Id, never, never, never>, "name">;
  readonly vendor: Pick<Vendor<Id, never, never, never>, "parseId">;
  readonly observer: Observer | undefined;
};

async function observed<Id extends ProviderId, Result>(
  parts: Observable<Id>,
  observer: Observer,
  beginning: Beginning,
  work: (observation: Observation) => Promise<Result>,
): Promise<Result> {
  const observation = begin(parts, observer, beginning);
  return observation.run(() => work(observation));
}

async function* observedEach<Id extends ProviderId, Item>(
  parts: Observable<Id>,
  observer: Observer,
  beginning: Beginning,
  work: (observation: Observation) => AsyncGenerator<Item, void, undefined>,
): AsyncGenerator<Item, void, undefined> {
  const observation = begin(parts, observer, beginning);
  try {
    yield* work(observation);
  } catch (error) {
    observation.failed(error);
    throw error;
  } finally {
    observation.succeeded();
  }
}

function begin<Id extends ProviderId>(
  { definition, vendor }: Observable<Id>,
  observer: Observer,
  { name, id, options }: Beginning,
): Observation {
  const parsed = id === undefined ? undefined : vendor.parseId(id);
  const known = parsed !== undefined && "id" in parsed ? { id: parsed.id } : {};
  return new Observation(observer, { adapter: definition.name, name, ...known }, options.secrets ?? []);
}

/** The error that a request without success is. */
export function failed(
  adapter: string,
  result: Exclude<ClientResult, SuccessfulReply>,
  outcome: Outcome,
): GatewayError {
  return result.failure.toError({ adapter, outcome, retryable: result.repeatable });
}

/** The error that a reply is which cannot be used. */
export function unusable(
  adapter: string,
  request: HttpRequest,
  reply: SuccessfulReply,
  problem: string,
  outcome: Outcome,
): GatewayError {
  const failure = replyFailure(reply.status, describeRequest(request), problem);
  return failure.toError({ adapter, outcome, retryable: false });
}

/** The id in the vendor's form. @throws InvalidInputError */
export function idOf<Id extends ProviderId>(
  adapter: string,
  vendor: Pick<Vendor<Id, unknown, unknown, unknown>, "parseId">,
  value: unknown,
): Id {
  const parsed = vendor.parseId(value);
  if ("id" in parsed) return parsed.id;
  throw new InvalidInputError(adapter, [{ path: "id", message: parsed.problem }]);
}

/** The path that a base URL has before that of each request. */
export const basePathOf = (baseUrl: string): string => new URL(baseUrl).pathname.replace(/\/$/, "");
