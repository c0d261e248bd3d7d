import { credentialSchemes } from "../../contract/credential.ts";
import { CONTRACT_VERSION } from "../../contract/gateway.ts";
import { secret } from "../../contract/secret.ts";
import { type Field, updateFields } from "../../contract/update.ts";
import { CONTRACT, failureOf, onBench } from "./bench.ts";
import { type ConformanceCase, LEVELS, requireEqual, requireThat } from "./case.ts";
import { caseOf, declaredBy, type Subject, writesOf } from "./subject.ts";

const [LEVEL] = LEVELS;
const TOKEN = secret("conformance-token");

/** What an adapter says of itself, and what it takes as settings and ids: nothing of it needs the network. */
export function declares(subject: Subject): readonly ConformanceCase[] {
  const titled = (title: string, run: () => Promise<void>) => caseOf(LEVEL, title, run);
  return [
    titled("is an adapter of this contract", () => isAdapter(subject)),
    titled("declares every field and every scheme, without a contradiction", () => isTotal(subject)),
    titled("declares what the fixture tells, and nothing else", () => isCovered(subject)),
    titled("declares a creation, a removal and sharing that the fixture tells of too", () => tellsWhatMore(subject)),
    titled("has the methods that its capabilities declare, and no other", () => hasMethods(subject)),
    titled("says the same of itself before and after it is opened", () => isSame(subject)),
    titled("refuses settings that are unknown or malformed", () => refusesSettings(subject)),
    titled("takes the settings that all adapters have", () => takesCommonSettings(subject)),
    titled("takes ids of its own kind and refuses every other", () => judgesIds(subject)),
    titled("sends nothing before it is told to", () => sendsNothing(subject)),
  ];
}

async function isAdapter({ adapter }: Subject): Promise<void> {
  const shape = {
    name: typeof adapter.name === "string" && /^[a-z0-9][a-z0-9._-]*$/.test(adapter.name),
    contractVersion: adapter.contractVersion === CONTRACT_VERSION,
    hosts:
      Array.isArray(adapter.hosts) && adapter.hosts.every((host: unknown) => typeof host === "string" && host !== ""),
    settings: typeof adapter.settings?.safeParse === "function",
    capabilities: typeof adapter.capabilities === "function",
    open: typeof adapter.open === "function",
  };
  const wrong = Object.entries(shape).flatMap(([member, holds]) => (holds ? [] : [member]));
  requireEqual(wrong, [], "members of the adapter that are not what the contract asks for", CONTRACT);
}

async function isTotal({ adapter, fixture }: Subject): Promise<void> {
  const capabilities = declaredBy(adapter, fixture);
  requireEqual(Object.keys(capabilities.fields).sort(), [...updateFields].sort(), "the declared fields", CONTRACT);
  requireEqual(
    Object.keys(capabilities.schemes).sort(),
    [...credentialSchemes].sort(),
    "the declared schemes",
    CONTRACT,
  );
  for (const field of updateFields) {
    const { set, clear, limits = {}, writtenWith = [], requires = [] } = capabilities.fields[field];
    const { minimum = 0, maximum = Number.POSITIVE_INFINITY } = limits;
    const others = [...writtenWith, ...requires.map((requirement) => requirement.field)];
    const contradictions = [
      ...(clear && !set ? ["it can be cleared, and not set"] : []),
      ...(minimum > maximum ? ["its smallest value is over its largest"] : []),
      ...others
        .filter((other) => !capabilities.fields[other]?.set)
        .map((other) => `it needs ${other}, which cannot be set`),
      ...(others.includes(field) ? ["it needs itself"] : []),
    ];
    requireEqual(contradictions, [], `the declaration of ${field} contradicts itself`, CONTRACT);
  }
  const takesScheme = Object.values(capabilities.schemes).includes(true);
  requireThat(takesScheme === capabilities.fields.credential.set, {
    problem: "credentials can be set if, and only if, there is a scheme that can be",
    source: CONTRACT,
  });
}

