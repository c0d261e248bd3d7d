import type { Capabilities } from "../../contract/capabilities.ts";
import {
  AbortedError,
  type GatewayError,
  InvalidInputError,
  InvalidResponseError,
  type Outcome,
} from "../../contract/errors.ts";
import type { Call, Gateway, ProviderId } from "../../contract/gateway.ts";
import type { Secret } from "../../contract/secret.ts";
import { ownError } from "./own-error.ts";
import {
  capabilitiesShape,
  idShape,
  listedShape,
  plainCopy,
  previewsShape,
  stateShape,
  updateResultShape,
  usersShape,
} from "./shapes.ts";
import { type Redaction, secretsIn, thrownLine } from "./words.ts";

/** What stands between a stranger's adapter and everything else. */
export interface Guarding {
  /** The adapter's name. */
  readonly adapter: string;
  /** The token: no text of the adapter may hold it. */
  readonly secrets: readonly Secret[];
  readonly redaction: Redaction;
}

const METHODS = ["parseId", "explain", "get", "list", "update"] as const;
type Method = (typeof METHODS)[number] | "explainCreation" | "create" | "remove" | "usedBy";

/** The methods that capabilities promise beyond those that every gateway has. */
function promisedBy({ creation, removes, shared }: Capabilities): readonly Method[] {
  return [
    ...(creation === undefined ? [] : (["explainCreation", "create"] as const)),
    ...(removes === true ? (["remove"] as const) : []),
    ...(shared === true ? (["usedBy"] as const) : []),
  ];
}

/**
 * A gateway that keeps the contract, whatever the stranger's does: it throws a GatewayError and nothing else, and gives
 * plain data of the contract's shapes.
 * @throws InvalidInputError when what was opened is no gateway
 */
