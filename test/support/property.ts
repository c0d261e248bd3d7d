import fc from "fast-check";

// The same examples in every run, unless another seed is asked for: a failure is never a matter of luck.
fc.configureGlobal({ seed: Number(process.env.GATEFOLD_TEST_SEED ?? 20_261_122) });

export default fc;