async function isCovered(subject: Subject): Promise<void> {
  const { capabilities, fixture } = subject;
  const declared = updateFields.flatMap((field) => {
    const { set, clear } = capabilities.fields[field];
    return [...(set ? [`${field}: set`] : []), ...(clear ? [`${field}: clear`] : [])];
  });
  const told = writesOf(subject).flatMap(({ title }) => (title.includes("scheme") ? [] : [title]));
  requireEqual(declared, told, "what the capabilities declare, and what the fixture tells", fixture.source);
  const samples = [
    fixture.fields.credential?.set.update,
    ...Object.values(fixture.schemes).map(({ update }) => update),
  ];
  const schemes = new Set(samples.flatMap((update) => update?.credential?.scheme ?? []));
  requireEqual(
    credentialSchemes.filter((scheme) => capabilities.schemes[scheme]),
    credentialSchemes.filter((scheme) => schemes.has(scheme)),
    "the schemes that the capabilities declare, and those that the fixture tells",
    fixture.source,
  );
  for (const { title, field, kind, write, source } of writesOf(subject)) {
    const hasValue = kind === "set" && Object.hasOwn(write.update, field) && write.update[field] !== null;
    const isCleared = kind === "clear" && write.update[field] === null;
    requireThat(hasValue || isCleared, { problem: `${title}: the fixture's own update does not do that`, source });
    const needed = (capabilities.fields[field].requires ?? []).map((requirement) => requirement.field);
    const missing = needed.filter((other: Field) => !Object.hasOwn(write.update, other));
    requireEqual(missing, [], `${title}: the fixture's own update lacks what the capabilities require`, source);
  }
}

/** What goes beyond updates: it is optional, and so it is told twice. */
async function tellsWhatMore({ capabilities, fixture }: Subject): Promise<void> {
  const { creation, removes = false, shared = false } = capabilities;
  const declared = { creation: creation !== undefined, removal: removes, users: shared };
  const told = {
    creation: fixture.creations !== undefined,
    removal: fixture.removal !== undefined,
    users: fixture.users !== undefined,
  };
  requireEqual(
    declared,
    told,
    "what the capabilities declare beyond updates, and what the fixture tells",
    fixture.source,
  );
  const isUsed = (fixture.users ?? []).map(({ users }) => users.length > 0);
  requireThat(isUsed.length === 0 || (isUsed.includes(true) && isUsed.includes(false)), {
    problem: "the fixture's users must be of an object that is used, and of one that is not",
    source: fixture.source,
  });
  if (creation === undefined) return;
  const { requires, takes } = creation;
  requireEqual(new Set(takes).size, takes.length, "how many fields a creation takes, each once", CONTRACT);
  const apart = ["name" as const, ...requires].filter((field) => !takes.includes(field));
  requireEqual(apart, [], "what a creation requires and does not take", CONTRACT);
  const samples = (fixture.creations ?? []).map((sample) => sample.creation);
  for (const sample of samples) {
    const lacking = requires.filter((field) => !Object.hasOwn(sample, field));
    requireEqual(lacking, [], "what the fixture's own creation lacks", fixture.source);
  }
  const given = new Set(samples.flatMap((sample) => Object.keys(sample)));
  requireEqual([...given].sort(), [...takes].sort(), "the fields of the fixture's creations, together", fixture.source);
}

const MORE_METHODS = ["create", "explainCreation", "remove", "usedBy"] as const;

async function hasMethods({ adapter, fixture, capabilities }: Subject): Promise<void> {
  const { creation, removes, shared } = capabilities;
  const declared = [
    ...(creation === undefined ? [] : ["create", "explainCreation"]),
    ...(removes === true ? ["remove"] : []),
    ...(shared === true ? ["usedBy"] : []),
  ];
  await onBench(adapter, fixture, async ({ gateway }) => {
    const found = MORE_METHODS.filter((name) => name in gateway && gateway[name] !== undefined);
    requireEqual(found, declared, "the methods that a gateway has beyond updates", CONTRACT);
  });
}

