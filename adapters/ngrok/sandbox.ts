import {
  defineVendorSandbox,
  type Refusal,
  type Route,
  type VendorEnvironment,
  type VendorGateway,
  type WireReply,
} from "../../src/sandbox/index.ts";
import type { Surroundings } from "./sandbox/collection.ts";
import { failure, invalidStatus, Refused } from "./sandbox/failures.ts";
import { Keys } from "./sandbox/keys.ts";
import { Providers } from "./sandbox/providers.ts";
import { type Seed, type Switches, seed, switches } from "./sandbox/schema.ts";

export const ngrokSandbox = defineVendorSandbox({ name: "ngrok", seed, switches, open });

function open(seed: Seed, switches: Switches, environment: VendorEnvironment): VendorGateway {
  const surroundings: Surroundings = {
    switches,
    routed: new Set(seed.routed),
    timestamp: () => new Date(environment.now()).toISOString(),
    uri: (path) => (switches.uris === "relative" ? path : `${environment.origin()}${path}`),
  };
  const builtIn = new Set(seed.builtInProviders ?? ["openai"]);
  const providers: Providers = new Providers(seed.providers ?? [], surroundings, {
    isBuiltIn: (providerId) => builtIn.has(providerId),
    keysOf: (slug) =>
      keys
        .all()
        .filter(({ providerId }) => providerId === slug)
        .map(({ id }) => id),
  });
  const isProvider = (slug: string) =>
    builtIn.has(slug) || providers.all().some(({ providerId }) => providerId === slug);
  const keys = new Keys(seed.keys ?? [], surroundings, isProvider);
  return {
    token: seed.token ?? "sandbox-ngrok-token",
    routes: [...keys.routes(), ...providers.routes()].map(answering),
    refuse: (refusal) => refuse(switches, refusal),
    stored: (id) => {
      const found = [...keys.all(), ...providers.all()].find((record) => record.id === id);
      return found && structuredClone({ ...found });
    },
  };
}

/** The route, with what it refuses as its answer. */
function answering(route: Route): Route {
  return {
    ...route,
    handle: (call) => {
      try {
        return route.handle(call);
      } catch (error) {
        if (error instanceof Refused) return error.reply;
        throw error;
      }
    },
  };
}

function refuse(switches: Switches, { kind, status, message, presented = "" }: Refusal): WireReply {
  if (kind === "wrong-token" && switches.authenticationErrors === "quoting") {
    return failure(status, `The API key you specified is not valid: '${presented}'.`, "ERR_NGROK_202");
  }
  if (kind === "unknown-query") return failure(invalidStatus(switches), message);
  return failure(status, message, kind === "wrong-method" ? "ERR_NGROK_27614" : undefined);
}
