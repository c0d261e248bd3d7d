import { z } from "zod";

/** How much of something may be written at once. What is not given does not bound it. */
export interface Limit {
  /** At most so many. Whole, from 0. */
  readonly count?: number;
  /** At most this percentage of the bindings, from 0 to 100; for removals, of these and of what would be removed. */
  readonly percent?: number;
  /** So many are always within the percentage, however few bindings there are. Whole, from 0. */
  readonly atLeast?: number;
}

/** What is limited: objects that are written, keys among what is written, and objects that are removed for good. */
export const LIMITED_KINDS = ["update", "key", "remove"] as const;
/** What limits count: see `RunLimits`. */
export type LimitedKind = (typeof LIMITED_KINDS)[number];

/** The limits of one run. */
export type RunLimits = Readonly<Record<LimitedKind, Limit>>;

/** The limits of a config, with the defaults filled in. */
export interface ConfigLimits {
  /** Over all gateways. */
  readonly total: RunLimits;
  /** Of one gateway. */
  gateway(name: string): RunLimits;
}

/** Holds for each gateway, for updates and for keys. */
export const DEFAULT_GATEWAY_LIMIT: Limit = { percent: 50, atLeast: 3 };
/** Holds over all gateways, for updates and for keys. */
export const DEFAULT_TOTAL_LIMIT: Limit = { percent: 50, atLeast: 10 };
/** Holds for each gateway, for removals: nothing brings back what is removed. */
export const DEFAULT_GATEWAY_REMOVAL_LIMIT: Limit = { percent: 30, atLeast: 3 };
/** Holds over all gateways, for removals. */
export const DEFAULT_TOTAL_REMOVAL_LIMIT: Limit = { percent: 30, atLeast: 10 };

const whole = z.int({ error: "expected a whole number" }).min(0, "expected at least 0");
const percentage = "expected a number from 0 to 100";
const mapping = { error: "expected a mapping" };

const limitSchema = z.strictObject(
  {
    count: whole.exactOptional().meta({ description: "At most so many." }),
    percent: z
      .number({ error: percentage })
      .min(0, percentage)
      .max(100, percentage)
      .exactOptional()
      .meta({ description: "At most this percentage of the bindings; 100 is no limit." }),
    atLeast: whole
      .exactOptional()
      .meta({ description: "So many are always within the percentage, however few bindings there are." }),
  },
  mapping,
);

/** The limits as a gateway's entry has them. */
export const runLimitsSchema = z.strictObject(
  {
    update: limitSchema.exactOptional().meta({ description: "How many objects one run may write." }),
    key: limitSchema.exactOptional().meta({ description: "How many keys one run may write." }),
    remove: limitSchema.exactOptional().meta({ description: "How many objects one run may remove." }),
  },
  mapping,
);

/** The limits as the file has them. */
export const limitsSchema = z.strictObject(
  {
    ...runLimitsSchema.shape,
    total: runLimitsSchema.exactOptional().meta({ description: "The same over all gateways." }),
  },
  mapping,
);

type GivenRunLimits = z.output<typeof runLimitsSchema>;
type GivenLimits = z.output<typeof limitsSchema>;

/** Puts what was given over the defaults, member by member, and a gateway's own over the file's. */
export function resolveLimits(given: GivenLimits, ofGateways: ReadonlyMap<string, GivenRunLimits>): ConfigLimits {
  const common = merged(defaults(DEFAULT_GATEWAY_LIMIT, DEFAULT_GATEWAY_REMOVAL_LIMIT), given);
  return {
    total: merged(defaults(DEFAULT_TOTAL_LIMIT, DEFAULT_TOTAL_REMOVAL_LIMIT), given.total ?? {}),
    gateway: (name) => merged(common, ofGateways.get(name) ?? {}),
  };
}

const defaults = (ofWrites: Limit, ofRemovals: Limit): RunLimits => {
  return { update: ofWrites, key: ofWrites, remove: ofRemovals };
};

function merged(base: RunLimits, { update, key, remove }: GivenRunLimits): RunLimits {
  return {
    update: { ...base.update, ...update },
    key: { ...base.key, ...key },
    remove: { ...base.remove, ...remove },
  };
}
