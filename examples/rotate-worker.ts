import { barndoor } from "gatefold/adapters/barndoor";
import { ngrok } from "gatefold/adapters/ngrok";
import * as sync from "gatefold/sync";

/** A queue's message: whose key is rotated, and where the new one is. Never a key itself: queues keep what they are given. */
export interface RotateJob {
  readonly provider: string;
  /** A reference, such as `env:NEW_OPENAI_KEY`. */
  readonly newKey: string;
}

const environment = process.env;

/** What becomes of the job: it is done, the queue brings it again, or a person must look. */
export async function rotate(job: RotateJob, stopping: AbortSignal): Promise<"done" | "again" | "operator"> {
  const config = await sync.loadConfig([environment.GATEFOLD_CONFIG ?? "gatefold.yaml"], process.cwd());
  const written = sync.checkConfig(config, [barndoor, ngrok]);
  sync.requireTrust(written, written.bindings, false);
  const runtime = sync.runtimeOf(process, "rotation-worker");
  // Its lock lets one worker rotate at a time. Keep the file where every worker finds it.
  const journal = await sync.openJournal(config.journal, runtime, { command: "rotate" });
  try {
    const checked = sync.withJournal(written, new sync.JournalState(journal.events));
    // A worker was killed in the middle: what it began is finished first, with the keys that it began with.
    const left = sync.unfinishedRotation(journal.events)?.rotation;
    const selection = left ? sync.selectionOf(checked, left) : sync.selectForRotation(checked, [job.provider]);
    const to = left?.to ?? referenceOf(job);
    const from = left?.from ?? selection.reference;
    const connections = await sync.connect(checked, selection.bindings, environment, {});
    const wanted = [to, from].map((reference) => ({ path: ["providers", job.provider], reference }));
    const keyOf = await sync.resolveSecrets(checked, wanted, environment);
    const input: sync.RotationInput = {
      checked,
      selection,
      to: { reference: to, secret: keyOf(to) },
      from: { reference: from, secret: keyOf(from) },
      onFailure: left?.onFailure ?? "restore",
      connections,
      secretOf: await sync.resolveSecrets(checked, sync.secretsBesideKey(selection, connections), environment),
      fingerprints: await sync.openFingerprints(checked, environment),
      journal,
      runtime,
    };
    const result = await (left ? sync.resumeRotation : sync.rotateKey)(input, { stopping });
    for (const { gateway, id, holds, error } of result.rows) {
      console.log(gateway, id, `holds the ${holds} key`, error?.name ?? "", error?.outcome ?? "");
    }
    if (result.status === "needs-operator") return "operator";
    const isOwn = left === undefined || sync.referenceText(left.to) === job.newKey;
    return result.status === "all-new" && isOwn ? "done" : "again";
  } finally {
    await journal.close();
  }
}

function referenceOf({ newKey }: RotateJob): sync.SecretReference {
  const reference = sync.parseReference(newKey, process.cwd());
  if (reference === undefined) throw new Error("newKey is no reference, such as env:NEW_OPENAI_KEY");
  // Whoever can write to the queue must not run commands here.
  const problem = sync.referenceProblem(reference, process.cwd());
  if (problem !== undefined) throw new Error(`newKey ${problem}`);
  return reference;
}
