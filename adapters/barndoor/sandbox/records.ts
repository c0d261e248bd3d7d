import type { z } from "zod";
import { SandboxConfigurationError, type WireReply } from "../../../src/sandbox/index.ts";
import { type ConnectionBody, type SeedConnection, type SeedProvider, uuid } from "./schema.ts";

export type Connection = ReturnType<typeof storedConnection>;
export type Provider = ReturnType<typeof storedProvider>;
export type Binding = Pick<Provider, "connection_id" | "auth_type" | "api_key" | "credentials">;

/** A rule that a body breaks; the record stays as it was. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly status = 400,
    readonly type = "invalid_request_error",
  ) {
    super(message);
  }
}

export function storedConnection(seed: SeedConnection, defaultType: string, started: string) {
  const { auth_type = defaultType, api_key = null, credentials = null, settings = {}, created_at = started } = seed;
  const { updated_at = created_at, last_change_note = null } = seed;
  return { ...seed, auth_type, api_key, credentials, settings, created_at, updated_at, last_change_note };
}

export function storedProvider(
  seed: SeedProvider,
  connection: Connection | undefined,
  defaultType: string,
  started: string,
) {
  const base_url = seed.base_url ?? connection?.base_url;
  if (base_url === undefined) throw new Refused("expected a base_url, or a connection that has one");
  const { billing_mode = "per_token", model_sync_mode = "off", health_status = "unverified" } = seed;
  return {
    ...storedConnection(
      { ...seed, base_url, auth_type: connection?.auth_type ?? seed.auth_type },
      defaultType,
      started,
    ),
    connection_id: seed.connection_id ?? null,
    catalog_id: seed.catalog_id ?? null,
    catalog_slug: seed.catalog_slug ?? null,
    enabled: seed.enabled ?? true,
    request_timeout_secs: seed.request_timeout_secs ?? null,
    stream_idle_timeout_secs: seed.stream_idle_timeout_secs ?? null,
    enforce_health_check: seed.enforce_health_check ?? true,
    billing_mode,
    billing_reason: seed.billing_reason ?? null,
    billing_note: seed.billing_note || null,
    model_sync_mode,
    health_status,
    health_detail: seed.health_detail ?? null,
    health_checked_at: seed.health_checked_at ?? null,
  };
}

export function checkRules({ billing_mode, billing_reason, model_sync_mode, catalog_id }: Provider): void {
  if (billing_mode === "not_metered" && billing_reason === null)
    throw new Refused("not_metered needs a billing_reason.");
  if (model_sync_mode !== "off" && catalog_id === null) throw new Refused("model_sync_mode needs a catalog entry.");
}

export function planted<Kind extends { id: string }>(into: Map<string, Kind>, where: string, make: () => Kind): void {
  const misplanted = (message: string) => new SandboxConfigurationError([{ path: `barndoor.seed.${where}`, message }]);
  try {
    const one = make();
    if (into.has(one.id)) throw new Refused("expected every id only once");
    into.set(one.id, one);
  } catch (error) {
    throw error instanceof Refused ? misplanted(error.message) : error;
  }
}

export function listed<Kind>(all: ReadonlyMap<string, Kind>, show: (one: Kind) => unknown): WireReply {
  return { status: 200, json: [...all.values()].map(show) };
}

export function onOne<Kind>(all: ReadonlyMap<string, Kind>, id: string, show: (one: Kind) => unknown): WireReply {
  return answered(() => {
    const one = all.get(read(uuid, id, "id"));
    if (one === undefined) throw new Refused("Nothing with this id was found.", 404, "not_found_error");
    return show(one);
  });
}

/** What a call gives, or how it is refused. A creation is answered 200 as well. */
export function answered(run: () => unknown): WireReply {
  try {
    return { status: 200, json: run() };
  } catch (error) {
    if (error instanceof Refused) return failure(error.status, error.message, error.type);
    throw error;
  }
}

export function read<Value>(schema: z.ZodType<Value>, value: unknown, part = "body"): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Refused(parsed.error.issues.map(({ path, message }) => `${path.join(".") || part}: ${message}`).join("; "));
}

export function failure(status: number, message: string, type: string): WireReply {
  return { status, json: { error: { message, type } } };
}

/** Tri-state: omitted keeps, null clears, a value sets. */
export function kept<Value>(given: Value | null | undefined, stored: Value | null): Value | null {
  return given === undefined ? stored : given;
}

export function holdsSecret(body: ConnectionBody): boolean {
  return (body.api_key ?? body.credentials ?? null) !== null;
}

export function without(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
