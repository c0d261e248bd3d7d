import type { Call } from "../../contract/gateway.ts";
import type { Secret } from "../../contract/secret.ts";
import type { CheckedBinding } from "../config/check.ts";
import { placeOf, type VerifyKey } from "./rotation.ts";

/** What the user's check says against a key, or undefined. What it throws may hold the key: only its kind is shown. */
export async function ask(
  verify: VerifyKey,
  binding: CheckedBinding,
  key: Secret,
  call: Call,
): Promise<string | undefined> {
  try {
    return (await verify(placeOf(binding), key, call)) ? undefined : "says no";
  } catch (error) {
    return `could not be made (${kindOf(error)})`;
  }
}

function kindOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "unknown";
  const names: unknown[] = ["code" in error && error.code, "name" in error && error.name];
  return names.filter((name) => typeof name === "string").find((name) => /^\w{1,40}$/.test(name)) ?? "unknown";
}
