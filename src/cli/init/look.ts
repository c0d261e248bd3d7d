import { isGatewayError } from "../../contract/errors.ts";
import type { ProviderId } from "../../contract/gateway.ts";
import type { ListedProvider } from "../../contract/state.ts";
import {
  type CheckedConfig,
  type CheckedGateway,
  connect,
  type GatewayReader,
  openWithoutToken,
  readersOf,
} from "../../sync/index.ts";
import type { Host } from "../host.ts";

/** What a gateway answered: what it holds, and what reads it from now on. */
export interface Look {
  readonly listed: number;
  readonly reader: GatewayReader;
}

/**
 * Reads a gateway's list once, which shows whether its token works; the reader gives that list again, without asking.
 * @throws ConfigError when the token is not there, GatewayError with the gateway's name when the gateway cannot be read
 */
export async function lookAt(host: Host, checked: CheckedConfig, gateway: CheckedGateway): Promise<Look> {
  const { signal, environment, hooksFor } = host;
  const { name } = gateway.entry;
  const connections = await connect(checked, [gateway], environment, { proxy: "environment" }, { hooksFor });
  const reader = readersOf(connections).get(name);
  if (reader === undefined) throw new Error(`the gateway ${name} was not opened`);
  const listed: ListedProvider<ProviderId>[] = [];
  try {
    for await (const object of reader.list({ signal })) listed.push(object);
  } catch (error) {
    if (isGatewayError(error)) error.gateway = name;
    throw error;
  }
  return { listed: listed.length, reader: withList(reader, listed) };
}

/** Stands for a gateway that is not asked: nothing is imported from it. */
export function unasked({ adapter, entry }: CheckedGateway): GatewayReader {
  const { capabilities, get } = openWithoutToken(adapter, entry.settings);
  return withList({ adapter: adapter.name, capabilities, get }, []);
}

function withList(reader: Omit<GatewayReader, "list">, listed: readonly ListedProvider<ProviderId>[]): GatewayReader {
  return {
    ...reader,
    list: async function* () {
      yield* listed;
    },
  };
}
