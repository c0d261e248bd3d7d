import { isGatewayError, RejectedError } from "../../src/index.ts";
import { parts } from "./acme/parts.ts";
import { leaveOut, type Mutant, withGateway, without, withParts } from "./mutants.ts";

const SENDS = "a creation sends what is documented, and gives what can be read by its id";
const LOST = "a lost reply to a creation is unknown, and it is not sent again";
const METHODS = "has the methods that its capabilities declare, and no other";
const KEPT = "a removal that the gateway refuses keeps the object, and shows why";
const USERS = "usedBy gives every provider that uses an object, and no other";

const creating: readonly Mutant[] = [
  {
    name: "drops a field of a creation",
    caughtBy: SENDS,
    says: "the requests on the wire",
    adapter: withParts({
      creation(update) {
        const request = parts.creation(update);
        return { ...request, body: without(request.body, "endpoint") };
      },
    }),
  },
  {
    name: "makes an object twice after a lost reply",
    caughtBy: LOST,
    says: "it did not fail",
    adapter: withParts({ creation: (update) => ({ ...parts.creation(update), repeat: "safe" }) }),
  },
  {
    name: "says of a creation without an answer that nothing was made",
    caughtBy: LOST,
    says: "not-applied",
    adapter: withParts({ outcomeOf: () => "not-applied" }),
  },
  {
    name: "makes an object though something is lacking",
    caughtBy: "a creation without what it requires is refused, all of it at once",
    says: "name",
    adapter: withParts({
      givenCreation: (creation) =>
        typeof creation === "object" && creation !== null ? { name: "Unnamed", ...creation } : creation,
    }),
  },
  {
    name: "leaves out of a creation what it does not take",
    caughtBy: "a creation with what it does not take is refused",
    says: "it did not fail",
    adapter: withParts({ givenCreation: (creation) => leaveOut(creation, "metadata") }),
  },
  {
    name: "takes any reply for a new object",
    caughtBy: "a reply to a creation that cannot be used leaves it unknown",
    says: "it did not fail",
    adapter: withGateway((gateway) => ({
      create: async (...given) => {
        try {
          return (await gateway.create?.(...given)) ?? { provider: await gateway.get(1), notes: [] };
        } catch (error) {
          if (isGatewayError(error) && error.name !== "InvalidResponseError") throw error;
          return { provider: await gateway.get(1), notes: [] };
        }
      },
    })),
  },
  {
    name: "explains another creation than it sends",
    caughtBy: "a creation, explained",
    says: "as explain shows it",
    adapter: withGateway((gateway) => ({
      explainCreation: (creation) => gateway.explainCreation?.({ ...creation, name: "Another" }) ?? [],
    })),
  },
  {
    name: "tells the key of a creation",
    caughtBy: "a creation: the secret shows nowhere, whatever is answered",
    says: "shows a secret",
    adapter: withParts({ scrub: (text) => text }),
  },
];

const removing: readonly Mutant[] = [
  {
    name: "declares a removal and has none",
    caughtBy: METHODS,
    says: "remove",
    adapter: withGateway(() => ({ remove: undefined as never })),
  },
  {
    name: "has a removal and declares none",
    caughtBy: METHODS,
    says: "remove",
    adapter: withParts({ capabilities: () => without(parts.capabilities(), "removes") }),
  },
  {
    name: "calls a removal that took effect NotFoundError",
    caughtBy: "a lost reply to a removal is no NotFoundError",
    says: "NotFoundError",
    adapter: withParts({ isRemoved: () => false }),
  },
  {
    name: "calls a removal of nothing done",
    caughtBy: "a removal of an id that no object has is NotFoundError",
    says: "it did not fail",
    adapter: withParts({ isRemoved: (error) => error.name === "NotFoundError" }),
  },
  {
    name: "calls a refused removal done",
    caughtBy: KEPT,
    says: "it did not fail",
    adapter: withParts({ isRemoved: (error) => error.name === "ConflictError" || parts.isRemoved(error) }),
  },
  {
    name: "keeps to itself why an object is kept",
    caughtBy: KEPT,
    says: "lacks the vendor's",
    adapter: withParts({ vendorMessage: () => "it did not work" }),
  },
  {
    name: "removes another object than it was told to",
    caughtBy: "a removal sends what is documented, and removes that object alone",
    says: "the requests on the wire",
    adapter: withGateway((gateway) => ({
      remove: async (id, call) => gateway.remove?.(Number(id) + 1, call),
    })),
  },
];

const sharing: readonly Mutant[] = [
  {
    name: "gives who uses an object by the first page alone",
    caughtBy: USERS,
    says: "what uses 1",
    adapter: withParts({ nextQuery: () => undefined }),
  },
  {
    name: "gives everything for what uses an object",
    caughtBy: USERS,
    says: "what uses 1",
    adapter: withParts({ uses: () => true }),
  },
  {
    name: "takes an answer that it cannot read for no users",
    caughtBy: "usedBy that cannot be answered is an error, and no part of the answer",
    says: "it did not fail",
    adapter: withGateway((gateway) => ({
      usedBy: async (...given) => {
        try {
          return (await gateway.usedBy?.(...given)) ?? [];
        } catch (error) {
          if (error instanceof RejectedError) throw error;
          return [];
        }
      },
    })),
  },
];

/** Wrong adapters, as far as the making, the removal and the use of objects go. */
export const lifetimeMutants: readonly Mutant[] = [...creating, ...removing, ...sharing];
