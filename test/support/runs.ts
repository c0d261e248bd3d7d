const SOAK = Math.max(1, Number(process.env.GATEFOLD_SOAK ?? 1));

/** So many examples every day, and more in a soak: a tenth of `GATEFOLD_SOAK` times as many. */
export const runs = (everyday: number): { readonly numRuns: number } => ({
  numRuns: Math.ceil(everyday * Math.max(1, SOAK / 10)),
});
