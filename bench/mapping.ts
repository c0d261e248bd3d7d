import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Measurement, Row } from "./row.ts";

/** What our own code does with a call: checking, translating, rendering, parsing, normalizing, redacting. No request is sent. */
export const measureMapping: Measurement = async () => {
  // A process of its own: there, and only there, what sends requests is replaced.
  const child = fork(fileURLToPath(new URL("./mapping-process.mjs", import.meta.url)));
  const [rows]: Row[][] = await once(child, "message");
  return rows ?? [];
};
