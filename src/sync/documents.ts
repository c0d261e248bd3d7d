import { adoptDocument } from "./apply/adopt-document.ts";
import { applyDocument, planDocument } from "./plan/document.ts";
import { schemaOfDocuments } from "./plan/document-parts.ts";
import { rotateDocument } from "./rotate/document.ts";

// An apply that is refused for its limits prints the plan; a drift report is a plan without a proposal.
const DOCUMENTS = {
  plan: [planDocument],
  drift: [planDocument],
  report: [planDocument],
  apply: [applyDocument, planDocument],
  adopt: [adoptDocument],
  rotate: [rotateDocument],
} as const;

/** The JSON schema of what a command prints, draft 2020-12. */
export function documentSchema(name: keyof typeof DOCUMENTS): object {
  return schemaOfDocuments(...DOCUMENTS[name]);
}
