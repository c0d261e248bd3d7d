import type { GatewayError } from "../../contract/errors.ts";
import type { Note } from "../../contract/state.ts";
import { updateFields } from "../../contract/update.ts";
import type { FieldFingerprints, Happening } from "../journal/event.ts";
import type { AppliedRow } from "./apply.ts";

/** How a row ended. */
export type Ending = Pick<AppliedRow, "status" | "notes" | "reason" | "error">;

/** What the journal keeps of how an update ended. */
export type Outcome = Omit<Extract<Happening, { type: "outcome" }>, "type" | "intent">;

/** What the journal keeps of an error. */
export type Failure = NonNullable<Outcome["error"]>;

/** Why nothing more is sent after an error: what one row met, every other would meet. */
export function closingReason(error: GatewayError): string | undefined {
  if (error.name === "AuthenticationError") return "not sent: the gateway refused the token before";
  if (error.name === "RateLimitError") return "not sent: the gateway refused more requests before";
  const isUnreachable = error.name === "NetworkError" && error.outcome === "not-sent";
  return isUnreachable ? "not sent: the gateway could not be reached before" : undefined;
}

export function failureOf({ name, code, status }: GatewayError): Failure {
  return { name, code, ...(status === undefined ? {} : { status }) };
}

export function outcomeOf(error: GatewayError): Outcome {
  const { outcome } = error;
  const isOpen = outcome === "unknown" || outcome === "partial";
  const applied = error.name === "PartialUpdateError" ? error.applied : [];
  const fields = updateFields.filter((field) => applied.includes(field));
  return { status: isOpen ? "unknown" : "failed", applied: fields, error: failureOf(error) };
}

/** What is said of a defect of one adapter: no reason to leave the other gateways half done. Its message may hold a secret. */
export function defectOf(error: unknown): {
  readonly ending: Ending;
  readonly failure: Failure;
  readonly closes: string;
} {
  const name = error instanceof Error ? error.name : "Error";
  const reason = `the adapter failed in a way that no error of it may: ${name}`;
  return {
    ending: { status: "unknown", notes: [], reason },
    failure: { name, code: "UNEXPECTED" },
    closes: `not sent: before, ${reason}`,
  };
}

export function notesOn(unechoed: FieldFingerprints): Note[] {
  return Object.keys(unechoed).map((field) => ({
    code: "not-echoed",
    message: `${field} was accepted, and the gateway shows another value for it; it is not written again until it changes`,
  }));
}
