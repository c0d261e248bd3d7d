import { isGatewayError } from "../../contract/errors.ts";
import type { AnyAdapter, Call, Gateway, ProviderId } from "../../contract/gateway.ts";
import type { ListedProvider } from "../../contract/state.ts";
import { type CheckedConfig, issuesIn, openWithoutToken } from "../config/check.ts";
import { secretsOf } from "../config/desired.ts";
import { referenceText, type SecretReference } from "../config/reference.ts";
import { commentText } from "./comment.ts";
import { type ConfigFrame, type DraftProvider, type GatewayPart, headingBeside, renderConfig } from "./config-text.ts";
import { importCredential } from "./import-credential.ts";
import { importFields } from "./import-fields.ts";
import { type KnownObjects, type KnownSources, knownObjects } from "./known-objects.ts";
import { keyVariable, nameAtGateway, providerName, UniqueNames } from "./names.ts";

/** What an import is made from. It has no method that writes. */
export interface ImportInput extends KnownSources {
  /** The adapter of the entry. */
  readonly adapter: AnyAdapter;
  /** Also what the config binds already. */
  readonly all?: boolean;
}

/** One object of the gateway in the imported config. */
export interface ImportedEntry {
  /** The name that it got. */
  readonly provider: string;
  /** Absent where nothing tells it: the config then has `null`, which no other command takes. */
  readonly id?: ProviderId;
  /** As the gateway shows it. */
  readonly slug?: string;
}

/** A config that says what a gateway holds. */
export interface Imported {
  /** The whole text, as YAML. The same gateway, config and journal give the same text. */
  readonly text: string;
  /** In the order in which the gateway lists them. */
  readonly entries: readonly ImportedEntry[];
  /** How many entries have no id. */
  readonly unknownIds: number;
}

/**
 * Reads a gateway and writes a config over which a plan proposes nothing: every value is one that the gateway showed, that its
 * adapter takes, and that compares as equal. Secrets are in no reply: each becomes a reference to a variable of its own.
 * @throws GatewayError of the reading, with the gateway's name
 */
export async function importGateway(input: ImportInput, call: Call = {}): Promise<Imported> {
  const part = await draftPart(input, new UniqueNames(variablesOf(input)), call);
  return imported([part], { heading: headingBeside(input.entry) });
}

/**
 * The same for several gateways of one config, as the text of a whole config: one that stands by itself, with the
 * `fingerprintKey` of the config that it is made from. What has one name at several gateways gets the gateway's name, too.
 * @throws GatewayError of the reading, with the gateway's name
 */
export async function importGateways(
  checked: CheckedConfig,
  inputs: readonly Omit<ImportInput, "checked">[],
  call: Call = {},
): Promise<Imported> {
  const variables = new UniqueNames(variablesOf({ checked }));
  const parts: GatewayPart[] = [];
  for (const input of inputs) parts.push(await draftPart({ checked, ...input }, variables, call));
  const { fingerprintKey } = checked.config;
  const isEmpty = parts.every(({ providers }) => providers.length === 0);
  return imported(withDistinctNames(parts), {
    heading: isEmpty ? [] : ["What these gateways hold, as a config: a plan over it proposes nothing."],
    ...(fingerprintKey === undefined ? {} : { fingerprintKey: referenceText(fingerprintKey) }),
  });
}

async function draftPart(input: ImportInput, variables: UniqueNames, call: Call): Promise<GatewayPart> {
  const { entry, adapter } = input;
  const { known, listed } = await readAll(input, call);
  const drafter = new Drafter(input, openWithoutToken(adapter, entry.settings), known, variables);
  for (const object of listed) drafter.add(object);
  const { providers, remarks } = drafter;
  return { entry, providers, remarks };
}

function imported(parts: readonly GatewayPart[], frame: ConfigFrame): Imported {
  const entries = parts.flatMap(({ providers }) =>
    providers.map(({ name, id, slug }) => ({
      provider: name,
      ...(id === undefined ? {} : { id }),
      ...(slug === undefined ? {} : { slug }),
    })),
  );
  return {
    text: renderConfig(parts, frame),
    entries,
    unknownIds: entries.filter(({ id }) => id === undefined).length,
  };
}

// Whether two objects of one name are one upstream is for people to say: none is merged into another.
function withDistinctNames(parts: readonly GatewayPart[]): readonly GatewayPart[] {
  const given = parts.flatMap(({ providers }) => providers.map(({ name }) => name));
  const isShared = (name: string) => given.indexOf(name) !== given.lastIndexOf(name);
  const names = new UniqueNames(given);
  return parts.map((part) => ({
    ...part,
    providers: part.providers.map((provider) =>
      isShared(provider.name)
        ? { ...provider, name: names.take(nameAtGateway(provider.name, part.entry.name)) }
        : provider,
    ),
  }));
}

