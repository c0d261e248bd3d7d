import type { ClientCredentials, Login } from "../../src/kit/index.ts";

// https://github.com/barndoor-ai/terraform-provider-barndoor, internal/client/client.go
const TOKEN_URL = "https://auth.barndoor.ai/realms/barndoor/protocol/openid-connect/token";

/** The login of a machine. The sources disagree on an audience, and name scopes without saying that this grant takes any. */
export function loginOf({ clientId, clientSecret, tokenUrl = TOKEN_URL, audience, scope }: ClientCredentials): Login {
  return {
    url: tokenUrl,
    form: {
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
      ...(audience === undefined ? {} : { audience }),
      ...(scope === undefined ? {} : { scope }),
    },
  };
}
