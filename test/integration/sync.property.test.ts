import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secret } from "../../src/index.ts";
import {
  applyPlan,
  Fingerprints,
  JournalState,
  openJournal,
  resolveSecrets,
  secretsToWrite,
} from "../../src/sync/index.ts";
import { type SandboxOptions, startSandbox } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import fc from "../support/property.ts";
import {
  BARNDOOR_ID,
  CONNECTION_ID,
  gatewaysOf,
  OTHER_CONNECTION_ID,
  opened,
  planned,
  testRuntime,
} from "../support/sync.ts";

allowLoopback();

const text = fc
  .string({ minLength: 1, maxLength: 20, unit: "grapheme" })
  .filter((one) => one.trim() === one && !/\p{Cc}/u.test(one));
const url = fc.constantFrom(
  "https://a.test",
  "https://a.test/",
  "https://A.test:443/v1",
  "https://b.test/v1",
  "http://c.test:8080/x",
);
const json = fc.dictionary(
  fc.constantFrom("team", "tier", "nested", "list"),
  fc.oneof(fc.integer(), fc.boolean(), text, fc.array(fc.integer({ max: 9 }), { maxLength: 3 }), fc.constant(null)),
  { minKeys: 1 },
);
const seconds = fc.integer({ min: 1, max: 600 });
const optional = <Value>(of: fc.Arbitrary<Value>) => fc.option(of, { nil: undefined });
const maybe = { requiredKeys: [] as [] };
const apiKey = fc.constant({ scheme: "api_key", apiKey: "env:KEY" });

const respanFields = fc
  .record({ name: text, baseUrl: url, credential: apiKey, requestTimeout: seconds }, maybe)
  .chain((fields) => {
    const touches = fields.baseUrl !== undefined;
    const native = fc.record(
      { region: text, temperature: fc.constantFrom(0, 0.5, 1), organization: fc.constant("env:ORG") },
      maybe,
    );
    const { requestTimeout: _requestTimeout, ...others } = fields;
    return optional(native).map((given) => {
      if (!touches) return others;
      return given === undefined || Object.keys(given).length === 0 ? fields : { ...fields, native: given };
    });
  });

const barndoorFields = fc
  .record(
    {
      name: text,
      baseUrl: url,
      requestTimeout: fc.option(seconds),
      streamIdleTimeout: fc.option(fc.integer({ min: 1, max: 300 })),
      enabled: fc.boolean(),
      native: fc.record(
        {
          settings: json,
          enforce_health_check: fc.boolean(),
          change_note: text,
        },
        { requiredKeys: ["change_note"] },
      ),
    },
    maybe,
  )
  .chain((fields) =>
    fc
      .constantFrom<object[]>(
        {},
        { connectionId: CONNECTION_ID },
        { connectionId: OTHER_CONNECTION_ID.toUpperCase() },
        { connectionId: null, credential: { scheme: "api_key", apiKey: "env:KEY" } },
        { credential: { scheme: "api_key", apiKey: "env:KEY" } },
      )
      .map((binding) => ({ ...fields, ...binding })),
  );

const ngrokFields = fc.record(
  { name: text, description: fc.option(text), metadata: fc.option(fc.oneof(json, text)), credential: apiKey },
  maybe,
);

const connection = (id: string) => ({
  id,
  name: "Shared",
  model_provider: "openai",
  base_url: "https://shared.test",
  auth_type: "api_key",
  api_key: "sk-shared",
});

const optionsArbitrary = fc
  .record({
    attached: fc.boolean(),
    name: text,
    description: optional(text),
    metadata: optional(text),
    timeout: optional(seconds),
    returnsExtraKwargs: fc.boolean(),
    secretKwargs: fc.constantFrom<("dropped" | "masked")[]>("dropped", "masked"),
    updateMethod: fc.constantFrom<("PATCH" | "PUT" | "both")[]>("PATCH", "PUT", "both"),
    wrongMethod: fc.constantFrom<(404 | 405)[]>(404, 405),
    attachedBaseUrl: fc.constantFrom<("connection" | "own")[]>("connection", "own"),
    replyFields: fc.constantFrom<("all" | "sample")[]>("all", "sample"),
    timestamps: fc.constantFrom<("utc" | "offsetless")[]>("utc", "offsetless"),
  })
  .map((given): SandboxOptions => {
    const { attached, name, description, metadata, timeout, returnsExtraKwargs, secretKwargs, ...barndoor } = given;
    const extra_kwargs = {
      base_url: "https://old.test",
      organization: "old-org",
      ...(timeout !== undefined && { timeout }),
    };
    const custom = { pk: 1, provider_id: "openai", provider_name: name, api_key: "sk-old", extra_kwargs };
    const own = attached ? { connection_id: CONNECTION_ID } : { base_url: "https://old.test", api_key: "sk-old" };
    return {
      seed: {
        respan: { providers: [custom] },
        keywordsai: { providers: [custom] },
        barndoor: {
          connections: [connection(CONNECTION_ID), connection(OTHER_CONNECTION_ID)],
          providers: [
            {
              id: BARNDOOR_ID,
              name,
              model_provider: "openai",
              ...own,
              ...(timeout !== undefined && { request_timeout_secs: timeout }),
            },
          ],
        },
        ngrok: {
          keys: [
            {
              id: "aigpk_1",
              providerId: "openai",
              name,
              value: "sk-old",
              ...(description !== undefined && { description }),
              ...(metadata !== undefined && { metadata }),
            },
          ],
        },
      },
      switches: {
        respan: { returnsExtraKwargs, secretKwargs },
        keywordsai: { returnsExtraKwargs, extraKwargs: "merge" },
        barndoor,
      },
    };
  });

