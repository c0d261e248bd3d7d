import type { CreationCapability } from "../../contract/capabilities.ts";
import type { CreationField, ProviderCreation } from "../../contract/creation.ts";
import { credentialSchemes } from "../../contract/credential.ts";
import { secret } from "../../contract/secret.ts";
import { type Field, updateFields } from "../../contract/update.ts";
import { CONTRACT, onBench } from "./bench.ts";
import { type ConformanceCase, LEVELS, requireEqual, requireThat } from "./case.ts";
import { aroundLimits, CREDENTIALS, namedBy, refusedBefore, VALUES } from "./refusals.ts";
import { caseOf, creationsOf, type Subject, withoutCreation } from "./subject.ts";

const [, , LEVEL] = LEVELS;

const MORE_VALUES: Readonly<Record<CreationField, unknown>> = {
  ...VALUES,
  slug: "conformance",
  upstream: "conformance",
};

/** What is no creation, whatever the vendor. */
const INVALID: readonly (readonly [string, unknown])[] = [
  ["nothing", undefined],
  ["null", null],
  ["a list", []],
  ["a text", "name"],
];

/** What is wrong about one member of a creation, whatever the vendor. */
const WRONG: Readonly<Record<string, unknown>> = {
  nmae: "a field that is unknown",
  name: null,
  slug: "",
  upstream: 1,
  credential: { scheme: "api_key", apiKey: "plain-text-key" },
  description: undefined,
  requestTimeout: null,
  baseUrl: "https://user:pass@host.test",
};

/** What an adapter must not send to make an object: what it has not declared, and what nobody may. */
export function creationRefusals(subject: Subject): readonly ConformanceCase[] {
  const { creation } = subject.capabilities;
  const [first] = creationsOf(subject);
  const skipped = withoutCreation(subject);
  const titled = (title: string, run: (sample: ProviderCreation, declared: CreationCapability) => Promise<void>) =>
    caseOf(
      LEVEL,
      title,
      async () => {
        if (creation !== undefined && first !== undefined) await run(first.sample.creation, creation);
      },
      skipped,
    );
  return [
    titled("a creation without what it requires is refused, all of it at once", async (sample, { requires }) =>
      refusesLack(subject, sample, requires),
    ),
    titled("a creation with what it does not take is refused", async (sample, declared) =>
      refusesOther(subject, sample, declared),
    ),
    titled("a creation beyond limits is refused", async (sample, { takes }) => holdsLimits(subject, sample, takes)),
    titled("what is no creation is refused", async (sample) => refusesInvalid(subject, sample)),
  ];
}

/** Refused before anything is sent, with every one of these named. */
async function refuses(subject: Subject, what: string, creation: unknown, named: readonly string[]): Promise<void> {
  const error = await refusedBefore(subject, what, (gateway) => {
    // Whoever calls from JavaScript can give anything.
    const call: unknown = Reflect.get(gateway, "create");
    requireThat(typeof call === "function", { problem: "the gateway has no create", source: CONTRACT });
    return Reflect.apply(call, gateway, [creation]);
  });
  const paths = namedBy(error);
  const unnamed = named.filter((field) => !paths.some((path) => path === field || path.startsWith(`${field}.`)));
  requireEqual(unnamed, [], `${what}: what the refusal does not name`, CONTRACT);
}

const without = (sample: ProviderCreation, fields: readonly string[]) =>
  Object.fromEntries(Object.entries(sample).filter(([name]) => !fields.includes(name)));

async function refusesLack(subject: Subject, sample: ProviderCreation, requires: readonly CreationField[]) {
  const required = [...new Set(["name" as const, ...requires])];
  for (const field of required) {
    await refuses(subject, `a creation without ${field}`, without(sample, [field]), [field]);
  }
  const what = "a creation without anything that it requires";
  await refuses(subject, what, without(sample, required), required);
}

async function refusesOther(subject: Subject, sample: ProviderCreation, { takes }: CreationCapability): Promise<void> {
  for (const field of [...updateFields, "slug" as const, "upstream" as const]) {
    if (takes.includes(field)) continue;
    await refuses(subject, `a creation with ${field}`, { ...sample, [field]: MORE_VALUES[field] }, [field]);
  }
  if (!takes.includes("credential")) return;
  for (const scheme of credentialSchemes.filter((each) => !subject.capabilities.schemes[each])) {
    const creation = { ...without(sample, ["connectionId"]), credential: CREDENTIALS[scheme] };
    await refuses(subject, `a creation with the scheme ${scheme}`, creation, ["credential"]);
  }
}

async function holdsLimits(subject: Subject, sample: ProviderCreation, takes: readonly CreationField[]): Promise<void> {
  const { fields } = subject.capabilities;
  const isField = (field: CreationField): field is Field => field !== "slug" && field !== "upstream";
  for (const field of takes.filter(isField)) {
    const { beyond, within } = aroundLimits(field, fields[field].limits ?? {});
    for (const value of beyond) {
      await refuses(subject, `a creation with ${field} beyond its limits`, { ...sample, [field]: value }, [field]);
    }
    await onBench(subject.adapter, subject.fixture, async ({ gateway }) => {
      for (const value of within) gateway.explainCreation?.({ ...sample, [field]: value });
    });
  }
}

async function refusesInvalid(subject: Subject, sample: ProviderCreation): Promise<void> {
  for (const [what, creation] of INVALID) await refuses(subject, `a creation that is ${what}`, creation, []);
  for (const [field, value] of Object.entries(WRONG)) {
    // Another member that excludes this one would be refused with it, or in its place.
    const others = without(sample, field === "credential" ? ["connectionId"] : []);
    await refuses(subject, `a creation with a wrong ${field}`, { ...others, [field]: value }, [field]);
  }
  if (!Object.hasOwn(sample, "credential")) return;
  for (const text of ["", "a\n"]) {
    const creation = { ...sample, credential: { scheme: "api_key", apiKey: secret(text) } };
    await refuses(subject, "a creation with a key that cannot be sent", creation, ["credential"]);
  }
}
