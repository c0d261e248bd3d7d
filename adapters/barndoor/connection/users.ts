import { z } from "zod";
import { wireUuid } from "../../../src/kit/index.ts";
import { listPath } from "../translate.ts";

// https://docs.barndoor.ai/api-reference/llm-gateway/providers/listProviders
// A provider without a connection may leave `connection_id` out: getProvider, of the same reference.
const userSchema = z
  .object({ id: wireUuid, name: z.string(), connection_id: wireUuid.nullish() })
  .transform(({ id, name, connection_id }) => ({ id, name, uses: connection_id ?? undefined }));

/** The providers, and the connection of each. */
export const users = { path: listPath, page: z.array(userSchema).transform((items) => ({ items })) };
