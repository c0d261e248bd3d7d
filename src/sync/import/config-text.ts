import type { ProviderId } from "../../contract/gateway.ts";
import { givenFields } from "../../contract/update.ts";
import type { GatewayEntry } from "../config/config.ts";
import { DEFAULT_CONCURRENCY } from "../config/config-fields.ts";
import { commentText } from "./comment.ts";
import type { WrittenFields } from "./import-fields.ts";
import { commentAbove, commentOf, mapsIn, memberOf, yamlDocument, yamlText } from "./yaml-text.ts";

/** A provider of the config that is made, with what is to be said of it in comments. */
export interface DraftProvider {
  readonly name: string;
  readonly fields: WrittenFields;
  readonly id?: ProviderId;
  readonly slug?: string;
  /** Every id that it is known to have. */
  readonly ids: readonly ProviderId[];
  /** What was left out, and why. */
  readonly notes: readonly string[];
  readonly credentialRemark?: string;
}

// What means something at this one gateway only stands in the binding.
const OF_ONE_GATEWAY = ["connectionId", "native"];

/** What one gateway holds, as a part of a config. */
export interface GatewayPart {
  readonly entry: GatewayEntry;
  readonly providers: readonly DraftProvider[];
  /** What was left out, and why. */
  readonly remarks: readonly string[];
}

/** What a config has besides its gateways and providers. */
export interface ConfigFrame {
  /** The lines above everything, before what is said of each gateway. */
  readonly heading: readonly string[];
  /** A reference, as it is written. */
  readonly fingerprintKey?: string;
}

/** The text of a whole config with these gateways and what they hold. */
export function renderConfig(parts: readonly GatewayPart[], { heading, fingerprintKey }: ConfigFrame): string {
  const providers = parts.flatMap((part) => part.providers.map((provider) => ({ entry: part.entry, provider })));
  const document = yamlDocument(
    new Map<string, unknown>([
      ["version", 1],
      ...(fingerprintKey === undefined ? [] : [["fingerprintKey", fingerprintKey] as const]),
      ["gateways", new Map(parts.map(({ entry }) => [entry.name, entryValue(entry)]))],
      ["providers", new Map(providers.map(({ entry, provider }) => [provider.name, providerValue(entry, provider)]))],
    ]),
  );
  document.commentBefore = commentOf([...heading, ...remarksOn(parts)]);
  const maps = mapsIn(memberOf(document.contents, "providers"));
  for (const [index, { entry, provider }] of providers.entries()) annotate(maps[index], entry, provider);
  return yamlText(document);
}

/** What is said above a config that is to be used beside the one that it was made with. */
export function headingBeside({ name, adapter, secrets }: GatewayEntry): string[] {
  return [
    `What the gateway ${name} (adapter ${adapter}) holds, as a config: a plan over it proposes nothing.`,
    "To use it beside the config that it was made with, take this gateways part out: a gateway is defined once.",
    ...secrets
      .filter(({ reference }) => reference.kind !== "env")
      .map(({ path: [first, member] }) => {
        const whose = member === undefined ? `The ${first}'s reference` : `The reference of ${first}.${member}`;
        return `${whose} starts at the folder of this file.`;
      }),
  ];
}

function annotate(
  map: unknown,
  entry: GatewayEntry,
  { fields, id, slug, ids, notes, credentialRemark }: DraftProvider,
) {
  if (fields.credential !== undefined) memberOf(map, "credential").flow = true;
  if (credentialRemark !== undefined) commentAbove(map, "credential", [credentialRemark]);
  commentAbove(map, "gateways", notes);
  const binding = memberOf(memberOf(map, "gateways"), entry.name);
  if (id === undefined) commentAbove(binding, "id", [idRemark(slug, ids)]);
}

function entryValue({ adapter, settings, secrets, concurrency }: GatewayEntry): Map<string, unknown> {
  // What is in auth stands in the settings, as it was written.
  const token = secrets.find(({ path }) => path[0] === "token")?.reference;
  return new Map<string, unknown>([
    ["adapter", adapter],
    ...Object.entries(settings),
    ...(token === undefined ? [] : [["token", `${token.kind}:${token.target}`] as const]),
    ...(concurrency === DEFAULT_CONCURRENCY ? [] : [["concurrency", concurrency] as const]),
  ]);
}

function providerValue(entry: GatewayEntry, { fields, id }: DraftProvider): Map<string, unknown> {
  const members = givenFields(fields).map((field) => [field, fields[field]] as const);
  const ofBinding = members.filter(([field]) => OF_ONE_GATEWAY.includes(field));
  const binding = new Map<string, unknown>([["id", id ?? null], ...ofBinding]);
  const shared = members.filter(([field]) => !OF_ONE_GATEWAY.includes(field));
  return new Map<string, unknown>([...shared, ["gateways", new Map([[entry.name, binding]])]]);
}

function remarksOn(parts: readonly GatewayPart[]): string[] {
  const providers = parts.flatMap((part) => part.providers);
  const withoutId = providers.filter(({ id }) => id === undefined).length;
  return [
    ...(providers.some(({ fields }) => fields.credential !== undefined)
      ? ["No gateway shows a key: each credential names a variable of its own, to be set before the key is written."]
      : []),
    ...(withoutId === 0
      ? []
      : [
          `Without an id, because no reply tells it: ${withoutId} of ${providers.length}. Fill them in: until then the config is refused.`,
          "The adapter's settings may offer readable ids, which replies do tell.",
        ]),
    ...parts.flatMap(({ remarks }) => remarks),
  ];
}

function idRemark(slug: string | undefined, ids: readonly ProviderId[]): string {
  const about = slug === undefined ? "" : ` of "${commentText(slug)}"`;
  if (ids.length === 0) return `No reply tells the id${about}: fill it in.`;
  return `Several ids${about} are known, ${ids.join(", ")}: fill in the one that holds.`;
}
