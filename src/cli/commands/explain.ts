import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { adapters } from "../../../adapters/index.ts";
import { type GatewayError, isGatewayError } from "../../contract/errors.ts";
import type { AnyAdapter, Gateway, ProviderId, RequestPreview } from "../../contract/gateway.ts";
import type { ProviderUpdate } from "../../contract/update.ts";
import {
  type ConfigDocument,
  ConfigError,
  EXIT,
  fileProblem,
  gatewayOf,
  loadConfig,
  openWithoutToken,
  parseConfigDocument,
  placeholder,
  secretsOf,
  withSecrets,
  writtenFields,
} from "../../sync/index.ts";
import { adaptersOf, namedAdapter, requireAdapter } from "../adapters.ts";
import type { Host } from "../host.ts";
import { warnOfConfigModes } from "../modes.ts";
import type { Report } from "../output.ts";
import type { ConfigOptions } from "../read-config.ts";

/** What `explain` is about. */
export interface ExplainTarget {
  /** An adapter (a name, a file or a package), or a gateway of the config. */
  readonly target: string;
  readonly id: string;
  /** YAML or JSON, or the path of a file that holds it. */
  readonly update: string;
}

/** Options of `explain`. */
export interface ExplainOptions extends ConfigOptions {
  /** Settings of the adapter as YAML or JSON, where the target is an adapter. */
  readonly settings?: string;
}

/** Shows the requests that an update would make. Sends nothing, and needs no token and no key. */
export async function explain(host: Host, about: ExplainTarget, options: ExplainOptions): Promise<Report> {
  const gateway = await openTarget(host, about.target, options);
  const document = await readUpdate(host, about.update);
  const written = writtenFields(document.value);
  refuseLiterals(document, written);
  const requests = explained(document, () => {
    const fields = withSecrets(written, Object.keys(written.fields), (_reference, member) => placeholder(member));
    return gateway.explain(gateway.parseId(about.id), fields as ProviderUpdate);
  });
  return {
    data: { adapter: gateway.adapter, requests },
    text: requests.map(renderRequest).join("\n\n"),
    exit: EXIT.done,
  };
}

async function openTarget(host: Host, target: string, options: ExplainOptions): Promise<Gateway<ProviderId>> {
  // No gateway's name has a slash, and an adapter that is known by name comes before a gateway.
  if (target.includes("/") || adapters.some(({ name }) => name === target)) {
    return openAdapter(await requireAdapter(host, target, options), options);
  }
  try {
    return await openGateway(host, target, options);
  } catch (error) {
    if (!(error instanceof ConfigError) || error.kind !== "invalid") throw error;
    const adapter = await namedAdapter(host, target, options);
    if (adapter === undefined) throw error;
    return openAdapter(adapter, options);
  }
}

async function openGateway(host: Host, name: string, options: ExplainOptions): Promise<Gateway<ProviderId>> {
  const config = await loadConfig(options.config, host.workingDirectory);
  await warnOfConfigModes(host, config);
  const entry = gatewayOf(config, name);
  // Of the others nothing is needed, least of all their code.
  const found = (await adaptersOf(host, { ...config, gateways: [entry] }, options)).adapterOf(entry);
  if ("adapter" in found) return openWithoutToken(found.adapter, entry.settings);
  throw new ConfigError("invalid", [config.sources.problem([...entry.path, "adapter"], found.problem)]);
}

function openAdapter(adapter: AnyAdapter, options: ExplainOptions): Gateway<ProviderId> {
  const settings = options.settings === undefined ? {} : parseConfigDocument("--settings", options.settings).value;
  return openUnreached(adapter, typeof settings === "object" && settings !== null ? settings : {});
}

// Nothing is sent, so an address that is required and not given stays open.
function openUnreached(adapter: AnyAdapter, settings: object): Gateway<ProviderId> {
  try {
    return openWithoutToken(adapter, settings);
  } catch (error) {
    const lacksAddress =
      isGatewayError(error) && error.name === "MissingSettingError" && error.settings.includes("baseUrl");
    if (!lacksAddress) throw error;
    return openWithoutToken(adapter, { ...settings, baseUrl: "https://unresolved.invalid" });
  }
}

async function readUpdate(host: Host, update: string): Promise<ConfigDocument> {
  if (/[\n:{]/.test(update)) return parseConfigDocument("update", update);
  try {
    return parseConfigDocument(update, await readFile(resolve(host.workingDirectory, update), "utf8"));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const message = "is neither an update (YAML or JSON) nor a file that can be read";
    throw new ConfigError("invalid", [fileProblem(update, message)]);
  }
}

function refuseLiterals(document: ConfigDocument, written: ReturnType<typeof writtenFields>): void {
  const message = "expected a reference: env:NAME, file:PATH or exec:COMMAND; it is not resolved here";
  const problems = secretsOf(written).literals.map(({ path }) => document.problem(path, message));
  if (problems.length > 0) throw new ConfigError("invalid", problems);
}

function explained(document: ConfigDocument, run: () => readonly RequestPreview[]): readonly RequestPreview[] {
  try {
    return run();
  } catch (error) {
    if (!isGatewayError(error) || !hasIssues(error)) throw error;
    const problems = error.issues.map(({ path, message }) => document.problem(path.split("."), message));
    throw new ConfigError("invalid", problems);
  }
}

function hasIssues(error: GatewayError): error is Extract<GatewayError, { issues: unknown }> {
  return error.name === "InvalidInputError" || error.name === "UnsupportedFieldError";
}

function renderRequest({ method, path, body, when }: RequestPreview): string {
  const condition = when === undefined ? [] : [`# when ${when}`];
  return [...condition, `${method} ${path}`, ...(body === undefined ? [] : [JSON.stringify(body, null, 2)])].join("\n");
}
