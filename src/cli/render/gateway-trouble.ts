import type { GatewayError } from "../../contract/errors.ts";
import type { Style } from "../style.ts";
import type { ErrorPlace, ErrorPlaces } from "./places.ts";
import { shownMessage } from "./shown.ts";
import { type Trouble, troubleLines } from "./trouble.ts";

type Explanation = Pick<Trouble, "why" | "advice">;

/** An error of a gateway: what it says, why that may be, and what to do. */
export function gatewayTrouble(error: GatewayError, place: ErrorPlace = {}): Trouble {
  // What the user ended is no fault of the config.
  const where = error.name === "AbortedError" ? undefined : place.binding;
  return { place: where, what: `${error.name}: ${error.message}`, ...explanationOf(error, place) };
}

/** A row's error, if it has one. What is alike at one gateway is explained once: `explained` keeps what was. */
export function errorLines(
  row: { readonly provider: string; readonly gateway: string; readonly error?: GatewayError },
  explained: Set<string>,
  style: Style,
  places: ErrorPlaces = () => ({}),
): string[] {
  const { gateway, error } = row;
  if (error === undefined) return [];
  const trouble = gatewayTrouble(error, places(row));
  const what = shownMessage(trouble.what);
  const key = JSON.stringify([gateway, trouble.why, trouble.advice]);
  if (explained.has(key)) return troubleLines({ place: trouble.place, what }, style);
  explained.add(key);
  return troubleLines({ ...trouble, what }, style);
}

/** Why a gateway's error may be, and what to do about it; nothing where its message says that. */
export function explanationOf(error: GatewayError, { binding, login, address }: ErrorPlace = {}): Explanation {
  const token = login ?? "the gateway's token";
  const at = (what: string, where: string | undefined) => (where === undefined ? what : `${what} (${where})`);
  const baseUrl = at("the gateway's baseUrl", address);
  switch (error.name) {
    case "AuthenticationError":
      return {
        why: "the gateway does not accept the token: it is wrong, expired or revoked, or of another host",
        advice: `check ${token}`,
      };
    case "PermissionDeniedError":
      return {
        why: "the token is valid, and may not do this",
        advice: `give it the right at the gateway, or use another one: ${token}`,
      };
    case "NotFoundError":
      return {
        why: "the gateway has no such object, or another account has it",
        advice: `check ${at("the binding's id", binding)}, and that ${token} is of the right account`,
      };
    case "ConflictError":
      return {
        why: "what the gateway holds stands against it, or somebody else wrote it meanwhile",
        advice: "gatefold plan shows what is there now",
      };
    case "RejectedError":
      return { advice: "gatefold explain shows the request that was refused; nothing is tried again by itself" };
    case "RateLimitError":
      return { why: "the gateway takes no more requests for now", advice: rateAdvice(error.retryAfterMs) };
    case "UnavailableError":
      return { why: "the gateway itself failed", advice: afterwards(error, "run it again later") };
    case "TimeoutError":
      return {
        why: "no complete answer came in time",
        advice: afterwards(error, "run it again; a greater timeoutMs of the gateway waits longer"),
      };
    case "NetworkError":
      return {
        why: "the connection failed",
        advice: afterwards(error, `check the network, a proxy if there is one, and ${baseUrl}`),
      };
    case "InvalidResponseError":
      return {
        why: "the answer is none of those that the vendor documents",
        advice: afterwards(error, `check that ${baseUrl} leads to the gateway's API`),
      };
    case "PartialUpdateError":
      return { advice: "gatefold apply writes what is missing" };
    case "StalePlanError":
      return { advice: "gatefold plan --out plan.json makes it again: look at it before it is applied" };
    case "MissingSettingError":
    case "InvalidInputError":
    case "UnsupportedFieldError":
    case "UnsafePlanError":
    case "AbortedError":
      return {};
  }
}

function rateAdvice(retryAfterMs: number | undefined): string {
  const when = retryAfterMs === undefined ? "later" : `in ${Math.ceil(retryAfterMs / 1000)} s`;
  return `run it again ${when}; a lower rateLimit of the gateway keeps below the vendor's`;
}

const afterwards = ({ outcome }: GatewayError, advice: string) =>
  outcome === "unknown" ? `${advice}; the next apply settles by reading whether it took effect` : advice;
