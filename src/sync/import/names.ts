import type { ListedProvider } from "../../contract/state.ts";
import { NAME } from "../config/config-fields.ts";

const LONGEST = 100;
const READABLE = 60;

/** Names that are each given once. */
export class UniqueNames {
  readonly #taken: Set<string>;
  readonly #counts = new Map<string, number>();

  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** The name for a number, the first that is free: 1 stands for the name without a number. */
  take(nameFor: (count: number) => string): string {
    const plain = nameFor(1);
    let count = this.#counts.get(plain) ?? 1;
    while (this.#taken.has(nameFor(count))) count += 1;
    this.#counts.set(plain, count + 1);
    const name = nameFor(count);
    this.#taken.add(name);
    return name;
  }
}

/** A provider's name in a config, for each number: from what the gateway calls the object, in characters that a name takes. */
export function providerName({ slug, name, upstream }: Omit<ListedProvider<unknown>, "id">): (count: number) => string {
  const words = [slug, name, upstream].map((text = "") => (NAME.test(text) && text === slug ? text : readable(text)));
  const base = words.find((word) => word !== "") ?? "provider";
  return (count) => numbered(base, "", count);
}

/** The name of a provider that another gateway has one like, for each number: with the gateway's name at its end. */
export function nameAtGateway(provider: string, gateway: string): (count: number) => string {
  return (count) => numbered(provider, `-${gateway}`, count);
}

function numbered(base: string, end: string, count: number): string {
  const suffix = count === 1 ? end : `${end}-${count}`;
  // Of a gateway's name that is nearly as long as a name may be, its end does.
  const kept = suffix.slice(-(LONGEST - 1));
  return base.slice(0, LONGEST - kept.length) + kept;
}

/** The variable that a provider's key is expected in, for each number. */
export function keyVariable(gateway: string, provider: string): (count: number) => string {
  const words = `${gateway}_${provider}`.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
  // No variable begins with a digit.
  const stem = /^\d/.test(words) ? `_${words}` : words;
  return (count) => `${stem}_${count === 1 ? "" : `${count}_`}KEY`.replace(/_{2,}/g, "_");
}

function readable(text: string): string {
  const letters = text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  return trimmed(trimmed(letters.replace(/[^a-z0-9._-]+/g, "-")).slice(0, READABLE));
}

const trimmed = (text: string) => text.replace(/^[._-]+|[._-]+$/g, "");
