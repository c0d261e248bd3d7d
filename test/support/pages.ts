import type { PageContext } from "../../src/cli/render/html/index.ts";
import type { Happening, JournalEvent, ObjectKey, PlanRow } from "../../src/sync/index.ts";
import { keyOf, planOf, renamed, rowOf } from "./plans.ts";
import { checked } from "./sync.ts";

/** The time of every page: 2026-11-22 14:50 UTC. */
export const NOW = Date.UTC(2026, 10, 22, 14, 50);

export const DAY = 86_400_000;

/** What a journal's line has besides what happened. */
export function eventOf(happened: Happening, seq: number, daysAgo: number, run = "run-1"): JournalEvent {
  return { ...happened, seq, run, at: new Date(NOW - daysAgo * DAY).toISOString() };
}

/** An object of a gateway of {@link contextOf}. */
export const objectAt = (gateway: string, id: string | number): ObjectKey => ({
  gateway,
  adapter: "ngrok",
  baseUrl: null,
  id,
});

/** A run, and a write of these fields to an object, so many days ago. */
export function writeOf(
  object: ObjectKey,
  fields: readonly ["credential"] | readonly ["name"],
  daysAgo: number,
  seq = 1,
) {
  const [field] = fields;
  const events: JournalEvent[] = [
    eventOf(
      { type: "run", command: "apply", actor: "alice", host: "build-7", pid: 1, reason: "quarterly rotation" },
      seq,
      daysAgo,
      `run-${seq}`,
    ),
    eventOf(
      {
        type: "intent",
        object,
        provider: "p",
        fields: [field],
        fingerprints: {},
        before: {},
        timeoutMs: 1000,
      },
      seq + 1,
      daysAgo,
      `run-${seq}`,
    ),
    eventOf({ type: "outcome", intent: seq + 1, status: "done", applied: [field] }, seq + 2, daysAgo, `run-${seq}`),
  ];
  return events;
}

/** What a page of these gateways and providers is made with, the providers with their tags. */
export function contextOf(
  gateways: readonly string[],
  providers: Readonly<Record<string, readonly string[]>>,
  events: readonly JournalEvent[] = [],
): PageContext {
  const entries = gateways.map((name, index) => [name, { adapter: "ngrok", token: `env:TOKEN_${index}` }]);
  // One binding says everything of a provider that a page takes from the config.
  const [first = "eu"] = gateways;
  const bound = Object.entries(providers).map(([name, tags], index) => {
    return [name, { name: "N", ...(tags.length > 0 && { tags }), gateways: { [first]: { id: `key_${index}` } } }];
  });
  const config = { version: 1, gateways: Object.fromEntries(entries), providers: Object.fromEntries(bound) };
  return { command: "plan", checked: checked(JSON.stringify(config), "gatefold.yaml"), events, now: NOW };
}

const GATEWAYS = ["respan-prod", "barndoor-prod", "ngrok-prod", "respan-eu", "barndoor-eu", "ngrok-eu"];

const key = (verdict: Parameters<typeof keyOf>[0], ...evidence: Parameters<typeof keyOf>[1][]) => ({
  ...keyOf(verdict, ...evidence),
  before: "sk-…1234",
});

/** A fleet in which most is in sync, and every status is there. */
export function samplePage(
  count: number,
  gateways = GATEWAYS,
): { readonly plan: ReturnType<typeof planOf>; readonly context: PageContext } {
  const names = Array.from(
    { length: count },
    (_, index) =>
      `${UPSTREAMS[index % UPSTREAMS.length]}-${STAGES[index % STAGES.length]}${count > 20 ? `-${index}` : ""}`,
  );
  const events: JournalEvent[] = [];
  const rows = names.flatMap((provider, index) =>
    gateways.flatMap((gateway, column): PlanRow[] => {
      const place = index * gateways.length + column;
      if (place % 7 === 5) return [];
      const id = `key_${index}`;
      const about = { provider, gateway, adapter: "ngrok", id, seen: { hint: `sk-…${1000 + (place % 9000)}` } };
      if (place % 11 !== 3)
        events.push(...writeOf(objectAt(gateway, id), ["credential"], 1 + (place % 90), 3 * place + 1));
      return [{ ...rowOf(), ...about, ...KINDS[place % KINDS.length] }];
    }),
  );
  const providers = Object.fromEntries(
    names.map((name, index) => [name, index % 2 === 0 ? ["prod"] : ["staging", "eu"]]),
  );
  return { plan: planOf(rows), context: contextOf(gateways, providers, events) };
}

const UPSTREAMS = ["openai", "anthropic", "mistral", "bedrock-claude", "vertex-gemini", "groq", "cohere"];
const STAGES = ["prod", "staging", "research", "batch", "evals"];

const calm: Partial<PlanRow> = {
  fields: [{ ...renamed, verdict: "in-sync", before: "OpenAI Production" }, key("in-sync", "fingerprint", "hint")],
};
const KINDS: readonly Partial<PlanRow>[] = [
  ...Array.from({ length: 11 }, () => calm),
  {
    status: "changed",
    fields: [
      renamed,
      { field: "requestTimeout", verdict: "changed", evidence: ["read"], before: 60, after: 90 },
      key("in-sync", "fingerprint", "hint"),
    ],
    writes: ["name", "requestTimeout"],
  },
  calm,
  calm,
  calm,
  calm,
  { status: "drift", fields: [key("drift", "hint")], writes: ["credential"], writesKey: true },
  calm,
  calm,
  calm,
  { status: "unverifiable", fields: [key("unverifiable")] },
  calm,
  calm,
  {
    status: "blocked",
    reason:
      "uses the shared connection c0ffee: to detach it, add connectionId: null; to keep it, omit the credential and manage the connection",
    fields: [key("changed", "fingerprint")],
  },
  calm,
  calm,
  calm,
  calm,
  {
    status: "create",
    id: null,
    seen: {},
    fields: [
      { field: "name", verdict: "changed", evidence: [], after: "OpenAI" },
      { ...key("changed"), before: undefined },
    ],
    writes: ["name", "credential"],
    writesKey: true,
    creation: { slug: "openai", upstream: "openai" },
  },
  calm,
  { status: "suspected", fields: [key("suspected", "updatedAt")] },
];
