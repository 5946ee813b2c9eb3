/** The mean and variance of all numbers seen so far, as plain data. */
export interface RunningMomentsState {
  readonly mean: number;
  readonly variance: number;
  readonly count: number;
}

/** Sixteen float32 units in the last place, the rounding that a network's scores gather: scores that are nearer to each other are equal. */
const roundingOfScores = 16 * 2 ** -23;

/**
 * Running mean and variance of scores over batches (Chan's parallel update, as TRL scales its scores).
 *
 * @example
 * const moments = new RunningMoments();
 * moments.update([1, 2, 3]);
 * console.log(moments.mean, moments.std); // 2 1
 */
export class RunningMoments {
  #mean = 0;
  #variance = 1;
  #count = 0;

  /** The mean so far; 0 before the first number. */
  get mean(): number {
    return this.#mean;
  }

  /**
   * The unbiased standard deviation; 1 as long as the numbers tell nothing of their spread: before the second one, and while all are equal
   * but for float32's rounding, which is when it is at most 16 · 2⁻²³ of their mean.
   */
  get std(): number {
    if (this.#count < 2) return 1;
    const std = Math.sqrt((this.#variance * this.#count) / (this.#count - 1));
    return std <= roundingOfScores * Math.abs(this.#mean) ? 1 : std;
  }

  /** Takes in a batch of numbers, all finite. */
  update(batch: ArrayLike<number>): void {
    const count = batch.length;
    if (count === 0) return;
    const numbers = Array.from(batch);
    const mean = numbers.reduce((sum, x) => sum + x, 0) / count;
    const squares = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0);
    const total = this.#count + count;
    const delta = mean - this.#mean;
    const seen = this.#count === 0 ? 0 : this.#variance * this.#count;
    this.#variance = (seen + squares + (delta * delta * this.#count * count) / total) / total;
    this.#mean += (delta * count) / total;
    this.#count = total;
  }

  state(): RunningMomentsState {
    return { mean: this.#mean, variance: this.#variance, count: this.#count };
  }

  restore(state: RunningMomentsState): void {
    this.#mean = state.mean;
    this.#variance = state.variance;
    this.#count = state.count;
  }
}