type Listed = ListedProvider<ProviderId>;

async function readAll(input: ImportInput, call: Call): Promise<{ known: KnownObjects; listed: readonly Listed[] }> {
  try {
    const known = await knownObjects(input, call);
    const listed: Listed[] = [];
    for await (const object of input.reader.list(call)) listed.push(object);
    return { known, listed };
  } catch (error) {
    if (isGatewayError(error)) error.gateway = input.entry.name;
    throw error;
  }
}

/** Makes providers of a list's entries, one after the other. */
class Drafter {
  readonly providers: DraftProvider[] = [];
  readonly #leftOut: string[] = [];
  readonly #seen = new Set<string>();
  #bound = 0;
  readonly #input: ImportInput;
  readonly #gateway: Gateway<ProviderId>;
  readonly #known: KnownObjects;
  readonly #names: UniqueNames;
  readonly #variables: UniqueNames;

  constructor(input: ImportInput, gateway: Gateway<ProviderId>, known: KnownObjects, variables: UniqueNames) {
    const { bindings } = input.checked;
    this.#input = input;
    this.#gateway = gateway;
    this.#known = known;
    this.#names = new UniqueNames(bindings.map(({ provider }) => provider));
    this.#variables = variables;
  }

  /** What was left out, and why. */
  get remarks(): readonly string[] {
    const bound = `Left out, because the config binds them already: ${this.#bound}.`;
    return [...(this.#bound === 0 ? [] : [bound]), ...this.#leftOut];
  }

  add(object: Listed): void {
    const identity = this.#identityOf(object);
    if ("problem" in identity) {
      this.#leaveOut(object, identity.problem);
      return;
    }
    const [id] = identity.ids.length === 1 ? identity.ids : [];
    // Pages may shift while they are read.
    const key = JSON.stringify(id ?? object.slug ?? null);
    if (this.#seen.has(key) && key !== "null") return;
    this.#seen.add(key);
    const manager = id === undefined ? undefined : this.#known.managerOf(id);
    if (manager !== undefined && this.#input.all !== true) {
      this.#bound += 1;
      return;
    }
    this.#draft(object, id, identity.ids, manager ?? this.#names.take(providerName(object)));
  }

  #draft(object: Listed, id: ProviderId | undefined, ids: readonly ProviderId[], name: string): void {
    const { capabilities } = this.#gateway;
    const variable = () => this.#variables.take(keyVariable(this.#input.entry.name, name));
    const credential = importCredential(object, capabilities, variable);
    const value = credential !== undefined && "value" in credential ? credential : undefined;
    // An id of no kind: what it cannot say of the fields is not asked.
    const judge = { adapter: this.#input.adapter, gateway: this.#gateway, id: id ?? "" };
    const { fields, notes } = importFields({ ...object, id: judge.id }, value?.value, judge);
    if (Object.keys(fields).length === 0) {
      this.#leaveOut(object, "it shows nothing that a config can say");
      return;
    }
    this.providers.push({
      name,
      fields,
      ...(id === undefined ? {} : { id }),
      ...(object.slug === undefined ? {} : { slug: object.slug }),
      ids,
      notes: credential !== undefined && "note" in credential ? [credential.note, ...notes] : notes,
      ...(value?.remark === undefined ? {} : { credentialRemark: value.remark }),
    });
  }

  /** The ids that an entry may have: none where nothing tells it. */
  #identityOf({ id, slug }: Listed): { readonly ids: readonly ProviderId[] } | { readonly problem: string } {
    if (id === undefined) return { ids: slug === undefined ? [] : this.#known.idsOf(slug) };
    try {
      return { ids: [this.#gateway.parseId(id)] };
    } catch (error) {
      const messages = issuesIn(error).map(({ message }) => message);
      return { problem: `its id cannot be used: ${messages.join("; ")}` };
    }
  }

  #leaveOut({ slug, name }: Listed, reason: string): void {
    this.#leftOut.push(`"${commentText(slug ?? name)}" is left out: ${reason}.`);
  }
}

/** The variables that the config uses already: a key's variable must not be the one that holds a token. */
function variablesOf({ checked: { config, bindings } }: Pick<ImportInput, "checked">): string[] {
  const references: (SecretReference | undefined)[] = [
    config.fingerprintKey,
    ...config.gateways.flatMap(({ secrets }) => secrets.map(({ reference }) => reference)),
    ...bindings.flatMap((binding) => secretsOf(binding).uses.map(({ reference }) => reference)),
  ];
  return references.flatMap((reference) => (reference?.kind === "env" ? [reference.target] : []));
}
