import { type GatewayError, InvalidInputError, type Outcome } from "../contract/errors.ts";
import type { Call, ProviderId } from "../contract/gateway.ts";
import type { Secret } from "../contract/secret.ts";
import { type Client, type ClientResult, describeRequest, type Sending, type SuccessfulReply } from "./client.ts";
import { replyFailure } from "./failure.ts";
import type { HttpRequest } from "./http.ts";
import type { AnySettings } from "./settings.ts";
import type { AdapterDefinition, Vendor } from "./vendor.ts";

/** What a gateway is made of: a vendor's parts, and the client that reaches it. */
export interface GatewayParts<Settings extends AnySettings, Id extends ProviderId, Reply, Current, Native> {
  readonly definition: AdapterDefinition<Settings, Id, Reply, Current, Native>;
  readonly settings: Settings;
  readonly vendor: Vendor<Id, Reply, Current, Native>;
  readonly client: Client;
}

/** A call under way: its signal, and every secret it knows of, so that no error body can echo one. */
export type OpenCall = Pick<Sending, "signal" | "known">;

/** Opens a call that sends the secrets `known`. */
export const openCall = ({ signal, secrets = [] }: Call, known: readonly Secret[]): OpenCall => {
  return { signal, known: [...secrets, ...known] };
};

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
