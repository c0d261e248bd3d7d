import { SandboxConfigurationError } from "./configuration.ts";
import { type Fault, FaultQueue, readFault } from "./faults.ts";
import type { OpenRecord, RecordedRequest } from "./request-log.ts";
import { GatewayServer } from "./server.ts";
import { readSettings, unknownGateway } from "./settings.ts";
import type { VendorGateway, VendorSandbox } from "./vendor.ts";

/** Running gateways on loopback. */
export interface Sandbox<Name extends string = string> {
  /** What a user would configure as `baseUrl`. */
  readonly urls: Readonly<Record<Name, string>>;
  /** The bearer token each gateway accepts. */
  readonly tokens: Readonly<Record<Name, string>>;
  /** Every request so far, in order of arrival; grows as they come. */
  readonly requests: readonly RecordedRequest<Name>[];
  /** A copy of the stored record in the vendor's wire words, secret included; undefined if there is none. */
  stored(gateway: Name, id: string | number): Record<string, unknown> | undefined;
  /** Adds a fault behind those still to come. */
  inject(gateway: Name, fault: Fault): void;
  /** Stops listening and destroys open connections. */
  close(): Promise<void>;
}

interface Running {
  readonly vendor: VendorSandbox;
  readonly gateway: VendorGateway;
  readonly faults: FaultQueue;
  readonly server: GatewayServer;
  origin: string;
}

/** Starts every vendor, each on its own port. Everything is checked before the first port opens. */
export async function openSandbox<Name extends string>(
  vendors: readonly VendorSandbox<Name>[],
  options: unknown = {},
): Promise<Sandbox<Name>> {
  const names = vendors.map(({ name }) => name);
  const { seed, switches, faults, portBase, now } = readSettings(options, names);
  const requests: OpenRecord<Name>[] = [];

  const running = new Map<string, Running>();
  for (const vendor of vendors) {
    const environment = { now, origin: () => running.get(vendor.name)?.origin ?? "" };
    const gateway = vendor.open(seed[vendor.name], switches[vendor.name], environment);
    const queue = readFaults(faults[vendor.name], vendor.name);
    const begin = (request: Pick<OpenRecord, "method" | "path" | "headers">) => {
      const record = { gateway: vendor.name, ...request };
      requests.push(record);
      return record;
    };
    const server = new GatewayServer({ gateway, faults: queue, begin });
    running.set(vendor.name, { vendor, gateway, faults: queue, server, origin: "" });
  }

  const all = [...running.values()];
  const close = async () => {
    await Promise.all(all.map(({ server }) => server.close()));
  };
  await listen(all, portBase).catch(async (error: unknown) => {
    await close();
    throw error;
  });

  const find = (name: string) => {
    const found = running.get(name);
    if (found !== undefined) return found;
    throw new SandboxConfigurationError([{ path: name, message: unknownGateway(names) }]);
  };
  return {
    urls: byName(names, (name) => `${find(name).origin}${find(name).vendor.basePath}`),
    tokens: byName(names, (name) => find(name).gateway.token),
    requests,
    stored: (name, id) => find(name).gateway.stored(id),
    inject: (name, fault) => find(name).faults.add(readFault(fault, `${name}.faults`)),
    close,
  };
}

async function listen(all: readonly Running[], portBase: number | undefined): Promise<void> {
  for (const [index, entry] of all.entries()) {
    const port = await entry.server.listen(portBase === undefined ? 0 : portBase + index);
    entry.origin = `http://127.0.0.1:${port}`;
  }
}

function readFaults(value: unknown, name: string): FaultQueue {
  const queue = new FaultQueue();
  if (value === undefined) return queue;
  const where = `${name}.faults`;
  if (!Array.isArray(value)) throw new SandboxConfigurationError([{ path: where, message: "expected a list" }]);
  for (const [index, fault] of value.entries()) queue.add(readFault(fault, `${where}[${index}]`));
  return queue;
}

/** `Object.fromEntries` forgets the names, which are all there: one entry each. */
function byName<Name extends string>(names: readonly Name[], value: (name: Name) => string): Record<Name, string> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, string>;
}
