import type { FieldComparison, Verdict, VerdictBasis } from "../../../sync/index.ts";

type Sentences = Readonly<Partial<Record<VerdictBasis | "nothing", string>>>;

// What each verdict says with what it rests on; a verdict never comes with another basis than is listed.
const SENTENCES: Readonly<Record<Verdict, Sentences>> = {
  "in-sync": {
    read: "The gateway shows this very value.",
    fingerprint: "The value written last is this one, by its fingerprint",
    hint: "the gateway's hint has not moved since.",
    updatedAt: "the gateway tells of no change since.",
  },
  changed: {
    read: "The gateway shows another value.",
    fingerprint: "The value written last was another one, by its fingerprint.",
    hint: "The gateway's hint moved as well: somebody else replaced that one.",
    "outcome unknown": "A write was sent, and nothing tells whether it took effect.",
    nothing: "It is new.",
  },
  drift: { hint: "The gateway's hint moved since the last write: somebody else replaced the key." },
  suspected: {
    updatedAt: "Only the time of the last change moved: somebody may have changed it, and nothing shows what.",
  },
  unverifiable: {
    fingerprint: "The value written last is this one, by its fingerprint; nothing tells whether it is still there.",
    nothing: "Nothing is known of it: the gateway does not show it, and no write or adoption tells of it.",
  },
  unreadable: {
    fingerprint: "The gateway took this very value, and does not show it as such.",
    nothing: "The gateway takes it and does not show it.",
  },
};

/** What a verdict rests on, in words. */
export function evidenceSentence({ verdict, evidence }: FieldComparison): string {
  const bases: readonly (VerdictBasis | "nothing")[] = evidence.length === 0 ? ["nothing"] : evidence;
  const parts = bases.map((basis) => SENTENCES[verdict][basis] ?? basis);
  return parts.join(verdict === "in-sync" ? "; " : " ");
}
