import { z } from "zod";
import type { Route, VendorEnvironment, VendorGateway, WireReply } from "../../../src/sandbox/index.ts";
import type { Seed, Switches } from "./schema.ts";

const text = z.string().min(1);

// https://github.com/barndoor-ai/terraform-provider-barndoor, internal/client/client.go; `audience` is what the package
// @barndoor-ai/sdk adds, `scope` what the vendor's API description lists.
const form = z.strictObject({
  grant_type: text,
  client_id: text,
  client_secret: text,
  audience: text.optional(),
  scope: text.optional(),
});

const documentedSeconds = 3600;

/** The gateway with its token endpoint, whose tokens it takes. */
export function withLogin(
  gateway: VendorGateway,
  seed: Seed,
  switches: Switches,
  environment: VendorEnvironment,
): VendorGateway {
  const endpoint = new TokenEndpoint(seed, switches, environment);
  return {
    ...gateway,
    accepts: (token) => endpoint.accepts(token),
    routes: [endpoint.route, ...gateway.routes],
  };
}

/** Where a service account gets its token: outside the gateway's own path, and for whoever asks. */
class TokenEndpoint {
  readonly #expiries = new Map<string, number>();
  readonly #clients: ReadonlyMap<string, string>;

  constructor(
    { clients = [{ client_id: "sandbox-barndoor-client", client_secret: "sandbox-barndoor-client-secret" }] }: Seed,
    private readonly switches: Switches,
    private readonly environment: VendorEnvironment,
  ) {
    this.#clients = new Map(clients.map(({ client_id, client_secret }) => [client_id, client_secret]));
  }

  get route(): Route {
    return {
      method: "POST",
      path: "/realms/barndoor/protocol/openid-connect/token",
      body: "form",
      isOpen: true,
      handle: ({ body }) => this.#answer(body),
    };
  }

  /** Whether it gave this token out, and it has not expired. */
  accepts(token: string): boolean {
    return this.environment.now() < (this.#expiries.get(token) ?? Number.NEGATIVE_INFINITY);
  }

  #answer(sent: unknown): WireReply {
    const parsed = form.safeParse(sent);
    if (!parsed.success) return refused(400, "invalid_request", "A parameter is missing, empty or not known.");
    const { grant_type, client_id, client_secret } = parsed.data;
    if (this.#clients.get(client_id) !== client_secret) {
      return refused(401, "invalid_client", "Invalid client or invalid client credentials.");
    }
    if (grant_type !== "client_credentials") return refused(400, "unsupported_grant_type", "Unsupported grant_type.");
    const { tokenLifetime = documentedSeconds } = this.switches;
    const seconds = tokenLifetime === "unstated" ? documentedSeconds : tokenLifetime;
    const access_token = `sandbox.barndoor/issued+${this.#expiries.size + 1}=`;
    this.#expiries.set(access_token, this.environment.now() + seconds * 1000);
    const stated = tokenLifetime === "unstated" ? {} : { expires_in: seconds };
    return { status: 200, json: { access_token, token_type: "Bearer", ...stated } };
  }
}

// RFC 6749, section 5.2: the vendor documents no error body of its own for it.
const refused = (status: number, error: string, error_description: string): WireReply => ({
  status,
  json: { error, error_description },
});
