import type { Limits } from "../../contract/capabilities.ts";
import type { Credential, CredentialScheme } from "../../contract/credential.ts";
import { credentialSchemes } from "../../contract/credential.ts";
import type { GatewayError } from "../../contract/errors.ts";
import type { Gateway, ProviderId } from "../../contract/gateway.ts";
import { secret } from "../../contract/secret.ts";
import { type Field, type ProviderUpdate, updateFields } from "../../contract/update.ts";
import { all, CONTRACT, failureOf, onBench } from "./bench.ts";
import { type ConformanceCase, LEVELS, requireEqual, requireThat } from "./case.ts";
import { caseOf, type Subject } from "./subject.ts";

const [, , LEVEL] = LEVELS;

const KEY = secret("conformance-key");
export const CREDENTIALS: { readonly [Scheme in CredentialScheme]: Credential } = {
  api_key: { scheme: "api_key", apiKey: KEY },
  bedrock_api_key: { scheme: "bedrock_api_key", apiKey: KEY },
  aws_role: { scheme: "aws_role", roleArn: "arn:aws:iam::123456789012:role/gateway" },
  aws_keys: { scheme: "aws_keys", accessKeyId: "AKIAEXAMPLE", secretAccessKey: KEY },
  google_adc: { scheme: "google_adc" },
  google_service_account: {
    scheme: "google_service_account",
    serviceAccount: secret('{"type":"service_account","client_email":"bot@example.test","private_key":"key"}'),
  },
  google_impersonation: { scheme: "google_impersonation", targetServiceAccount: "bot@example.test" },
  oauth_passthrough: { scheme: "oauth_passthrough" },
};

export const VALUES: Required<ProviderUpdate> = {
  name: "Conformance",
  description: "A text",
  metadata: { team: "ml" },
  baseUrl: "https://conformance.test/v1",
  credential: CREDENTIALS.api_key,
  connectionId: "connection-1",
  requestTimeout: 30,
  streamIdleTimeout: 30,
  enabled: true,
  native: { no_such_member: 1 },
};

/** What is no update at all, whatever the vendor. */
const INVALID: readonly (readonly [string, unknown])[] = [
  ["nothing", {}],
  ["null", null],
  ["a list", []],
  ["a text", "name"],
  ["an unknown field", { name: "A", nmae: "B" }],
  ["an explicit undefined", { name: undefined }],
  ["an empty name", { name: "" }],
  ["a name that is a number", { name: 1 }],
  ["a key that is plain text", { credential: { scheme: "api_key", apiKey: "plain-text-key" } }],
  ["an empty key", { credential: { scheme: "api_key", apiKey: secret("") } }],
  ["a key with a line break", { credential: { scheme: "api_key", apiKey: secret("a\n") } }],
  ["an unknown scheme", { credential: { scheme: "no_such_scheme", apiKey: KEY } }],
  ["a timeout that is a text", { requestTimeout: "30" }],
  ["a timeout of half a second", { requestTimeout: 0.5 }],
  ["a base URL with user info", { baseUrl: "https://user:pass@host.test" }],
  ["a detach without a new credential", { connectionId: null }],
  ["a connection and a credential", { connectionId: "c", credential: CREDENTIALS.api_key }],
];

/** What an adapter must not send: what it has not declared, and what nobody may. */
export function refusals(subject: Subject): readonly ConformanceCase[] {
  const { capabilities } = subject;
  const titled = (title: string, run: () => Promise<void>) => caseOf(LEVEL, title, run);
  // Where a field can be written, its own cases stand among the writes: they are not skipped here, but there.
  const cases = (field: Field): readonly ConformanceCase[] => {
    const { set, clear, limits, requires = [] } = capabilities.fields[field];
    const refuse = (what: string, value: unknown) =>
      titled(`${field}: ${what} is refused`, () => isRefused(subject, field, value));
    return [
      ...(set ? [] : [refuse("set", VALUES[field])]),
      ...(clear ? [] : [refuse("clear", null)]),
      ...(set && limits !== undefined
        ? [titled(`${field}: beyond its limits is refused`, () => holdsLimits(subject, field, limits))]
        : []),
      ...(requires.length > 0
        ? [titled(`${field}: without what it requires is refused`, () => holdsRequirements(subject, field))]
        : []),
    ];
  };
  return [
    ...updateFields.flatMap(cases),
    ...credentialSchemes
      .filter((scheme) => !capabilities.schemes[scheme])
      .map((scheme) =>
        titled(`the scheme ${scheme} is refused`, () => isRefused(subject, "credential", CREDENTIALS[scheme])),
      ),
    titled("what is no update is refused", () => refusesInvalid(subject)),
    titled("an id of another kind is refused", () => refusesIds(subject)),
    titled("an id cannot lead to another path", () => staysOnPath(subject)),
  ];
}

/** Refused before anything is sent, with the field named. */
async function isRefused(subject: Subject, field: Field, value: unknown): Promise<void> {
  // Detaching needs a credential: without one it is invalid, which is another case.
  const beside = field === "connectionId" && value === null ? { credential: CREDENTIALS.api_key } : {};
  const error = await refusalOf(
    subject,
    { [field]: value, ...beside },
    `${field}: ${value === null ? "null" : "a value"}`,
  );
  const named = namedBy(error);
  requireThat(
    named.some((path) => path === field || path.startsWith(`${field}.`)),
    {
      problem: `the refusal of ${field} does not name it`,
      found: named,
      source: CONTRACT,
    },
  );
}

