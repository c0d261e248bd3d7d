import fc from "fast-check";

// The same examples in every run, unless another seed is asked for: a failure is never a matter of luck.
fc.configureGlobal({ seed: Number(process.env.GATEFOLD_TEST_SEED ?? 20_261_122) });

/**
 * A character of any plane. The library's own unit "binary" is the same, and takes a second of every suite to make a table
 * that it shrinks examples of the user's with.
 */
export const codePoint = fc.nat(0x10ffff - 0x800).map((place) => {
  // No half of a surrogate pair.
  return String.fromCodePoint(place < 0xd800 ? place : place + 0x800);
});

export default fc;
