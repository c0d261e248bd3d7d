import { type Connection, type Provider, without } from "./records.ts";
import type { Rules } from "./rules.ts";

/** How the gateway writes its records: never with a secret. */
export class Replies {
  constructor(
    private readonly switches: Pick<Rules, "replyFields" | "timestamps">,
    private readonly organization: string,
  ) {}

  // https://docs.barndoor.ai/api-reference/llm-gateway/providers/getProvider
  /** `supplied` are the settings of the provider's connection. */
  provider({ api_key, credentials, ...provider }: Provider, supplied: Record<string, unknown> = {}): unknown {
    const { id, name, model_provider, auth_type, base_url, enabled, catalog_id, connection_id } = provider;
    const { request_timeout_secs, stream_idle_timeout_secs } = provider;
    const settings = { ...supplied, ...provider.settings };
    const org_id = this.organization;
    if (this.switches.replyFields === "sample") {
      const core = { id, org_id, name, model_provider, auth_type, base_url, enabled, settings };
      return { ...core, ...without({ catalog_id, connection_id }), request_timeout_secs, stream_idle_timeout_secs };
    }
    const { catalog_slug, billing_reason, billing_note, health_detail, health_checked_at, ...always } = provider;
    return {
      ...this.#stamped(always, connection_id === null ? `organizations/${org_id}/providers/${id}` : "pending"),
      settings,
      ...without({ catalog_slug, billing_reason, billing_note, health_detail }),
      ...without({ health_checked_at: health_checked_at && this.#written(health_checked_at) }),
    };
  }

  // https://docs.barndoor.ai/api-reference/llm-gateway/credentials/getCredential
  connection({ api_key, credentials, ...connection }: Connection): unknown {
    const { id, name, model_provider, auth_type, base_url, settings } = connection;
    const org_id = this.organization;
    if (this.switches.replyFields === "sample") {
      return { id, org_id, name, model_provider, auth_type, base_url, settings, ...this.#times(connection) };
    }
    return {
      ...this.#stamped(connection, `organizations/${org_id}/connections/${id}`),
      stores_key_material: api_key !== null || credentials !== null,
      key_last4: api_key !== null && api_key.length >= 8 ? api_key.slice(-4) : null,
    };
  }

  #stamped<Fields extends Times>(fields: Fields, secret_path: string) {
    return {
      ...fields,
      org_id: this.organization,
      secret_path,
      ...this.#times(fields),
      created_by_user_id: null,
      created_by_name: null,
      created_by_email: null,
      last_modified_by_user_id: null,
      last_modified_by_name: null,
      last_modified_by_email: null,
      last_modified_at: this.#written(fields.updated_at),
    };
  }

  #times({ created_at, updated_at }: Times): Times {
    return { created_at: this.#written(created_at), updated_at: this.#written(updated_at) };
  }

  #written(time: string): string {
    return this.switches.timestamps === "offsetless" ? time.replace(/Z$/, "") : time;
  }
}

interface Times {
  readonly created_at: string;
  readonly updated_at: string;
}
