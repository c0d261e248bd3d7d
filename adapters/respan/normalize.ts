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

function extraState({ base_url: baseUrl = null, timeout = null, ...native }: Record<string, unknown>) {
  const names = Object.keys(native);
  for (const name of names) if (!SHOWN.has(name) || isNested(native[name])) native[name] = WITHHELD;
  return {
    ...(baseUrl === null || isPublicUrl(baseUrl) ? { baseUrl } : {}),
    ...(timeout === null || typeof timeout === "number" ? { requestTimeout: timeout } : {}),
    ...(names.length > 0 ? { native } : {}),
  };
}

const isNested = (value: unknown) => typeof value === "object" && value !== null;

// User info in a URL is a credential.
function isPublicUrl(value: unknown): value is string {
  if (typeof value !== "string") return false;
  if (!value.includes("@")) return true;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url === undefined || (url.username === "" && url.password === "");
}
