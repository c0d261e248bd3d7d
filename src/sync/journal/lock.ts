// One run at a time on one journal.
//
// A run owns a lock file of its own, `<journal>.lock-<pid>-<random>`, and looks for others only once that stands. Of two
// runs, one placed its file first; the other's look begins after that, so it finds the file and withdraws: never do both
// go on. Nothing else is needed for that, neither a clock nor one file that changes hands.
//
// The file of a dead run may be removed by everybody at any time: its name is never used again, so a removal that comes
// late hits nothing. A lock file gets its name when it is complete, so that none is ever read half-written; what a crash
// leaves under the temporary name counts for nothing, and if it is taken from a living run, that run's renaming fails
// and it starts over.
//
// Alive is told from the process id: machines of one host name must share their process ids, and the runs of one process
// must be in one thread. The folder must show a new file at once to everybody who looks, as local file systems do.
import { randomBytes, randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { open, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import type { Runtime } from "../runtime.ts";
import { asJournalError, codeOf, JournalError } from "./journal-error.ts";

/** A journal's lock, held by this run. */
export interface JournalLock {
  /** Whether the lock file still stands. */
  isHeld(): boolean;
  /** Gives the lock back; removes nothing but the run's own file. @throws JournalError */
  release(): Promise<void>;
}

const RETRIES = 5;

/**
 * Takes a journal's lock. The locks of dead runs are taken over. A run that holds it, or may hold it, is not waited for;
 * only runs that start at the same moment step back and try again, a few times.
 * @param file the journal as the user names it
 * @param realPath where it really is; its folder exists
 * @throws JournalError `locked` with the holder, or `unwritable`
 */
export async function lockJournal(
  file: string,
  realPath: string,
  runtime: Runtime,
  command: string,
): Promise<JournalLock> {
  const place: Place = { file, folder: dirname(realPath), prefix: `${basename(realPath)}.lock-`, runtime };
  try {
    for (let retry = 0; ; retry++) {
      // Who stands here before our own file does is no rival of the same moment.
      const holder = await findOther(place, undefined);
      if (holder !== undefined) throw refusal(place, holder);
      const own = await placeFile(place, command);
      const rival = own === undefined ? undefined : await rivalOf(place, own);
      if (own !== undefined && rival === undefined) return heldLock(file, own);
      if (own !== undefined) await withdraw(own);
      if (retry === RETRIES) throw refusal(place, rival ?? {});
      await runtime.sleep(randomInt(20, 121));
    }
  } catch (error) {
    throw asJournalError(error, "unwritable", file, "cannot be locked");
  }
}

interface Place {
  readonly file: string;
  readonly folder: string;
  /** What the names of all its lock files begin with. */
  readonly prefix: string;
  readonly runtime: Runtime;
}

interface OwnFile {
  readonly path: string;
  readonly token: string;
}

/** A run that is alive, or not known to be dead. */
interface Other {
  readonly path?: string;
  /** Absent where the file does not say it. */
  readonly holder?: Holder;
}

const holderSchema = z.object({
  pid: z.int(),
  host: z.string(),
  actor: z.string(),
  command: z.string(),
  since: z.string(),
});
type Holder = z.output<typeof holderSchema>;

/** The random parts of the names that this process uses: shared by all copies of this package in it. */
function ownTokens(): Set<unknown> {
  const key = Symbol.for("gatefold.journalLocks");
  const known: unknown = Reflect.get(globalThis, key);
  if (known instanceof Set) return known;
  const fresh = new Set<unknown>();
  Reflect.set(globalThis, key, fresh);
  return fresh;
}

/** Undefined when somebody cleaned up the file before it had its name. */
async function placeFile(place: Place, command: string): Promise<OwnFile | undefined> {
  const { pid, hostName, actor } = place.runtime;
  const token = randomBytes(6).toString("hex");
  const path = join(place.folder, `${place.prefix}${pid}-${token}`);
  const holder: Holder = { pid, host: hostName, actor, command, since: new Date(place.runtime.now()).toISOString() };
  ownTokens().add(token);
  try {
    const handle = await open(`${path}.tmp`, "wx", 0o600);
    try {
      await handle.writeFile(JSON.stringify(holder));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${path}.tmp`, path);
    return { path, token };
  } catch (error) {
    await rm(`${path}.tmp`, { force: true });
    ownTokens().delete(token);
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function rivalOf(place: Place, own: OwnFile): Promise<Other | undefined> {
  try {
    return await findOther(place, own);
  } catch (error) {
    await withdraw(own);
    throw error;
  }
}

async function withdraw({ path, token }: OwnFile): Promise<void> {
  await rm(path, { force: true });
  ownTokens().delete(token);
}

function heldLock(file: string, own: OwnFile): JournalLock {
  return {
    isHeld: () => existsSync(own.path),
    async release() {
      try {
        await withdraw(own);
      } catch (error) {
        throw asJournalError(error, "unwritable", file, `the lock ${own.path} cannot be removed, do so by hand`);
      }
    },
  };
}

/** The first lock of another run that is not known to be dead. Removes those of the dead. */
async function findOther(place: Place, own: OwnFile | undefined): Promise<Other | undefined> {
  const { folder, prefix, runtime } = place;
  let found: Other | undefined;
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    if (!name.startsWith(prefix) || path === own?.path) continue;
    const parts = /^(\d+)-([0-9a-f]{12})(\.tmp)?$/.exec(name.slice(prefix.length));
    if (parts === null) continue;
    const [, pid, token, isTemporary] = parts;
    const other = isTemporary === undefined ? await readOther(path) : { path };
    if (other === undefined) continue;
    const isDead =
      isTemporary === undefined
        ? other.holder?.host === runtime.hostName && !isRunning(runtime, other.holder.pid, token)
        : !isRunning(runtime, Number(pid), token);
    if (isDead) await removeDead(path);
    else if (isTemporary === undefined) found ??= other;
  }
  return found;
}

// Our own id with a name that is not ours was another process: a container that starts again gives out the same ids.
function isRunning(runtime: Runtime, pid: number, token: string | undefined): boolean {
  return pid === runtime.pid ? ownTokens().has(token) : runtime.isAlive(pid);
}

/** Undefined when the file is gone: its run gave the lock back, or is dead. */
async function readOther(path: string): Promise<Other | undefined> {
  try {
    const holder = holderSchema.safeParse(JSON.parse(await readFile(path, "utf8")));
    return holder.success ? { path, holder: holder.data } : { path };
  } catch (error) {
    return codeOf(error) === "ENOENT" ? undefined : { path };
  }
}

// Where it may not be removed it stands in nobody's way either.
async function removeDead(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}

function refusal({ file, runtime }: Place, { path, holder }: Other): JournalError {
  const refused = (message: string, advice: string) => new JournalError({ kind: "locked", file, message, advice });
  if (path === undefined) return refused("other runs start on it at the same moment", "try again");
  if (holder === undefined) {
    const advice = "if surely no run uses the journal, delete that file";
    return refused(`is locked by ${path}, which cannot be read`, advice);
  }
  const { actor, command, pid, host, since } = holder;
  const elsewhere = host === runtime.hostName ? "" : ", a machine that cannot be asked from here";
  return refused(
    `is in use by ${actor}, who runs ${command} as process ${pid} on ${host}${elsewhere}, since ${since}`,
    `wait until that run has ended, or delete ${path} if it surely has`,
  );
}
