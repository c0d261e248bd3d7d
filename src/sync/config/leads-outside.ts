import { lstatSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";

/** Whether an absolute path, with every link followed, is outside a folder. What is not there yet counts where it would be. */
export function leadsOutside(directory: string, path: string): boolean {
  const [from, to] = [targetOf(directory), targetOf(path)];
  if (from === undefined || to === undefined) return true;
  const way = relative(from, to);
  return way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way);
}

/** Where a path leads in the end; undefined for a link to nothing: whoever writes through it decides what it becomes. */
function targetOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    if (isLink(path)) return undefined;
    const parent = dirname(path);
    const target = parent === path ? path : targetOf(parent);
    return target === undefined ? undefined : join(target, basename(path));
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}
