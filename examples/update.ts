import { isGatewayError, secret } from "gatefold";
import { respan } from "gatefold/adapters/respan";

const { RESPAN_API_KEY = "", RESPAN_BASE_URL = "https://api.respan.ai", NEW_KEY = "" } = process.env;

try {
  const gateway = respan({ baseUrl: RESPAN_BASE_URL, token: secret(RESPAN_API_KEY) });
  const { provider, notes } = await gateway.update(
    123,
    { name: "Azure, primary", credential: { scheme: "api_key", apiKey: secret(NEW_KEY) } },
    { signal: AbortSignal.timeout(60_000) },
  );
  console.log(provider.slug, provider.updatedAt, notes);
} catch (error) {
  if (!isGatewayError(error)) throw error;
  // "not-sent" and "not-applied": nothing has changed. "unknown": read before you write again.
  console.error(error.name, error.outcome, error.retryable, error.message);
  process.exitCode = 1;
}
