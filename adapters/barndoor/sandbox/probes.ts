import type { VendorEnvironment } from "../../../src/sandbox/index.ts";
import type { Provider } from "./records.ts";
import type { Rules } from "./rules.ts";
import { oauth, unprobed } from "./vocabulary.ts";

/** The gateway's looks at upstreams, each of which comes a while after a key or a connection changed. */
export class Probes {
  readonly #due = new Map<string, number>();

  constructor(
    private readonly rules: Pick<Rules, "probeResult" | "probeDelayMs" | "badKeys">,
    private readonly environment: VendorEnvironment,
  ) {}

  /** Only key types of these families are probed; the write's own reply always says unverified. */
  start(provider: Provider): void {
    Object.assign(provider, { health_status: "unverified", health_detail: null, health_checked_at: null });
    this.forget(provider.id);
    if (unprobed.includes(provider.model_provider) || oauth.includes(provider.auth_type)) return;
    this.#due.set(provider.id, this.environment.now() + (this.rules.probeDelayMs ?? 0));
  }

  /** The provider with what a probe that is through has found. */
  settled(provider: Provider): Provider {
    const due = this.#due.get(provider.id);
    if (due === undefined || this.environment.now() < due) return provider;
    this.forget(provider.id);
    const isBad = provider.api_key !== null && this.rules.badKeys?.includes(provider.api_key) === true;
    const health_status = isBad ? "unhealthy" : (this.rules.probeResult ?? "healthy");
    const health_detail = health_status === "healthy" ? null : "The upstream refused the key.";
    return Object.assign(provider, { health_status, health_detail, health_checked_at: new Date(due).toISOString() });
  }

  forget(id: string): void {
    this.#due.delete(id);
  }
}
