import type { Parameter } from "@cai/contracts";
import { createParameter } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { ValueHeadError } from "./error.ts";

/**
 * One linear unit on hidden states: V = w·h + b, the expected return from that token on.
 *
 * Its parameters have the names and shapes that TRL gives them: `v_head.weight` `[1, H]` and `v_head.bias` `[1]`.
 *
 * @example
 * const head = ValueHead.create({ hiddenSize: 2, weight: new Float32Array([1, 10]), bias: 0.5 });
 * head.values(tf.tensor3d([[[1, 2]]])); // [[21.5]]
 */
export class ValueHead {
  /** By name. Their values are plain tensors, no `tf.Variable`s: gradients come by `tf.grads`, and `tf.variableGrads` finds none. */
  readonly parameters: ReadonlyMap<string, Parameter<tf.Tensor>>;
  readonly #weight: Parameter<tf.Tensor>;
  readonly #bias: Parameter<tf.Tensor>;

  private constructor(weight: Parameter<tf.Tensor>, bias: Parameter<tf.Tensor>) {
    this.#weight = weight;
    this.#bias = bias;
    this.parameters = new Map([weight, bias].map((parameter) => [parameter.name, parameter]));
  }

  /**
   * Zeros unless given, so that the first advantages are the rewards themselves. The numbers are copied.
   *
   * @throws ValueHeadError `shape-mismatch`.
   */
  static create({
    hiddenSize,
    weight = new Float32Array(hiddenSize),
    bias = 0,
  }: {
    readonly hiddenSize: number;
    /** `[H]`. */
    readonly weight?: Float32Array | undefined;
    readonly bias?: number | undefined;
  }): ValueHead {
    if (weight.length !== hiddenSize)
      throw new ValueHeadError("shape-mismatch", `weight has ${weight.length} numbers: hiddenSize is ${hiddenSize}, pass as many.`);
    // Above every block: freezing lower layers never reaches it.
    const layer = Number.POSITIVE_INFINITY;
    return new ValueHead(
      createParameter({ name: "v_head.weight", layer, value: tf.tensor2d(weight.slice(), [1, hiddenSize]) }),
      createParameter({ name: "v_head.bias", layer, value: tf.tensor1d([bias]) }),
    );
  }

  /**
   * Values `[B, T]` of hidden states `[B, T, H]`, or `[B]` of those of whole texts, `[B, H]`. Differentiable in them and in the parameters; the
   * caller disposes.
   *
   * @throws ValueHeadError `shape-mismatch`.
   */
  values(hidden: tf.Tensor): tf.Tensor {
    const hiddenSize = this.#weight.shape[1]!;
    if ((hidden.rank !== 3 && hidden.rank !== 2) || hidden.shape.at(-1) !== hiddenSize)
      throw new ValueHeadError(
        "shape-mismatch",
        `Hidden states are [${hidden.shape}]: this head takes [B, T, ${hiddenSize}] or [B, ${hiddenSize}].`,
      );
    return tf.tidy(() => {
      const rows = tf.reshape<tf.Rank.R2>(hidden, [-1, hiddenSize]);
      const weight = tf.reshape<tf.Rank.R2>(this.#weight.value, [hiddenSize, 1]);
      return tf.reshape(tf.add(tf.matMul(rows, weight), this.#bias.value), hidden.shape.slice(0, -1));
    });
  }

  /** Frees the parameters. */
  dispose(): void {
    tf.dispose([this.#weight.value, this.#bias.value]);
  }
}
