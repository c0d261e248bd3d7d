import type { ListedProvider } from "../../src/index.ts";
import { present } from "../../src/kit/index.ts";
import type { RespanProvider } from "./schema.ts";

// Any other key of extra_kwargs may hold a secret: it is reported as being there, never with its value.
const SHOWN = new Set(["temperature", "max_tokens", "region"]);
const WITHHELD = { withheld: true } as const;

/** A reply's `id` is the string id: the primary key is in no reply, so `id` stays open under `pk`. */
export function normalize(reply: RespanProvider, identifier: "pk" | "provider_id"): ListedProvider<number | string> {
  const slug = reply.provider_id ?? String(reply.id);
  return {
    ...(identifier === "provider_id" ? { id: slug } : {}),
    slug,
    name: reply.provider_name,
    ...(reply.extra_kwargs ? extraState(reply.extra_kwargs) : {}),
    credential: { kind: "unknown" },
    ...present({ createdAt: reply.created_at, updatedAt: reply.updated_at }),
  };
}

function extraState(extra: Record<string, unknown>) {
  const { base_url: baseUrl = null, timeout = null } = extra;
  const others = Object.keys(extra).filter((name) => name !== "base_url" && name !== "timeout");
  const native: Record<string, unknown> = {};
  for (const name of others) native[name] = SHOWN.has(name) && !isNested(extra[name]) ? extra[name] : WITHHELD;
  return present({
    baseUrl: baseUrl === null || isPublicUrl(baseUrl) ? baseUrl : undefined,
    requestTimeout: timeout === null || typeof timeout === "number" ? timeout : undefined,
    native: others.length > 0 ? native : undefined,
  });
}

const isNested = (value: unknown) => typeof value === "object" && value !== null;

// User info in a URL is a credential.
function isPublicUrl(value: unknown): value is string {
  if (typeof value !== "string") return false;
  if (!value.includes("@")) return true;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url === undefined || (url.username === "" && url.password === "");
}
