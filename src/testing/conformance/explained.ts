import { inspect } from "node:util";
import type { RequestPreview } from "../../contract/gateway.ts";
import type { TestGateway } from "../fake/start-fake.ts";
import { isObject } from "../is-object.ts";
import { CONTRACT, sortedJson } from "./bench.ts";
import { requireEqual, requireThat } from "./case.ts";

/** Fails unless what was explained is what was sent, but for what may be sent or is read first, and shows no secret. */
export function requireExplained(
  previews: readonly RequestPreview[],
  requests: TestGateway["requests"],
  secrets: readonly string[],
  title: string,
): void {
  const shown = inspect(previews, { depth: Number.POSITIVE_INFINITY }) + JSON.stringify(previews);
  requireThat(!secrets.some((text) => shown.includes(text)), {
    problem: `${title}: explain shows a secret`,
    source: CONTRACT,
  });
  const sure = previews.filter(({ when }) => when === undefined);
  const told = sure.map(({ method, path }) => `${method} ${path}`);
  const sent = requests.map(({ method, path }) => `${method} ${path.split("?", 1)[0]}`);
  const missing = told.filter((line) => !sent.includes(line));
  requireEqual(missing, [], `${title}: explained without a condition, and not sent`, CONTRACT);
  const possible = new Set(previews.map(({ method, path }) => `${method} ${path}`));
  const untold = sent.filter((line) => !possible.has(line));
  requireEqual(untold, [], `${title}: sent, and not explained`, CONTRACT);
  for (const request of requests.filter(({ method }) => method !== "GET")) {
    const preview = previews.find(({ method, path }) => method === request.method && path === request.path);
    const body = sortedJson(redactedLike(request.body, preview?.body));
    requireEqual(body, sortedJson(preview?.body), `${title}: the body that was sent, as explain shows it`, CONTRACT);
  }
}

/** A body in which whatever the preview redacts or stands in for is shown as the preview shows it. */
function redactedLike(sent: unknown, preview: unknown): unknown {
  if (typeof preview === "string" && (preview === "[redacted]" || isStandIn(preview))) return preview;
  if (!isObject(sent) || !isObject(preview)) return sent;
  const standIns = Object.entries(preview).filter(([name]) => isStandIn(name));
  const members = Object.entries(sent).filter(([name]) => standIns.length === 0 || Object.hasOwn(preview, name));
  const shown = members.map(([name, member]) => [name, redactedLike(member, preview[name])]);
  return Object.fromEntries([...standIns, ...shown]);
}

/** A value, or members, that are read at run time. */
const isStandIn = (text: string) => /^‹.*›$/.test(text);
