import type { Capabilities, FieldCapability } from "gatefold";
import { apiKeyOnly, unsupported } from "gatefold/kit";

/** Entries of one page of the list. */
const PAGE_SIZE = 20;

const demandsSecret = {
  field: "credential",
  because:
    "every write of a connection replaces all of it, and its secret is demanded each time: it cannot be read back",
} as const;

// A write replaces the whole connection: what a reply shows is read first and sent back, what it does not show must be given.
const replaced: FieldCapability = {
  set: true,
  clear: false,
  read: "yes",
  mode: "replace",
  writtenWith: ["native"],
  requires: [demandsSecret],
  needsRead: true,
};

/** What Cobalt can do with a connection. It has no place for metadata, a base URL or a shared credential. */
export const capabilities = (): Capabilities => ({
  fields: {
    name: { ...replaced, limits: { maxLength: 80 } },
    description: { ...replaced, clear: true, limits: { maxLength: 200 } },
    metadata: unsupported,
    baseUrl: unsupported,
    credential: { ...replaced, read: "no", requires: [] },
    connectionId: unsupported,
    requestTimeout: { ...replaced, clear: true, limits: { minimum: 1, maximum: 600 } },
    streamIdleTimeout: { ...replaced, clear: true, limits: { minimum: 1, maximum: 120 } },
    enabled: replaced,
    native: { ...replaced, read: "no", writtenWith: [] },
  },
  schemes: apiKeyOnly,
  list: "ids",
  pageSize: PAGE_SIZE,
  hint: true,
  detectsConflicts: true,
});
