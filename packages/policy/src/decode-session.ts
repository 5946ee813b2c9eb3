import type { TokenBatch } from "@cai/contracts";
import { attentionBias } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import type { CausalModel } from "./causal-model.ts";
import type { AttentionInput } from "./families/family.ts";
import { withoutPaddingIds } from "./input-columns.ts";
import { KeyValueCache } from "./kv-cache.ts";
import { positionIds } from "./position-ids.ts";

/**
 * Continues a batch of prompts token by token: `nextLogits` gives the logits after what was read so far, `append` adds one token to each
 * row. Holds tensors until `dispose`.
 */
export class DecodeSession {
  readonly #model: CausalModel;
  readonly #cache = new KeyValueCache();
  /** `[B, 1, 1, P + maxNewTokens]`: hides the padding of prompts; undefined where there is none. */
  readonly #bias: tf.Tensor4D | undefined;
  readonly #prompts: TokenBatch;
  #columnsRead = 0;
  #unread: TokenBatch;
  #unreadPositions: Int32Array;

  constructor({ model, prompts, maxNewTokens }: { model: CausalModel; prompts: TokenBatch; maxNewTokens: number }) {
    this.#model = model;
    this.#prompts = prompts;
    this.#unread = withoutPaddingIds(prompts);
    this.#unreadPositions = positionIds(prompts);
    this.#bias = prompts.mask.includes(0) ? paddingBias(prompts, maxNewTokens) : undefined;
  }

  /** `[B, V]`, on the CPU. */
  async nextLogits(): Promise<Float32Array> {
    const logits = tf.tidy(() => {
      const [rows, columns] = this.#unread.shape;
      const attend = this.#columnsRead === 0 ? this.#attendPrompts() : this.#attendCached();
      const hidden = this.#model.forward({
        ids: tf.tensor2d(this.#unread.ids, [rows, columns], "int32"),
        positions: tf.tensor2d(this.#unreadPositions, [rows, columns], "int32"),
        attend,
      });
      const last = tf.slice(hidden, [0, columns - 1, 0], [rows, 1, -1]);
      return this.#model.logits(tf.reshape(last, [rows, -1]) as tf.Tensor2D);
    });
    this.#columnsRead += this.#unread.shape[1];
    try {
      return (await logits.data()) as Float32Array;
    } finally {
      tf.dispose(logits);
    }
  }

  /** One id for each row, read by the next call of `nextLogits`. */
  append(ids: Int32Array): void {
    const [rows, columns] = this.#unread.shape;
    this.#unreadPositions = Int32Array.from({ length: rows }, (_, row) => this.#unreadPositions[row * columns + columns - 1]! + 1);
    this.#unread = { ids, mask: new Uint8Array(rows).fill(1), shape: [rows, 1] };
  }

  dispose(): void {
    this.#cache.dispose();
    tf.dispose(this.#bias ?? []);
  }

  #attendPrompts(): (input: AttentionInput) => tf.Tensor4D {
    const bias = attentionBias(this.#prompts);
    return (input) => this.#cache.attend(input, bias);
  }

  #attendCached(): (input: AttentionInput) => tf.Tensor4D {
    const bias = this.#bias && tf.slice(this.#bias, [0, 0, 0, 0], [-1, 1, 1, this.#columnsRead + 1]);
    return (input) => this.#cache.attend(input, bias);
  }
}

/** What the last column of `[prompt | response]` may look at; the columns before it may look at as much of the prompt. */
function paddingBias({ mask, shape: [rows, columns] }: TokenBatch, maxNewTokens: number): tf.Tensor4D {
  const all = columns + maxNewTokens;
  const allMask = new Uint8Array(rows * all).fill(1);
  for (let row = 0; row < rows; row++) allMask.set(mask.subarray(row * columns, (row + 1) * columns), row * all);
  return tf.tidy(() => attentionBias({ mask: allMask, shape: [rows, all], queryColumns: [all - 1, all] }) as tf.Tensor4D);
}
