import type { ReferencePolicy } from "@cai/contracts";
import { completionBatch } from "@cai/rollouts";
import { referenceLogprobs } from "@cai/training";
import type * as tf from "@tensorflow/tfjs-core";
import { answersOf, sumsOfRows } from "./answer-batch.ts";
import type { DpoRow } from "./dpo-rows.ts";

/** Of a pair's answers, summed over their tokens; nats. */
interface ReferenceLogps {
  readonly chosen: number;
  readonly rejected: number;
}

/**
 * The reference's log-probabilities of pairs: computed once for each, when it is first asked for, and kept. Each pair is a pass of its own, so
 * that its bits depend on no other pair, and a resumed run finds the same.
 */
export class ReferenceCache {
  readonly #reference: ReferencePolicy<tf.Tensor>;
  readonly #known = new WeakMap<DpoRow, ReferenceLogps>();

  constructor(reference: ReferencePolicy<tf.Tensor>) {
    this.#reference = reference;
  }

  /** `[N]` each. */
  async of(rows: readonly DpoRow[], signal?: AbortSignal): Promise<{ readonly refChosen: number[]; readonly refRejected: number[] }> {
    const logps: ReferenceLogps[] = [];
    for (const row of rows) {
      signal?.throwIfAborted();
      const known = this.#known.get(row) ?? (await this.#compute(row, signal));
      this.#known.set(row, known);
      logps.push(known);
    }
    return { refChosen: logps.map(({ chosen }) => chosen), refRejected: logps.map(({ rejected }) => rejected) };
  }

  async #compute(row: DpoRow, signal: AbortSignal | undefined): Promise<ReferenceLogps> {
    const batch = completionBatch(answersOf([row]));
    const logprobs = await referenceLogprobs(this.#reference, batch, { temperature: 1, rowsAtOnce: 2, signal });
    const [chosen, rejected] = sumsOfRows(logprobs, batch.responses.shape);
    return { chosen: chosen!, rejected: rejected! };
  }
}
