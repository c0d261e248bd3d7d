import type { FieldCapability } from "../contract/capabilities.ts";

/** A field that the vendor has no place for. */
export const unsupported: FieldCapability = { set: false, clear: false, read: "no", mode: "patch" };