export function guardGateway(opened: unknown, guarding: Guarding): Gateway<ProviderId> {
  const { adapter, redaction } = guarding;
  const refuse = (path: string, message: string) => new InvalidInputError(adapter, [{ path, message }]);
  const call = methodsOf(opened);
  const lacking = METHODS.filter((method) => !call.has(method));
  if (lacking.length > 0) throw refuse("", `the adapter opened no gateway: it lacks ${lacking.join(", ")}`);
  const capabilities = plainCopy(capabilitiesShape, call.member("capabilities"));
  if ("problem" in capabilities) throw refuse("", `the capabilities of the adapter are wrong: ${capabilities.problem}`);
  const promised = promisedBy(capabilities.value);
  const broken = promised.filter((method) => !call.has(method));
  if (broken.length > 0) {
    throw refuse("", `the adapter opened no gateway: its capabilities promise ${broken.join(", ")}, which it lacks`);
  }

  /** Runs what is asked for at check time. */
  function asked<Result>(path: string, secrets: readonly Secret[], work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      const why = `the adapter failed: ${thrownLine(error, secrets, redaction)}`;
      throw ownError(error, secrets, redaction) ?? refuse(path, why);
    }
  }

  /** The data that an answer holds. `outcome` is that of an answer which is none. */
  function answered<Value>(shape: Parameters<typeof plainCopy<Value>>[0], value: unknown, about: About): Value {
    const copy = plainCopy(shape, value);
    if ("value" in copy) return redaction.data(copy.value, about.secrets);
    const message = `${adapter}: the adapter gave no answer of the contract: ${copy.problem}`;
    throw new InvalidResponseError({ adapter, message, outcome: about.outcome, retryable: false });
  }

  function failure(error: unknown, { secrets, outcome, signal }: About): GatewayError {
    const own = ownError(error, secrets, redaction);
    if (own !== undefined) return own;
    const details = { adapter, outcome, retryable: false };
    const what = outcome === "unknown" ? "failed without saying what became of the write" : "failed";
    const message = `${adapter}: the adapter ${what}: ${thrownLine(error, secrets, redaction)}`;
    return signal?.aborted
      ? new AbortedError({ ...details, message })
      : new InvalidResponseError({ ...details, message });
  }

  const reading = ({ signal, secrets = [] }: Call): About => {
    return { secrets: [...guarding.secrets, ...secrets], outcome: "not-sent", signal };
  };

  const writing = ({ signal, secrets = [] }: Call, input: unknown): About => {
    return { secrets: [...guarding.secrets, ...secrets, ...secretsIn(input)], outcome: "unknown", signal };
  };

  return {
    adapter,
    capabilities: capabilities.value,

    parseId(value) {
      const id = idShape.safeParse(asked("id", guarding.secrets, () => call.run("parseId", value)));
      if (id.success) return id.data;
      throw refuse("id", "the adapter made no id of it");
    },

    explain: (id, update) => explained(update, "explain", id, update),

    async get(id, options = {}) {
      const about = reading(options);
      const given = await settled(
        () => call.run("get", id, options),
        (error) => failure(error, about),
      );
      return sameId(answered(stateShape, given, about), id, about);
    },

    async *list(options = {}) {
      const about = reading(options);
      const fail = (error: unknown) => failure(error, about);
      const entries = await settled(() => iteratorOf(call.run("list", options)), fail);
      try {
        for (;;) {
          const next = await settled(() => entries.next(), fail);
          if (next.done === true) return;
          yield answered(listedShape, next.value, about);
        }
      } finally {
        // Whoever stops early ends the stranger's requests too; what it says to that changes nothing.
        await settled(() => entries.return?.(), fail).catch(() => undefined);
      }
    },

    async update(id, update, options = {}) {
      const about = writing(options, update);
      const given = await settled(
        () => call.run("update", id, update, options),
        (error) => failure(error, about),
      );
      const { provider, notes } = answered(updateResultShape, given, about);
      return { provider: sameId(provider, id, about), notes };
    },

    ...optional(),
  };

  /** What is promised beyond updates, and nothing that is not. */
  function optional(): Pick<Gateway<ProviderId>, "explainCreation" | "create" | "remove" | "usedBy"> {
    return {
      ...(promised.includes("create") && {
        explainCreation: (creation) => explained(creation, "explainCreation", creation),
        async create(creation, options = {}) {
          const about = writing(options, creation);
          const given = await settled(
            () => call.run("create", creation, options),
            (error) => failure(error, about),
          );
          return answered(updateResultShape, given, about);
        },
      }),
      ...(promised.includes("remove") && {
        async remove(id, options = {}) {
          const about = writing(options, undefined);
          await settled(
            () => call.run("remove", id, options),
            (error) => failure(error, about),
          );
        },
      }),
      ...(promised.includes("usedBy") && {
        async usedBy(id, options = {}) {
          const about = reading(options);
          const given = await settled(
            () => call.run("usedBy", id, options),
            (error) => failure(error, about),
          );
          return answered(usersShape, given, about);
        },
      }),
    };
  }

  function explained(input: unknown, method: "explain" | "explainCreation", ...parameters: readonly unknown[]) {
    const secrets = [...guarding.secrets, ...secretsIn(input)];
    const previews = plainCopy(
      previewsShape,
      asked("", secrets, () => call.run(method, ...parameters)),
    );
    if ("problem" in previews)
      throw refuse("", `the adapter explained it in no form of the contract: ${previews.problem}`);
    return redaction.data(previews.value, secrets);
  }

  function sameId<State extends { readonly id: ProviderId }>(state: State, id: ProviderId, about: About): State {
    if (state.id === id) return state;
    const message = `${adapter}: the adapter answered about another provider than was asked for`;
    throw new InvalidResponseError({ adapter, message, outcome: about.outcome, retryable: false });
  }
}

interface About {
  readonly secrets: readonly Secret[];
  readonly outcome: Outcome;
  readonly signal: AbortSignal | undefined;
}

/** Asks a stranger's object, on the object itself: what is private to it is there and nowhere else. */
function methodsOf(opened: unknown) {
  const target = (typeof opened === "object" && opened !== null) || typeof opened === "function" ? opened : {};
  const member = (name: string): unknown => {
    try {
      return Reflect.get(target, name);
    } catch {
      return undefined;
    }
  };
  return {
    member,
    has: (name: Method) => typeof member(name) === "function",
    run(name: Method, ...parameters: readonly unknown[]): unknown {
      const method = member(name);
      if (typeof method !== "function") throw new Error(`it has no ${name} any more`);
      return Reflect.apply(method, target, parameters);
    },
  };
}

async function settled<Result>(
  work: () => Result,
  failure: (error: unknown) => GatewayError,
): Promise<Awaited<Result>> {
  try {
    return await work();
  } catch (error) {
    throw failure(error);
  }
}

async function iteratorOf(value: unknown): Promise<AsyncIterator<unknown> | Iterator<unknown>> {
  const list = await value;
  if (isAsyncIterable(list)) return list[Symbol.asyncIterator]();
  if (isIterable(list)) return list[Symbol.iterator]();
  throw new Error("its list is none");
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
