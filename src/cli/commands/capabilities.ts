import { adapters } from "../../../adapters/index.ts";
import type { Capabilities, FieldCapability } from "../../contract/capabilities.ts";
import { credentialSchemes } from "../../contract/credential.ts";
import { updateFields } from "../../contract/update.ts";
import { EXIT } from "../../sync/index.ts";
import { requireAdapter, type TrustOptions } from "../adapters.ts";
import type { Host } from "../host.ts";
import type { Report } from "../output.ts";
import { columns } from "../render/columns.ts";

/** Shows what the adapters can do, from their own data: all that are known, or one, which may be a file or a package. */
export async function capabilities(host: Host, name: string | undefined, options: TrustOptions): Promise<Report> {
  const chosen = name === undefined ? adapters : [await requireAdapter(host, name, options)];
  const all = Object.fromEntries(chosen.map((adapter) => [adapter.name, adapter.capabilities()]));
  return { data: all, text: capabilityTable(all), exit: EXIT.done };
}

/** Fields and credential schemes as rows, adapters as columns. */
export function capabilityRows(all: Readonly<Record<string, Capabilities>>): string[][] {
  const each = Object.values(all);
  return [
    ["", ...Object.keys(all)],
    ...updateFields.map((field) => [field, ...each.map(({ fields }) => describeField(fields[field]))]),
    ...credentialSchemes.map((scheme) => [
      `credential: ${scheme}`,
      ...each.map(({ schemes }) => (schemes[scheme] ? "set" : "-")),
    ]),
    ["list tells", ...each.map(({ list }) => list)],
    ["notices conflicts", ...each.map(({ detectsConflicts }) => (detectsConflicts ? "yes" : "-"))],
    ["key hint", ...each.map(({ hint }) => (hint ? "yes" : "-"))],
    ["creates", ...each.map(({ creation }) => (creation === undefined ? "-" : `needs ${creation.requires.join("+")}`))],
    ["removes", ...each.map(({ removes }) => (removes ? "yes" : "-"))],
    ["shared by providers", ...each.map(({ shared }) => (shared ? "yes" : "-"))],
  ];
}

function capabilityTable(all: Readonly<Record<string, Capabilities>>): string {
  return columns(capabilityRows(all)).join("\n");
}

function describeField(capability: FieldCapability): string {
  const { set, clear, read, limits, writtenWith, requires = [], needsRead } = capability;
  if (!set) return "-";
  const readable = { yes: "read", no: "write-only", maybe: "maybe read" }[read];
  const bounds =
    limits === undefined
      ? []
      : [limits.maxLength === undefined ? `${limits.minimum}..${limits.maximum}` : `<= ${limits.maxLength}`];
  const along = writtenWith === undefined ? [] : [`with ${writtenWith.join("+")}`];
  return [
    "set",
    ...(clear ? ["clear"] : []),
    readable,
    ...bounds,
    ...along,
    ...requires.map(({ field }) => `needs ${field}`),
    ...(needsRead ? ["may cost a read"] : []),
  ].join(", ");
}
