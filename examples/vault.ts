import { secret } from "gatefold";
import { ngrok } from "gatefold/adapters/ngrok";
import * as sync from "gatefold/sync";
import { z } from "zod";

const environment = process.env;
const { VAULT_ADDR = "https://127.0.0.1:8200", VAULT_TOKEN = "" } = environment;

// https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
const replySchema = z.object({ data: z.object({ data: z.record(z.string(), z.string()) }) });

/** `vault:gateways/openai#api_key`: a field of a secret in the store `kv`. */
const fromVault: sync.SecretResolver = async ({ target }) => {
  const [, path, field = ""] = /^(gateways\/[\w-]+)#(\w+)$/.exec(target) ?? [];
  // A config asks for what it likes: it is given what is kept for gateways, and nothing else.
  if (path === undefined) throw new Error("no secret of a gateway");
  const reply = await fetch(`${VAULT_ADDR}/v1/kv/data/${path}`, {
    headers: { "X-Vault-Token": VAULT_TOKEN },
    redirect: "error",
    signal: AbortSignal.timeout(10_000),
  });
  // What is thrown is not shown, as it could quote a secret: what may be seen is told here.
  if (!reply.ok) console.error(`vault: ${path}: ${reply.status}`);
  const { data } = replySchema.parse(await reply.json());
  return secret(data.data[field] ?? "");
};

const config = await sync.loadConfig([environment.GATEFOLD_CONFIG ?? "gatefold.yaml"], process.cwd());
const checked = sync.checkConfig(config, [ngrok]);
sync.requireTrust(checked, checked.bindings, false);
const runtime = sync.runtimeOf(process, "vault-sync");
const journal = await sync.openJournal(config.journal, runtime, { command: "apply" });
try {
  const { bindings } = checked;
  const known = new sync.JournalState(journal.events);
  const fingerprints = await sync.openFingerprints(checked, environment, fromVault);
  const connections = await sync.connect(checked, bindings, environment, {}, { resolver: fromVault });
  const wanted = bindings.flatMap((binding) => sync.secretsOf(binding).uses);
  const secretOf = await sync.resolveSecrets(checked, wanted, environment, fromVault);
  const readers = sync.readersOf(connections);
  const planned = await sync.makePlan({ checked, bindings, readers, journal: known, fingerprints, secretOf });
  const input = { planned, bindings, connections, secretOf, fingerprints, journal, runtime };
  const result = await sync.applyPlan(input, { stopping: AbortSignal.timeout(600_000) });
  for (const { provider, gateway, status, error } of result.rows) {
    console.log(provider, gateway, status, error?.name ?? "", error?.outcome ?? "");
  }
  process.exitCode = sync.applyExit(result);
} finally {
  await journal.close();
}
