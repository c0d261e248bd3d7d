import { byGateway } from "../by-gateway.ts";
import type { CheckedConfig } from "../config/check.ts";
import { ConfigError } from "../config/config-error.ts";
import { LIMITED_KINDS, type Limit, type LimitedKind } from "../config/limits.ts";

/** So many are meant: given by hand for one run, as `update:GATEWAY=12`, or `key=30` for all gateways together. */
export interface Allowance {
  readonly kind: LimitedKind;
  /** Undefined: all gateways together. */
  readonly gateway: string | undefined;
  readonly count: number;
}

/** A limit that a plan goes beyond. */
export interface ExceededLimit {
  /** What is counted. */
  readonly kind: LimitedKind;
  /** Null: all gateways together. */
  readonly gateway: string | null;
  /** How many the plan has. */
  readonly planned: number;
  /** How many bindings there are, in scope or not; for removals, these and what would be removed. */
  readonly bindings: number;
  /** How many the limit lets through. */
  readonly most: number;
}

/** A row as far as limits go. */
export interface CountedRow {
  readonly status?: string;
  readonly gateway: string;
  readonly writes: readonly unknown[];
  readonly writesKey: boolean;
}

/** Every limit that the rows go beyond. A share is of all bindings of the config, so that a targeted plan is judged alike. */
export function exceededLimits(
  { config, bindings, unmade }: CheckedConfig,
  rows: readonly CountedRow[],
  allowances: readonly Allowance[],
): ExceededLimit[] {
  const bound = new Map<string, number>();
  for (const all of [bindings, unmade]) {
    for (const { gateway } of all) bound.set(gateway, (bound.get(gateway) ?? 0) + 1);
  }
  const scopes = [
    { gateway: null, limits: config.limits.total, counts: countsOf(rows), total: bindings.length + unmade.length },
    ...Array.from(byGateway(rows), ([gateway, own]) => {
      return { gateway, limits: config.limits.gateway(gateway), counts: countsOf(own), total: bound.get(gateway) ?? 0 };
    }),
  ];
  return scopes.flatMap(({ gateway, limits, counts, total }) =>
    LIMITED_KINDS.flatMap((kind): ExceededLimit[] => {
      const planned = counts[kind];
      const allowed = allowances.find((each) => each.kind === kind && each.gateway === (gateway ?? undefined));
      // What is removed is bound to nothing any more, and was a part of the whole until now.
      const whole = kind === "remove" ? total + planned : total;
      const most = allowed?.count ?? mostOf(limits[kind], whole);
      return planned > most ? [{ kind, gateway, planned, bindings: whole, most }] : [];
    }),
  );
}

function countsOf(rows: readonly CountedRow[]): Readonly<Record<LimitedKind, number>> {
  const counts = { update: 0, key: 0, remove: 0 };
  for (const { writes, writesKey, status } of rows) {
    if (writes.length > 0) counts.update += 1;
    if (writesKey) counts.key += 1;
    if (status === "remove") counts.remove += 1;
  }
  return counts;
}

/** What a limit comes to for so many bindings. */
export function mostOf({ count, percent, atLeast = 0 }: Limit, bindings: number): number {
  const share = percent === undefined ? bindings : Math.max(Math.floor((bindings * percent) / 100), atLeast);
  return Math.min(share, count ?? bindings);
}

/** Why a plan is not carried out, and how to say that it is meant. */
export function describeExceeded(exceeded: ExceededLimit): string {
  const { what, advice } = exceededParts(exceeded);
  return `${what}; ${advice}`;
}

/** The same in two parts. */
export function exceededParts(exceeded: ExceededLimit): { readonly what: string; readonly advice: string } {
  const { kind, gateway, planned, bindings, most } = exceeded;
  const things = `${kind === "key" ? "key" : "object"}${planned === 1 ? "" : "s"}`;
  const done = kind === "remove" ? "removed for good" : "written";
  const where = gateway === null ? "in total" : `at ${gateway}`;
  return {
    what: `${planned} ${things} of ${bindings} would be ${done} ${where}, and the limit is ${most}`,
    advice: `if this is meant, say --allow ${allowanceFor(exceeded)}`,
  };
}

function allowanceFor({ kind, gateway, planned }: ExceededLimit): string {
  return `${kind}${gateway === null ? "" : `:${gateway}`}=${planned}`;
}

/**
 * Reads allowances as they are given.
 * @throws ConfigError for one that is malformed, names no gateway of the config, or is given twice
 */
export function parseAllowances(
  texts: readonly string[],
  bindings: readonly { readonly gateway: string }[],
): Allowance[] {
  const gateways = new Set(bindings.map(({ gateway }) => gateway));
  const seen = new Set<string>();
  return texts.map((text) => {
    const refuse = (message: string) =>
      new ConfigError("invalid", [{ file: "--allow", line: 1, column: 1, path: text, message }]);
    const [, word, gateway, count] = /^([a-z]+)(?::([^=]+))?=(\d{1,9})$/.exec(text) ?? [];
    const kind = LIMITED_KINDS.find((each) => each === word);
    if (kind === undefined) {
      throw refuse(
        "expected update, key or remove, a gateway and how many, such as update:my-gateway=12; or update=12 in total",
      );
    }
    if (gateway !== undefined && !gateways.has(gateway)) throw refuse(`no gateway ${gateway} has bindings`);
    const target = `${kind}:${gateway ?? ""}`;
    if (seen.has(target)) throw refuse("is given twice");
    seen.add(target);
    return { kind, gateway, count: Number(count) };
  });
}
