import type { ProviderCreation } from "../../contract/creation.ts";
import type { Call, Gateway, ProviderId } from "../../contract/gateway.ts";
import { CONTRACT } from "./bench.ts";
import { ConformanceError } from "./case.ts";

// What a gateway has by its capabilities. That one is lacking is told as what it is, wherever it is asked for.

type Opened = Gateway<ProviderId>;

export const create = (gateway: Opened, creation: ProviderCreation, call?: Call) =>
  existing(gateway.create?.(creation, call), "create");

export const explainCreation = (gateway: Opened, creation: ProviderCreation) =>
  existing(gateway.explainCreation?.(creation), "explainCreation");

export const remove = (gateway: Opened, id: ProviderId, call?: Call) => existing(gateway.remove?.(id, call), "remove");

export const usersOf = (gateway: Opened, id: ProviderId, call?: Call) => existing(gateway.usedBy?.(id, call), "usedBy");

function existing<Result>(result: Result | undefined, method: string): Result {
  if (result !== undefined) return result;
  const problem = `the capabilities declare what the method ${method} does, and the gateway has none`;
  throw new ConformanceError({ problem, source: CONTRACT });
}