const filled = <Fields extends object>(fields: fc.Arbitrary<Fields>) =>
  fields.filter((one) => Object.keys(one).length > 0);

const FINGERPRINT_KEY = secret("a-random-text-that-nobody-guesses");

it("a second plan after an apply has nothing to write, whatever was wanted and whatever was there", async () => {
  const configs = fc.record({
    respan: filled(respanFields),
    keywordsai: filled(respanFields),
    barndoor: filled(barndoorFields),
    ngrok: filled(ngrokFields),
  });
  await fc.assert(
    fc.asyncProperty(optionsArbitrary, configs, fc.boolean(), async (options, fields, isKeyed) => {
      const sandbox = await startSandbox(options);
      const directory = mkdtempSync(join(tmpdir(), "gatefold-property-"));
      const runtime = testRuntime();
      const journal = await openJournal(join(directory, "journal.jsonl"), runtime, { command: "apply" });
      try {
        const { yaml, environment } = gatewaysOf(sandbox, { keywordsai: "extraKwargs: merge" });
        const all = { ...environment, KEY: "sk-the-new-key", ORG: "the-new-org" };
        const ids = { respan: 1, keywordsai: 1, barndoor: BARNDOOR_ID, ngrok: "aigpk_1" };
        const providers = (Object.keys(ids) as (keyof typeof ids)[]).map((name) => {
          return `  p-${name}: ${JSON.stringify({ gateways: { [`${name}-prod`]: { id: ids[name], ...fields[name] } } })}`;
        });
        const { config, bindings, connections } = await opened(`${yaml}providers:\n${providers.join("\n")}\n`, all);
        const fingerprints = new Fingerprints(isKeyed ? FINGERPRINT_KEY : undefined);
        const wanted = secretsToWrite(bindings, {
          writeUnverified: true,
          isFingerprinted: isKeyed,
          journal: undefined,
        });
        const secretOf = await resolveSecrets(config, wanted, all);
        const made = (writeUnverified: boolean) => {
          const state = new JournalState(journal.events);
          return planned(config, connections, { writeUnverified }, { journal: state, fingerprints, secretOf });
        };
        const input = { bindings, connections, secretOf, fingerprints, journal, runtime };
        const { rows } = await applyPlan({ ...input, planned: await made(true) });
        expect(rows.filter(({ status }) => status !== "done" && status !== "blocked")).toEqual([]);
        const { plan } = await made(false);
        expect(plan.rows.filter(({ writes, status }) => writes.length > 0 || status === "failed")).toEqual([]);
        const keys = plan.rows.flatMap((row) => row.fields.filter(({ field }) => field === "credential"));
        const blocked = plan.rows.filter(({ status }) => status === "blocked");
        expect(blocked.map(({ gateway }) => gateway).filter((name) => name !== "barndoor-prod")).toEqual([]);
        // What the journal knows is proof only with a key, and where the gateway shows when it was changed last.
        const isProven = isKeyed && options.switches?.barndoor?.replyFields !== "sample";
        if (blocked.length === 0 && (isProven || !isKeyed)) {
          for (const { verdict } of keys) expect(verdict).toBe(isProven ? "in-sync" : "unverifiable");
        }
        const written = rows.some(({ gateway, writes }) => gateway === "ngrok-prod" && writes.includes("credential"));
        expect(sandbox.stored("ngrok", "aigpk_1")?.value).toBe(written ? "sk-the-new-key" : "sk-old");
      } finally {
        await journal.close();
        rmSync(directory, { recursive: true });
        await sandbox.close();
      }
    }),
    { numRuns: 20 },
  );
});
