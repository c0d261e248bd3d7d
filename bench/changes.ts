import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AnyAdapter, Gateway, ProviderId } from "gatefold";
import {
  type ApplyResult,
  applyPlan,
  type Connections,
  checkConfig,
  connect,
  JournalState,
  makePlan,
  openFingerprints,
  openJournal,
  openWithoutToken,
  type Planned,
  parseConfig,
  readersOf,
  resolveSecrets,
  runtimeOf,
  secretsToWrite,
} from "gatefold/sync";

/** One gateway of a config, and its objects. */
export interface Account {
  readonly name: string;
  readonly adapter: AnyAdapter;
  /** Besides `adapter`, as a config has them. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly ids: readonly ProviderId[];
  /** What every object gets, as a config has it. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What a config refers to. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  UPSTREAM_KEY: "sk-bench-new-key-2026",
  FINGERPRINT_KEY: "a random text that nobody guesses",
};

/** The key that a config writes. */
export const KEY = { credential: { scheme: "api_key", apiKey: "env:UPSTREAM_KEY" } } as const;

const NO_LIMITS = { update: { percent: 100 }, key: { percent: 100 } };

/** A config over some accounts, checked. */
export function checkedConfig(accounts: readonly Account[]) {
  const gateways = accounts.map(({ name, adapter, settings }) => [name, { adapter: adapter.name, ...settings }]);
  const providers = accounts.flatMap(({ name, ids, fields }) =>
    ids.map((id, index) => [`${name}-${index}`, { ...fields, gateways: { [name]: { id } } }]),
  );
  // As JSON, of which a config holds more than of YAML.
  const text = JSON.stringify({
    version: 1,
    fingerprintKey: "env:FINGERPRINT_KEY",
    limits: { ...NO_LIMITS, total: NO_LIMITS },
    gateways: Object.fromEntries(gateways),
    providers: Object.fromEntries(providers),
  });
  const adapters = accounts.map(({ adapter }) => adapter);
  return checkConfig(parseConfig("gatefold.json", text, tmpdir()), adapters);
}

type Checked = ReturnType<typeof checkedConfig>;

/** Opens the gateways of a config over their vendors' APIs. */
export function opened(checked: Checked, tokens: Readonly<Record<string, string>>): Promise<Connections> {
  return connect(checked, checked.bindings, { ...ENVIRONMENT, ...tokens }, {});
}

/** A gateway in this process that takes any update at once. */
export function inProcess({ bindings }: Checked): Connections {
  const [first] = bindings;
  if (first === undefined) throw new Error("there is nothing to change");
  const stateOf = (id: ProviderId, name: string) => ({
    id,
    name,
    credential: { kind: "inline" as const, hint: "sk-…2026" },
    updatedAt: "2026-01-01T00:00:00.000Z",
  });
  const gateway: Gateway<ProviderId> = {
    ...openWithoutToken(first.adapter, first.entry.settings),
    get: async (id) => stateOf(id, "Old"),
    list: async function* () {
      for (const { providerId } of bindings) yield stateOf(providerId, "Old");
    },
    update: async (id, { name = "Old" }) => ({ provider: stateOf(id, name), notes: [] }),
  };
  return new Map([[first.gateway, gateway]]);
}

/** Plans a config, and calls `apply` to carry that out with a journal of its own. */
export async function withPlan<Result>(
  checked: Checked,
  connections: Connections,
  file: string,
  use: (planned: Planned, apply: () => Promise<ApplyResult>) => Promise<Result>,
): Promise<Result> {
  const runtime = runtimeOf(process, "bench");
  const journal = await openJournal(file, runtime, { command: "apply" });
  try {
    const fingerprints = await openFingerprints(checked, ENVIRONMENT);
    const known = new JournalState(journal.events);
    const { bindings } = checked;
    const wanted = secretsToWrite(bindings, { writeUnverified: true, isFingerprinted: true, journal: known });
    const secretOf = await resolveSecrets(checked, wanted, ENVIRONMENT);
    const planned = await makePlan(
      { checked, bindings, readers: readersOf(connections), journal: known, fingerprints, secretOf },
      { writeUnverified: true },
    );
    const input = { planned, bindings, connections, secretOf, fingerprints, journal, runtime };
    return await use(planned, () => applyPlan(input));
  } finally {
    await journal.close();
  }
}

/** Works in a folder that is removed afterwards. */
export async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "gatefold-bench-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
