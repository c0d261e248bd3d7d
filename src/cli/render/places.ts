import { type CheckedConfig, type ConfigPath, describePlace, referenceText } from "../../sync/index.ts";

/** Where in the config the cause of a gateway's error may stand, as far as that is known: `gatefold.yaml:12:7`. */
export interface ErrorPlace {
  /** The binding's id, or the binding itself. */
  readonly binding?: string;
  /** What the gateway is logged in with: the references, and where they stand. */
  readonly login?: string;
  /** The gateway's base URL, or the gateway itself. */
  readonly address?: string;
}

/** The places of a row. */
export type ErrorPlaces = (row: { readonly provider: string; readonly gateway: string }) => ErrorPlace;

/** The places of a config. */
export function errorPlaces({ config }: Pick<CheckedConfig, "config">): ErrorPlaces {
  const at = (path: ConfigPath) => describePlace(config.sources.place(path));
  return ({ provider, gateway }) => {
    const binding = config.bindings.find((each) => each.provider === provider && each.gateway === gateway);
    const entry = config.gateways.find(({ name }) => name === gateway);
    const login = entry?.secrets.map(({ path, reference }) => {
      // A command may hold a secret: what a terminal or a CI's log shows of it is where it stands.
      const kept = reference.kind === "exec" ? "the exec: command" : referenceText(reference);
      return `${kept} (${at([...entry.path, ...path])})`;
    });
    return {
      ...(binding === undefined ? {} : { binding: at([...binding.path, ...(binding.id === undefined ? [] : ["id"])]) }),
      ...(login === undefined || login.length === 0 ? {} : { login: login.join(", ") }),
      ...(entry === undefined ? {} : { address: at([...entry.path, "baseUrl"]) }),
    };
  };
}
