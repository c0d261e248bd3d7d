import type { Issue, ProviderUpdate } from "../../src/index.ts";
import { present, type Vendor } from "../../src/kit/index.ts";
import type { Kind } from "./auth-types.ts";
import { conditions } from "./conditions.ts";
import { type BarndoorCurrent, currentConditions, unmade } from "./current.ts";
import type { BarndoorNative, BarndoorProvider } from "./schema.ts";
import type { BarndoorConnectionSettings, BarndoorSettings } from "./settings.ts";
import { credentialNotes } from "./shared-update.ts";
import { listPath, providerBody } from "./translate.ts";

type Creation = NonNullable<Vendor<string, BarndoorProvider, BarndoorCurrent, BarndoorNative>["creation"]>;

/** How a provider is made. https://docs.barndoor.ai/api-reference/llm-gateway/providers/createProvider */
export const providerCreation = (settings: BarndoorSettings): Creation => ({
  conditions: ({ update, upstream }, given) => [
    ...conditions(settings, update, given),
    ...createdConditions("provider", settings, update, upstream),
    ...bindingIssues(settings, update, given.includes("credential") || given.includes("connectionId")),
    ...nativeIssues(update),
  ],
  translate: ({ update, native, upstream }) => ({
    method: "POST",
    path: listPath,
    body: {
      ...present({ model_provider: upstream }),
      ...providerBody(settings, { update, native, current: unmade(upstream) }),
    },
    notes: credentialNotes(settings, update),
  }),
});

/** What the family decides; a creation tells it, so that nothing is read. */
export function createdConditions(
  kind: Kind,
  settings: BarndoorConnectionSettings,
  update: ProviderUpdate,
  upstream: string | undefined,
): Issue[] {
  // It is required, which the capabilities say.
  return upstream === undefined ? [] : currentConditions(kind, settings, update, unmade(upstream));
}

/** A provider has a secret of its own or a connection. */
function bindingIssues({ platform }: BarndoorSettings, { credential }: ProviderUpdate, isBound: boolean): Issue[] {
  if (!isBound) return [{ path: "connectionId", message: "a new provider needs a connection, or a credential" }];
  if (platform === "newer" || credential?.scheme !== "google_adc") return [];
  const message = "a provider without a connection is documented with an api_key or credentials only: use connectionId";
  return [{ path: "credential", message }];
}

// https://docs.barndoor.ai/api-reference/llm-gateway/providers/createProvider; the sync mode as in the vendor's Terraform
// provider (barndoor-ai/terraform-provider-barndoor, internal/provider/llm_provider_resource.go).
function nativeIssues({ native = {} }: ProviderUpdate): Issue[] {
  const issues: Issue[] = [];
  const empty = ["billing_reason", "billing_note"].filter((name) => native[name] === null);
  issues.push(...empty.map((name) => ({ path: `native.${name}`, message: "has nothing to clear: leave it out" })));
  if (native.billing_mode === "not_metered" && native.billing_reason === undefined) {
    issues.push({ path: "native.billing_reason", message: "is required where billing_mode is not_metered" });
  }
  if (native.model_sync_mode !== undefined && native.model_sync_mode !== "off") {
    const message = "a new provider can only be off: any other mode needs a catalog entry";
    issues.push({ path: "native.model_sync_mode", message });
  }
  return issues;
}
