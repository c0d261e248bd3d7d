import { z } from "zod";
import { InvalidInputError } from "./errors.ts";

const BRAND = Symbol.for("gatefold.Secret");
const REDACTED = "[redacted]";

/**
 * A value that must not be seen: a provider's key, a gateway's token.
 * It prints `[redacted]` through `String`, JSON, template literals and `util.inspect`; `reveal()` is the only way out.
 */
export interface Secret {
  /** The text itself. Call it only where the text leaves for its destination. */
  reveal(): string;
  /** `[redacted]`. */
  toString(): string;
  /** `[redacted]`. */
  toJSON(): string;
}

class HiddenText implements Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    Object.defineProperty(this, BRAND, { value: true });
    Object.freeze(this);
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return REDACTED;
  }
}

/**
 * Wraps a text as a {@link Secret}. Any string is taken; whether it is empty or has a line break is judged where it is used.
 * @throws InvalidInputError when it is given something else, such as an environment variable that is not set.
 */
export function secret(text: string): Secret {
  if (typeof text !== "string") {
    const kind = text === null ? "null" : typeof text;
    throw new InvalidInputError("gatefold", [
      { path: "secret", message: `secret() takes a string, got ${kind}; is the environment variable set?` },
    ]);
  }
  return new HiddenText(text);
}

/** Whether a value is a {@link Secret}, also one made by another copy of this package. */
export function isSecret(value: unknown): value is Secret {
  return (
    typeof value === "object" &&
    value !== null &&
    BRAND in value &&
    value[BRAND] === true &&
    "reveal" in value &&
    typeof value.reveal === "function"
  );
}

/** A field that takes a {@link Secret} and nothing else; a plain string is refused without being shown. */
export const secretSchema = z.custom<Secret>(isSecret, { error: "expected a Secret, made by secret(text)" });
