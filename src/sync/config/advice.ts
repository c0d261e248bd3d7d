import { nearestName } from "../../contract/nearest.ts";
import type { SecretReference } from "./reference.ts";

/** Why something waits for `--trust-config`, and how to give it. */
export const TRUST_ADVICE = {
  why: "a config may come from a stranger, so without trust it runs nothing, and sends and reads nothing elsewhere",
  advice: "if you trust whoever wrote it, give --trust-config, or set GATEFOLD_TRUST_CONFIG=1",
} as const;

const MOST_NAMES = 10;

/** What to do about a name that is none of these. */
export function nameAdvice(name: string, known: readonly string[]): { readonly advice?: string } {
  const names = [...new Set(known)];
  const meant = nearestName(name, names);
  if (meant !== undefined) return { advice: `did you mean ${meant}?` };
  if (names.length === 0) return {};
  const others = names.length - MOST_NAMES;
  return { advice: `there are ${names.slice(0, MOST_NAMES).join(", ")}${others > 0 ? ` and ${others} more` : ""}` };
}

/** What to do about a secret that is not there. A command is not repeated: it may hold one. */
export function secretAdvice({ kind, target }: SecretReference): { readonly advice: string } {
  const advice: Readonly<Record<SecretReference["kind"], string>> = {
    env: `set ${target} where this command runs, or refer to another place: env:NAME, file:PATH or exec:COMMAND`,
    file: `write the secret into ${target}, alone, and readable by whoever runs this command`,
    exec: "run the command by hand from the config's folder: it should print the secret, alone, and end with 0",
    vault: "see that whoever resolves such references knows this one",
  };
  return { advice: advice[kind] };
}
