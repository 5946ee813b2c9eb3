import type { Parameter } from "@cai/contracts";
import { createParameter, linear } from "@cai/kernels";
import { normals } from "@cai/random";
import * as tf from "@tensorflow/tfjs-core";

/**
 * A reward model's head: the score of a text is w·h, h being the hidden state at its last token. Its parameter has the name and shape that
 * `transformers` gives it: `score.weight` `[1, H]`.
 */
export class ScoreHead {
  readonly parameters: ReadonlyMap<string, Parameter<tf.Tensor>>;
  readonly #weight: Parameter<tf.Tensor>;

  private constructor(weight: Parameter<tf.Tensor>) {
    this.#weight = weight;
    this.parameters = new Map([[weight.name, weight]]);
  }

  /** Normal numbers of that deviation, a function of the seed alone. */
  static create({
    hiddenSize,
    deviation,
    seed,
  }: {
    readonly hiddenSize: number;
    readonly deviation: number;
    readonly seed: number;
  }): ScoreHead {
    const name = "score.weight";
    const drawn = normals({ seed, stream: `weights/${name}`, counters: [], count: hiddenSize });
    const value = tf.tensor2d(
      Float32Array.from(drawn, (number) => deviation * number),
      [1, hiddenSize],
    );
    // Above every block: freezing lower layers never reaches it.
    return new ScoreHead(createParameter({ name, layer: Number.POSITIVE_INFINITY, value }));
  }

  /** `[B, H]` → `[B]`. Differentiable in the states and in the weight; the caller disposes. */
  scores(lastHidden: tf.Tensor): tf.Tensor1D {
    return tf.tidy(() => tf.reshape(linear(lastHidden, this.#weight.value, undefined, { transposed: true }), [-1]));
  }

  /** `[H]`. */
  async weights(): Promise<Float32Array> {
    return this.#weight.value.data<"float32">();
  }

  dispose(): void {
    tf.dispose(this.#weight.value);
  }
}
