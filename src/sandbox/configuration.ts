/** What is wrong at one place of a sandbox's options. */
export interface ConfigurationIssue {
  /** Where in the options, e.g. `name.seed.providers[0].id`. */
  readonly path: string;
  /** What was expected there. Never the value that was found: it may be a key. */
  readonly message: string;
}

/** The options of a sandbox do not hold; nothing was started. */
export class SandboxConfigurationError extends Error {
  override readonly name = "SandboxConfigurationError";
  readonly code = "sandbox_configuration";
  /** All of them at once, each with its place. */
  readonly issues: readonly ConfigurationIssue[];

  constructor(issues: readonly ConfigurationIssue[]) {
    super(issues.map(({ path, message }) => `${path}: ${message}`).join("\n"));
    this.issues = issues;
  }
}

/** The part of a schema this room needs; a zod schema has it. */
export interface Shape<Value> {
  safeParse(value: unknown):
    | { readonly success: true; readonly data: Value }
    | {
        readonly success: false;
        readonly error: { readonly issues: readonly { readonly path: readonly PropertyKey[]; message: string }[] };
      };
}

export function checked<Value>(shape: Shape<Value>, value: unknown, gateway: string, part: string): Value {
  const outcome = shape.safeParse(value);
  if (outcome.success) return outcome.data;
  throw new SandboxConfigurationError(
    outcome.error.issues.map(({ path, message }) => ({ path: [gateway, part, ...path].reduce(joined, ""), message })),
  );
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function joined(path: string, step: PropertyKey): string {
  if (typeof step === "number") return `${path}[${step}]`;
  return path === "" ? String(step) : `${path}.${String(step)}`;
}
