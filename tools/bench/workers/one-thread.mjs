// @ts-check
/** What native TensorFlow reads as it loads. `cai worker --threads 1` sets the same. */
export const oneThread = { TF_NUM_INTRAOP_THREADS: "1", TF_NUM_INTEROP_THREADS: "1", OMP_NUM_THREADS: "1" };