async function isSame({ adapter, fixture, capabilities }: Subject): Promise<void> {
  await onBench(adapter, fixture, async ({ gateway }) => {
    requireEqual(gateway.adapter, adapter.name, "the name that the gateway gives", CONTRACT);
    requireEqual(gateway.capabilities, capabilities, "the capabilities that the gateway gives", CONTRACT);
  });
}

async function refusesSettings({ adapter, fixture }: Subject): Promise<void> {
  await onBench(adapter, fixture, async ({ server }) => {
    const settings = fixture.settings(server);
    const { token: _token, ...withoutToken } = settings;
    const refusals: readonly (readonly [string, unknown, string])[] = [
      ["no token", withoutToken, "MissingSettingError"],
      ["an unknown setting", { ...settings, noSuchSetting: 1 }, "InvalidInputError"],
      ["a token that is plain text", { ...settings, token: "plain-text-token" }, "InvalidInputError"],
      ["an empty token", { ...settings, token: secret("") }, "InvalidInputError"],
      ["a token with a line break", { ...settings, token: secret("a\nb") }, "InvalidInputError"],
      ["a base URL with user info", { ...settings, baseUrl: "https://user:pass@host.test" }, "InvalidInputError"],
      ["a base URL that is none", { ...settings, baseUrl: "host.test" }, "InvalidInputError"],
      ["a timeout of 0", { ...settings, timeoutMs: 0 }, "InvalidInputError"],
      ["no settings at all", undefined, "InvalidInputError"],
    ];
    for (const [what, given, expected] of refusals) {
      const error = await failureOf(() => adapter.open(given), `opened with ${what}`, CONTRACT);
      const isRefusal = error.name === expected || error.name === "MissingSettingError";
      requireThat(isRefusal, { problem: `opened with ${what}`, expected, found: error, source: CONTRACT });
      requireThat(!JSON.stringify(error).includes("plain-text-token"), {
        problem: "the error shows the token that was given",
        source: CONTRACT,
      });
    }
  });
}

async function takesCommonSettings({ adapter, fixture }: Subject): Promise<void> {
  const common = {
    token: () => TOKEN,
    timeoutMs: 1000,
    retry: { attempts: 1, budgetMs: 2000 },
    rateLimit: { requests: 10, perMs: 1000 },
    proxy: false,
    userAgent: "conformance/1",
  };
  await onBench(adapter, fixture, async ({ server }) => {
    adapter.open({ ...fixture.settings(server), ...common });
    requireEqual(server.requests.length, 0, "requests that opening it sent", CONTRACT);
  });
}

async function judgesIds({ adapter, fixture }: Subject): Promise<void> {
  await onBench(adapter, fixture, async ({ gateway, server }) => {
    for (const { id } of fixture.objects) {
      requireEqual(gateway.parseId(id), id, "the id of one of the fixture's objects, parsed", fixture.source);
      requireEqual(gateway.parseId(String(id)), id, "the same as text, as a config may have it", fixture.source);
    }
    const refused = [...fixture.refusedIds, "", ".", "..", null, undefined, {}, [], true, 1.5, Number.NaN, "a\nb"];
    for (const id of refused) {
      const what = `the id ${JSON.stringify(id)}`;
      const error = await failureOf(() => gateway.parseId(id), what, fixture.source);
      requireThat(error.name === "InvalidInputError", {
        problem: `${what} is refused otherwise than as invalid input`,
        found: error,
        source: CONTRACT,
      });
    }
    requireEqual(server.requests.length, 0, "requests that parsing ids sent", CONTRACT);
  });
}

async function sendsNothing(subject: Subject): Promise<void> {
  const { adapter, fixture } = subject;
  const [{ id }] = fixture.objects;
  await onBench(adapter, fixture, async ({ gateway, server }) => {
    await gateway.get(id);
    const forGet = server.requests.length;
    adapter.capabilities();
    for (const { write } of writesOf(subject)) gateway.explain(write.id ?? id, write.update);
    // Whatever was sent meanwhile arrives before the answer to what is sent last.
    await gateway.get(id);
    requireEqual(server.requests.length - 2 * forGet, 0, "requests that opening and explaining sent", CONTRACT);
  });
}
