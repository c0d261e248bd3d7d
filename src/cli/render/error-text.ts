import { isGatewayError } from "../../contract/errors.ts";
import { ConfigError, describePlace } from "../../sync/config/config-error.ts";
import { JournalError } from "../../sync/journal/journal-error.ts";
import { plainStyle, type Style } from "../style.ts";
import { explanationOf, gatewayTrouble } from "./gateway-trouble.ts";
import { type Trouble, troubleLines } from "./trouble.ts";

/**
 * An error in words: at most three lines for each thing that is wrong, those of a config by their place. Neighbours with one
 * explanation share it.
 */
export function errorText(error: unknown, style: Style = plainStyle): string {
  const troubles = troublesOf(error);
  return troubles
    .flatMap((trouble, index) => {
      const { place, what, why, advice } = trouble;
      const next = troubles[index + 1];
      const isShared = next !== undefined && next.why === why && next.advice === advice;
      return troubleLines(isShared ? { place, what } : trouble, style);
    })
    .join("\n");
}

/** An error as plain data. */
export function errorData(error: unknown): unknown {
  if (error instanceof ConfigError || error instanceof JournalError) return error;
  if (isGatewayError(error)) {
    const { advice } = explanationOf(error);
    return { ...error.toJSON(), ...(advice === undefined ? {} : { advice }) };
  }
  return { name: error instanceof Error ? error.name : "Error", message: errorText(error) };
}

function troublesOf(error: unknown): readonly Trouble[] {
  if (error instanceof ConfigError) return configTroubles(error);
  if (error instanceof JournalError) return [{ what: error.message, advice: error.advice }];
  // It has a line for each limit, with what to say if it is meant.
  if (isGatewayError(error) && error.name !== "UnsafePlanError") return [gatewayTrouble(error)];
  if (!(error instanceof Error)) return [{ what: "something failed without saying what" }];
  return error.message.split("\n").map((what) => ({ what }));
}

function configTroubles({ problems }: ConfigError): readonly Trouble[] {
  const files = [...new Set(problems.map(({ file }) => file))];
  const sorted = problems.toSorted((left, right) => {
    return files.indexOf(left.file) - files.indexOf(right.file) || left.line - right.line || left.column - right.column;
  });
  return sorted.map(({ path, message, why, advice, ...place }) => {
    return { place: describePlace(place), what: path === "" ? message : `${path}: ${message}`, why, advice };
  });
}
