/** Weights rest in memory only: no file can be mapped. */
export const ScratchWeights = { write: (): undefined => undefined };

export const hashThreads = undefined;

/** What reads their headers wants a path of the system's. */
export const readsGguf = false;

/** A page can't be interrupted, but be closed. */
export const inLimitedTime = <Result>(run: () => Result, _milliseconds: number): Result => run();
