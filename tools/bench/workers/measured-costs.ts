/** A pair of runs, one after the other, over and over. */
export interface Pairs {
  /** Medians. */
  readonly firstSeconds: number;
  readonly secondSeconds: number;
  /** The median of each pair's first over its second. */
  readonly ratio: number;
  readonly ratios: readonly number[];
}

/** Rollouts by one worker and by two. */
export interface Throughput {
  readonly model: string;
  readonly rows: number;
  readonly rowsPerJob: number;
  readonly tokensPerRow: number;
  readonly pairs: Pairs;
  /** How many times as much two processes draw together as one alone, without workers. */
  readonly machineShare: number;
}

/** What jobs of so many rows take at one worker: `call + row · rows`, and for each token of all rows `token + rowToken · rows`. In seconds. */
export interface DrawCosts {
  readonly call: number;
  readonly row: number;
  readonly token: number;
  readonly rowToken: number;
}

/** Weights of a kind, through a store. */
interface WeightCosts {
  readonly bytes: number;
  readonly pieces: number;
  readonly publishSeconds: number;
  readonly loadSeconds: number;
}

/** All that is measured: seconds and bytes, medians. */
export interface MeasuredCosts {
  readonly machine: string;
  readonly measuredAt: string;
  readonly throughput: readonly Throughput[];
  readonly draw: DrawCosts & {
    /** The largest distance of a measured call from the line above, as a share. */
    readonly worstFit: number;
    /** The deviation of equal calls, as a share. */
    readonly spread: number;
  };
  /** Of every prompt. */
  readonly promptTokens: number;
  /** Tokens of real responses, drawn to their end or to the most that were allowed. */
  readonly lengths: readonly number[];
  readonly queue: {
    /** From a job of nothing to its answer. */
    readonly roundTripSeconds: number;
    /** A job of many of nothing, at one worker. */
    readonly jobSeconds: number;
    /** A job and its answer as bytes, and back. */
    readonly payloadSeconds: number;
  };
  /** A step of PPO with an adapter: drawn by one worker, and here. */
  readonly step: {
    readonly what: string;
    readonly rows: number;
    readonly rowsPerJob: number;
    readonly tokensPerRow: number;
    readonly epochs: number;
    readonly pairs: Pairs;
    /** What each pair's step with a worker took longer to generate, as a share of the step without: the rest of both is the same. */
    readonly overheads: readonly number[];
    /** With a worker, all that is around it too. */
    readonly workerGenerateSeconds: number;
    /** These three without workers. */
    readonly generateSeconds: number;
    readonly scoreSeconds: number;
    readonly trainSeconds: number;
    /** The same rows with all weights trained. */
    readonly allWeightsTrainSeconds: number;
    readonly publishSeconds: number;
    readonly publishedBytes: number;
    readonly loadSeconds: number;
  };
  /** Two steps' rollouts after all weights changed, by one worker and by two. */
  readonly fullWeights: {
    readonly rows: number;
    readonly rowsPerJob: number;
    readonly tokensPerRow: number;
    readonly oneSeconds: number;
    readonly twoSeconds: number;
  };
  readonly weights: Readonly<
    Record<"full, redis" | "full, redis that writes to disk" | "full, folder" | "LoRA, redis" | "LoRA, folder", WeightCosts>
  >;
  /** Bytes a second that Redis hands out to as many readers as there are cores. */
  readonly redisBytesPerSecond: number;
}
