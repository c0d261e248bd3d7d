import { z } from "zod";
import type { Json } from "../contract/json.ts";
import type { Secret } from "../contract/secret.ts";

/** A value of a `native` field in an adapter's own schema: the contract has made sure that it is JSON or a Secret. */
export const nativeValue = z.custom<Json | Secret>((value) => value !== undefined, {
  error: "expected JSON or a Secret",
});