async function refusalOf(
  subject: Subject,
  update: unknown,
  what: string,
  id: unknown = subject.fixture.objects[0].id,
): Promise<GatewayError> {
  return refusedBefore(subject, what, (gateway) => {
    // Whoever calls from JavaScript can give anything.
    const call = Reflect.get(gateway, "update") as (id: unknown, update: unknown) => Promise<unknown>;
    return Reflect.apply(call, gateway, [id, update]);
  });
}

/** The refusal of a call before anything is sent. */
export async function refusedBefore(
  { adapter, fixture }: Subject,
  what: string,
  call: (gateway: Gateway<ProviderId>) => unknown,
): Promise<GatewayError> {
  return onBench(adapter, fixture, async ({ gateway, server }) => {
    const error = await failureOf(() => call(gateway), what, CONTRACT);
    requireEqual(
      server.requests.map(({ method, path }) => `${method} ${path}`),
      [],
      `${what}: the requests on the wire`,
      CONTRACT,
    );
    const isRefusal = error.name === "UnsupportedFieldError" || error.name === "InvalidInputError";
    requireThat(isRefusal && error.outcome === "not-sent" && !error.retryable, {
      problem: what,
      expected: "UnsupportedFieldError or InvalidInputError, not-sent, not retryable",
      found: error,
      source: CONTRACT,
    });
    requireThat(!JSON.stringify(error).includes("plain-text-key"), {
      problem: `${what}: the error shows it`,
      source: CONTRACT,
    });
    return error;
  });
}

/** Every path that a refusal names. */
export function namedBy(error: GatewayError): readonly string[] {
  if (error.name === "UnsupportedFieldError") return error.fields;
  return "issues" in error ? error.issues.map(({ path }) => path) : [];
}

/** Values beyond a field's limits, and values that are just within. */
export function aroundLimits(field: Field, { minimum, maximum, maxLength }: Limits) {
  // Of a text that is no URL its length would not be what is refused.
  const start = field === "baseUrl" ? "https://a.test/" : "";
  // A character outside the basic plane is one character, though it has two code units.
  const longest = maxLength === undefined ? [] : [start + "😀".repeat(Math.max(0, maxLength - start.length))];
  return {
    beyond: [
      ...(minimum === undefined ? [] : [minimum - 1]),
      ...(maximum === undefined ? [] : [maximum + 1]),
      ...longest.map((text) => `${text}x`),
    ],
    within: [minimum, maximum, ...longest].filter((each) => each !== undefined),
  };
}

async function holdsLimits(subject: Subject, field: Field, limits: Limits): Promise<void> {
  const sample = subject.fixture.fields[field]?.set.update ?? {};
  const { beyond, within } = aroundLimits(field, limits);
  for (const value of beyond) await refusalOf(subject, { ...sample, [field]: value }, `${field}: beyond its limits`);
  const { adapter, fixture } = subject;
  await onBench(adapter, fixture, async ({ gateway }) => {
    for (const value of within) gateway.explain(fixture.objects[0].id, { ...sample, [field]: value });
  });
}

async function holdsRequirements(subject: Subject, field: Field): Promise<void> {
  const sample = subject.fixture.fields[field]?.set.update ?? {};
  for (const requirement of subject.capabilities.fields[field].requires ?? []) {
    const without = Object.fromEntries(Object.entries(sample).filter(([name]) => name !== requirement.field));
    await refusalOf(subject, without, `${field} without ${requirement.field}`);
  }
}

async function refusesInvalid(subject: Subject): Promise<void> {
  for (const [what, update] of INVALID) await refusalOf(subject, update, `an update that is ${what}`);
}

async function refusesIds(subject: Subject): Promise<void> {
  const update = anyUpdate(subject);
  for (const id of [...subject.fixture.refusedIds, "", ".", "..", null, {}]) {
    await refusalOf(subject, update, `the id ${JSON.stringify(id)}`, id);
  }
}

const anyUpdate = ({ fixture }: Subject): ProviderUpdate =>
  Object.values(fixture.fields).find(({ set }) => set.id === undefined)?.set.update ?? { name: "Conformance" };

const HOSTILE = [
  "a/b",
  "../a",
  "a/../b",
  "%2e%2e",
  "%2e%2e%2f",
  "a%2Fb",
  "a b",
  "a?b=1",
  "a#b",
  "a;b",
  "a\\b",
  "é",
  "//host.test/a",
  "https://host.test/a",
  "x".repeat(1024 * 1024),
];

/** Each hostile id is refused, or stands in the path as one encoded segment: no request goes anywhere else. */
async function staysOnPath({ adapter, fixture }: Subject): Promise<void> {
  const [{ id }] = fixture.objects;
  const update = anyUpdate({ adapter, fixture } as Subject);
  const known = Object.values(fixture.fields).flatMap(({ set }) => set.requests.map(({ path }) => path));
  await onBench(adapter, fixture, async ({ gateway, server }) => {
    await gateway.get(id);
    // Where an object is found by reading the list, every page of it is a place to look for one.
    await all(gateway.list());
    const templates = [...known, ...server.requests.map(({ path }) => path)];
    for (const hostile of HOSTILE) {
      const before = server.requests.length;
      const call = Reflect.get(gateway, "update") as (id: unknown, update: unknown) => Promise<unknown>;
      await failureOf(
        () => Reflect.apply(call, gateway, [hostile, update]),
        `the id ${hostile.slice(0, 40)}`,
        CONTRACT,
      );
      const encoded = encodeURIComponent(hostile);
      const allowed = new Set(templates.map((path) => path.split(encodeURIComponent(String(id))).join(encoded)));
      const astray = server.requests.slice(before).filter(({ path }) => !allowed.has(path));
      requireEqual(
        astray.map(({ method, path }) => `${method} ${path.slice(0, 200)}`),
        [],
        `where the id ${hostile.slice(0, 40)} leads`,
        CONTRACT,
      );
    }
  });
}
