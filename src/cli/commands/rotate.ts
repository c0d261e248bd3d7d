import { resolve } from "node:path";
import {
  type CheckedConfig,
  ConfigError,
  fileProblem,
  interruptedRotation,
  type Journal,
  JournalError,
  JournalState,
  openJournal,
  parseReference,
  type RotationInput,
  readJournal,
  referenceProblem,
  requireTrust,
  resolveSecrets,
  resumeRotation,
  rotateKey,
  rotationExit,
  type SecretReference,
  secretsBesideKey,
  selectForRotation,
  selectionOf,
  withJournal,
} from "../../sync/index.ts";
import { isTrusted } from "../adapters.ts";
import type { Host } from "../host.ts";
import { printedError, type Report, textsOf } from "../output.ts";
import { readConfig } from "../read-config.ts";
import { errorPlaces } from "../render/places.ts";
import { rotationMarkdown } from "../render/rotation-markdown.ts";
import { renderRotation } from "../render/rotation-text.ts";
import { openBindings, progressOf, type SessionOptions } from "../session.ts";
import { verifyCommand } from "../verify-command.ts";

/** Options of `rotate`. */
export interface RotateOptions extends Pick<SessionOptions, "config" | "trustConfig" | "journal"> {
  readonly to?: string;
  readonly from?: string;
  /** The reference to the key that is rotated, where the providers have several. */
  readonly key?: string;
  readonly onFailure?: "restore" | "keep";
  readonly verify?: string;
  /** Milliseconds for the gateways' own health probes. */
  readonly probeWithinMs?: number;
  readonly resume?: boolean;
  readonly allow?: readonly string[];
  readonly reason?: string;
}

type Keys = Pick<RotationInput, "selection" | "onFailure"> & {
  readonly to: SecretReference;
  readonly from?: SecretReference;
};

/** Changes a key at every gateway that holds it, or at none; or goes on with a rotation that was interrupted. */
export async function rotate(host: Host, providers: readonly string[], options: RotateOptions): Promise<Report> {
  const written = await readConfig(host, options);
  requireTrust(written, [], isTrusted(host, options), { usesJournal: options.journal === undefined });
  const file = resolve(host.workingDirectory, options.journal ?? written.config.journal);
  const events = (await readJournal(file)) ?? [];
  const checked = withJournal(written, new JournalState(events));
  const isResumed = options.resume === true;
  const keys = isResumed
    ? resumed(host, checked, { file, events }, providers, options)
    : begun(host, checked, providers, options);
  const { selection, onFailure } = keys;
  const scope = { gateways: [], providers: [], tags: [] };
  const session = await openBindings(host, checked, { scope, bindings: selection.bindings }, options);
  const { connections, fingerprints, journalFile } = session;
  const { environment, runtime, signal, force } = host;
  const wanted = [
    { path: ["--to"], reference: keys.to },
    ...(keys.from === undefined ? [] : [{ path: ["--from"], reference: keys.from }]),
  ];
  const keyOf = await resolveSecrets(checked, wanted, environment);
  const secretOf = await resolveSecrets(checked, secretsBesideKey(selection, connections), environment);
  const { verify, probeWithinMs, reason, allow } = options;
  const journal = await openJournal(journalFile, runtime, { command: "rotate" });
  const input: RotationInput = {
    checked,
    selection,
    to: { reference: keys.to, secret: keyOf(keys.to) },
    ...(keys.from === undefined ? {} : { from: { reference: keys.from, secret: keyOf(keys.from) } }),
    onFailure,
    ...(verify === undefined ? {} : { verify: verifyCommand(verify, host) }),
    ...(probeWithinMs === undefined ? {} : { probeWithinMs }),
    connections,
    secretOf,
    fingerprints,
    journal,
    runtime,
    ...(reason === undefined ? {} : { reason }),
    ...(allow === undefined ? {} : { allow }),
    ...progressOf(host),
  };
  try {
    const result = await (isResumed ? resumeRotation : rotateKey)(input, { stopping: signal, signal: force });
    const places = errorPlaces(checked);
    return {
      data: result,
      ...textsOf(host, (style, view) => renderRotation(result, keys, style, { ...view, places })),
      markdown: rotationMarkdown(result, { reference: selection.reference, to: keys.to }),
      exit: rotationExit(result),
    };
  } finally {
    await journal.close().catch((error: unknown) => {
      // What was done is told in any case.
      if (!(error instanceof JournalError)) throw error;
      host.stderr(printedError(host, error));
    });
  }
}

function begun(host: Host, checked: CheckedConfig, providers: readonly string[], options: RotateOptions): Keys {
  const { onFailure = "restore" } = options;
  if (providers.length === 0) throw usage("rotate", "names no provider: gatefold rotate PROVIDER --to env:NEW_KEY");
  const to = given(host, "--to", options.to);
  const from = given(host, "--from", options.from);
  if (to === undefined) throw usage("--to", "is missing: the reference to the new key, such as env:NEW_KEY");
  const selection = selectForRotation(checked, providers, given(host, "--key", options.key));
  return { selection, onFailure, to, ...(from === undefined ? {} : { from }) };
}

/** What the journal says of the interrupted rotation; the command line may say where its keys are now. */
function resumed(
  host: Host,
  checked: CheckedConfig,
  journal: Pick<Journal, "file" | "events">,
  providers: readonly string[],
  options: RotateOptions,
): Keys {
  if (providers.length > 0 || options.onFailure !== undefined || options.key !== undefined) {
    throw usage(
      "--resume",
      "goes on with what the journal tells: it takes neither providers nor --key nor --on-failure",
    );
  }
  const { rotation } = interruptedRotation(journal);
  const recorded = (option: string, reference: SecretReference): SecretReference => {
    const problem = referenceProblem(reference, checked.config.sources.directoryOf([]));
    if (problem === undefined || isTrusted(host, options)) return reference;
    throw new ConfigError("untrusted", [
      fileProblem(journal.file, `the key of ${option} ${problem}, or ${option} given again`),
    ]);
  };
  const to = given(host, "--to", options.to) ?? recorded("--to", rotation.to);
  const from = given(host, "--from", options.from) ?? (rotation.from && recorded("--from", rotation.from));
  const selection = selectionOf(checked, rotation);
  return { selection, onFailure: rotation.onFailure, to, ...(from === undefined ? {} : { from }) };
}

/** A reference of the command line: the user's own, which starts from the working directory. */
function given({ workingDirectory }: Host, option: string, text: string | undefined): SecretReference | undefined {
  const reference = parseReference(text, workingDirectory);
  if (text !== undefined && reference === undefined) {
    throw usage(
      option,
      "expected a reference: env:NAME, file:PATH or exec:COMMAND; a key itself does not belong there",
    );
  }
  return reference;
}

const usage = (what: string, message: string) => new ConfigError("invalid", [fileProblem(what, message)]);
