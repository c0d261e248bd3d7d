import fc from "../support/property.ts";

/** How many times longer the slow tests try than every day: `GATEFOLD_SOAK=100`. */
const SOAK = Math.max(1, Number(process.env.GATEFOLD_SOAK ?? 1));

/** So many examples every day, at least one, and more where more is asked for. */
export const roundsOf = (everyday: number) => Math.ceil(everyday * SOAK);

/** So many of a list every day, and all of it where more is asked for. */
export function ofMany<Item>(items: readonly Item[], everyday: number): readonly Item[] {
  const [some = []] = fc.sample(fc.shuffledSubarray([...items], { minLength: everyday, maxLength: everyday }), 1);
  return SOAK > 1 ? items : some;
}

/** Milliseconds for a test with so many processes: it must end one that hangs, on a busy machine too. */
export const timeoutOf = (rounds: number) => 300_000 + rounds * 30_000;
