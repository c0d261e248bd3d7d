import type { Field, ProviderUpdate } from "../../src/index.ts";
import {
  path,
  present,
  type Translatable,
  type Translation,
  type WireBody,
  type WriteRequest,
} from "../../src/kit/index.ts";
import type { NgrokKey } from "./schema.ts";
import { storedMetadata } from "./shared-parts.ts";

/** What a rotate needs to know of the key. */
export interface NgrokCurrent {
  readonly name: string;
}

/** Stands in where nothing is read. */
export const unread: NgrokCurrent = { name: "‹current name›" };

export const currentOf = ({ name }: NgrokKey): NgrokCurrent => ({ name });

export const itemPath = (id: string) => path`/provider-keys/${id}`;

/** A rotate demands a name; without one in the update the current one is sent back. */
export function needsCurrent({ credential, name }: ProviderUpdate): boolean {
  return credential !== undefined && name === undefined;
}

/** A new value goes by rotate, which carries the name as well; PATCH follows for what rotate cannot carry. */
export function translate({ id, update, current }: Translatable<string, NgrokCurrent, undefined>): Translation {
  const { credential } = update;
  if (credential?.scheme !== "api_key")
    return { requests: patch(id, update, ["name", "description", "metadata"]), notes: [] };
  const rotate: WriteRequest = {
    methods: ["POST"],
    path: path`/provider-keys/${id}/rotate`,
    body: { name: update.name ?? current?.name ?? unread.name, value: credential.apiKey },
    fields: update.name === undefined ? ["credential"] : ["credential", "name"],
    // Nothing tells what a second rotate does, so only one that had no effect is repeated.
    repeat: "unsent",
  };
  return { requests: [rotate, ...patch(id, update, ["description", "metadata"])], notes: [] };
}

function patch(id: string, update: ProviderUpdate, candidates: readonly Field[]): WriteRequest[] {
  const fields = candidates.filter((field) => Object.hasOwn(update, field));
  if (fields.length === 0) return [];
  const { name, description, metadata } = update;
  const all: WireBody = present({ name, description, metadata: storedMetadata(metadata) });
  const body = Object.fromEntries(Object.entries(all).filter(([key]) => fields.some((field) => field === key)));
  return [{ methods: ["PATCH"], path: itemPath(id), body, fields, repeat: "safe" }];
}
