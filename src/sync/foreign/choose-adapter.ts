interface Exported {
  readonly name: string;
  readonly value: object;
}

/**
 * The one adapter that a module exports: its default, or the only one.
 * @param exported what importing the module gave; of a CommonJS module that is its `default`
 */
export function chooseAdapter(exported: unknown): { readonly candidate: object } | { readonly problem: string } {
  try {
    return choose(exported);
  } catch {
    // A getter of the stranger's threw.
    return { problem: "its exports cannot be read" };
  }
}

function choose(exported: unknown): { readonly candidate: object } | { readonly problem: string } {
  const main = isObject(exported) ? Reflect.get(exported, "default") : undefined;
  // What a compiler made of `export default` stands one level deeper in CommonJS.
  const inner = isObject(main) ? Reflect.get(main, "default") : undefined;
  for (const each of [exported, main, inner]) if (isLikeAdapter(each)) return { candidate: each };
  const found = distinct([...exportsOf(exported), ...exportsOf(main)]);
  const [only, ...others] = found;
  if (only === undefined) {
    const members = "name, contractVersion, hosts, settings, capabilities and open";
    return { problem: `exports no adapter: an adapter has ${members}` };
  }
  if (others.length === 0) return { candidate: only.value };
  const names = found.map(({ name }) => name).sort();
  return { problem: `exports several adapters: ${names.join(", ")}; give each a file or a subpath of its own` };
}

function exportsOf(value: unknown): readonly Exported[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => (isLikeAdapter(member) ? [{ name, value: member }] : []));
}

function distinct(found: readonly Exported[]): readonly Exported[] {
  return found.filter(({ value }, index) => found.findIndex((other) => other.value === value) === index);
}

// Enough to be meant as one, so that what it lacks can be named.
function isLikeAdapter(value: unknown): value is object {
  if (!isObject(value)) return false;
  if (Reflect.get(value, "contractVersion") !== undefined) return true;
  return typeof Reflect.get(value, "open") === "function" && Reflect.get(value, "capabilities") !== undefined;
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
