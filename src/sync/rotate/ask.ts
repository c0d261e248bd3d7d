import type { Call } from "../../contract/gateway.ts";
import type { Secret } from "../../contract/secret.ts";
import type { CheckedBinding } from "../config/check.ts";
import { placeOf, type VerifyKey } from "./rotation.ts";

/**
 * What the user's check says against a key, or undefined. What it throws may hold the key: only its kind is shown. One that
 * never answers is given up when the call is aborted.
 */
export async function ask(
  verify: VerifyKey,
  binding: CheckedBinding,
  key: Secret,
  call: Call,
): Promise<string | undefined> {
  try {
    const answer = await unlessAborted(async () => verify(placeOf(binding), key, call), call.signal);
    return answer ? undefined : "says no";
  } catch (error) {
    return `could not be made (${kindOf(error)})`;
  }
}

function unlessAborted<Result>(work: () => Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal?.reason);
    if (signal?.aborted) return giveUp();
    signal?.addEventListener("abort", giveUp, { once: true });
    work()
      .then(resolve, reject)
      .finally(() => signal?.removeEventListener("abort", giveUp));
  });
}

function kindOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "unknown";
  const names: unknown[] = ["code" in error && error.code, "name" in error && error.name];
  return names.filter((name) => typeof name === "string").find((name) => /^\w{1,40}$/.test(name)) ?? "unknown";
}
