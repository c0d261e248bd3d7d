import { z } from "zod";
import { InvalidInputError, type Issue } from "../../contract/errors.ts";
import { type AnyAdapter, CONTRACT_VERSION } from "../../contract/gateway.ts";
import type { Secret } from "../../contract/secret.ts";
import { guardGateway } from "./guard-gateway.ts";
import { ownError } from "./own-error.ts";
import { capabilitiesShape, plainCopy } from "./shapes.ts";
import { type Redaction, secretsIn, shortLine, thrownLine, thrownText } from "./words.ts";

type Method = (...parameters: readonly unknown[]) => unknown;
const method = z.custom<Method>((value) => typeof value === "function", { error: "expected a function" });

// Not the stranger's own copy of zod: what answers like a schema is one.
const schemaLike = z.custom<{ readonly safeParse: Method }>(
  (value) =>
    typeof value === "object" && value !== null && "safeParse" in value && typeof value.safeParse === "function",
  { error: "expected a schema with safeParse" },
);

const adapterShape = z.object({
  // A line of its own in every report, and part of the journal.
  name: z
    .string({ error: "expected a text" })
    .regex(
      /^[^\s\p{C}](?:[^\p{C}\p{Zl}\p{Zp}]{0,98}[^\s\p{C}])?$/u,
      "expected a text of 1 to 100 printable characters",
    ),
  hosts: z.array(z.string(), { error: "expected a list of texts" }),
  settings: schemaLike,
  capabilities: method,
  open: method,
});
type AdapterShape = z.output<typeof adapterShape>;

const versionShape = z.int().min(1);
const MEMBERS = ["name", "contractVersion", "hosts", "settings", "capabilities", "open"] as const;

/**
 * An adapter that keeps the contract, whatever the stranger's does; or why it is none. What the stranger's adapter throws
 * becomes a GatewayError, and what it gives is checked.
 */
export function guardAdapter(
  candidate: object,
  redaction: Redaction,
): { readonly adapter: AnyAdapter } | { readonly problem: string } {
  const members = membersOf(candidate);
  if (members === undefined) return { problem: "the adapter cannot be read" };
  const { contractVersion } = members;
  if (versionShape.safeParse(contractVersion).success && Number(contractVersion) > CONTRACT_VERSION) {
    const version = String(contractVersion);
    return {
      problem: `was written for contract ${version}, and this gatefold knows ${CONTRACT_VERSION}: update gatefold`,
    };
  }
  const lacking = MEMBERS.filter((name) => members[name] === undefined);
  if (lacking.length > 0) return { problem: `the adapter lacks ${lacking.join(", ")}` };
  if (!versionShape.safeParse(contractVersion).success) {
    return { problem: "the adapter is wrong: contractVersion: expected a positive whole number" };
  }
  const shape = adapterShape.safeParse(members);
  if (!shape.success) {
    const issues = shape.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    return { problem: `the adapter is wrong: ${issues.join("; ")}` };
  }
  const adapter = guarded(candidate, shape.data, redaction);
  try {
    adapter.capabilities();
    return { adapter };
  } catch (error) {
    return {
      problem:
        error instanceof InvalidInputError
          ? error.issues.map(({ message }) => message).join("; ")
          : shortLine(thrownText(error)),
    };
  }
}

// Read once: what is judged is what is used.
function membersOf(candidate: object): Readonly<Record<(typeof MEMBERS)[number], unknown>> | undefined {
  try {
    const [name, contractVersion, hosts, settings, capabilities, open] = MEMBERS.map((each): unknown =>
      Reflect.get(candidate, each),
    );
    return { name, contractVersion, hosts, settings, capabilities, open };
  } catch {
    return undefined;
  }
}

function guarded(target: object, shape: AdapterShape, redaction: Redaction): AnyAdapter {
  const { name, hosts } = shape;
  const refuse = (message: string) => new InvalidInputError(name, [{ path: "", message }]);
  return {
    name,
    contractVersion: CONTRACT_VERSION,
    hosts,
    settings: z.unknown().superRefine((settings, context) => {
      for (const { path, message } of settingIssues(shape, settings, redaction)) {
        context.addIssue({ code: "custom", path: path === "" ? [] : path.split("."), message });
      }
    }),

    capabilities(settings) {
      const secrets = secretsIn(settings);
      const given = attempt(() => Reflect.apply(shape.capabilities, target, settings === undefined ? [] : [settings]));
      if ("thrown" in given) {
        const why = `the adapter failed to tell its capabilities: ${thrownLine(given.thrown, secrets, redaction)}`;
        throw ownError(given.thrown, secrets, redaction) ?? refuse(why);
      }
      const capabilities = plainCopy(capabilitiesShape, given.value);
      if ("value" in capabilities) return capabilities.value;
      throw refuse(`the capabilities of the adapter are wrong: ${capabilities.problem}`);
    },

    open(settings) {
      const secrets = secretsIn(settings);
      const opened = attempt(() => Reflect.apply(shape.open, target, [settings]));
      const own = "thrown" in opened ? ownError(opened.thrown, secrets, redaction) : undefined;
      if (own !== undefined) throw own;
      // The adapter's own schema says better what is wrong, and whether what it opened may be used.
      const issues = settingIssues(shape, settings, redaction);
      if (issues.length > 0) throw new InvalidInputError(name, issues);
      if ("thrown" in opened) throw refuse(`the adapter failed: ${thrownLine(opened.thrown, secrets, redaction)}`);
      return guardGateway(opened.value, { adapter: name, secrets, redaction });
    },
  };
}

function attempt(work: () => unknown): { readonly value: unknown } | { readonly thrown: unknown } {
  try {
    return { value: work() };
  } catch (thrown) {
    return { thrown };
  }
}

const parsedShape = z.object({
  success: z.boolean(),
  error: z
    .object({
      issues: z.array(
        z.object({
          path: z.array(z.union([z.string(), z.number()])),
          message: z.string(),
          keys: z.array(z.string()).optional(),
        }),
      ),
    })
    .optional(),
});

/** What the adapter's schema has against settings. */
function settingIssues({ settings: schema }: AdapterShape, settings: unknown, redaction: Redaction): readonly Issue[] {
  const secrets: readonly Secret[] = secretsIn(settings);
  const given = attempt(() => schema.safeParse(settings));
  if ("thrown" in given) {
    const why = thrownLine(given.thrown, secrets, redaction);
    return [{ path: "", message: `the adapter failed to judge its settings: ${why}` }];
  }
  const parsed = parsedShape.safeParse(given.value);
  if (!parsed.success)
    return [{ path: "", message: "the adapter failed to judge its settings: its schema gave no result" }];
  if (parsed.data.success) return [];
  const issues = parsed.data.error?.issues ?? [];
  const found = issues.flatMap(({ path, message, keys }): Issue[] => {
    if (keys !== undefined) return keys.map((key) => ({ path: [...path, key].join("."), message: "unknown field" }));
    return [{ path: path.join("."), message: shortLine(redaction.text(message, secrets)) }];
  });
  return found.length > 0 ? found : [{ path: "", message: "the adapter takes no such settings" }];
}
