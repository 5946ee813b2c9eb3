import { causalAttention } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import type { AttentionInput } from "./families/family.ts";

/** Keys and values of the columns that were read so far, `[B, key heads, columns, d]` a layer, while responses are drawn. */
export class KeyValueCache {
  readonly #layers: { key: tf.Tensor4D; value: tf.Tensor4D }[] = [];

  /** Adds this pass's columns to its layer, and attends over all of them; `bias` is `[B, 1, new columns, all columns]`, left out where nothing is hidden. */
  attend({ layer, query, key, value }: AttentionInput, bias: tf.Tensor4D | undefined): tf.Tensor4D {
    const cached = this.#layers[layer];
    const all = {
      key: tf.keep(cached === undefined ? tf.clone(key) : tf.concat([cached.key, key], 2)),
      value: tf.keep(cached === undefined ? tf.clone(value) : tf.concat([cached.value, value], 2)),
    };
    this.#layers[layer] = all;
    if (cached !== undefined) tf.dispose([cached.key, cached.value]);
    return causalAttention({ query, key: all.key, value: all.value, ...(bias === undefined ? {} : { bias }) }) as tf.Tensor4D;
  }

  dispose(): void {
    for (const { key, value } of this.#layers.splice(0)) tf.dispose([key, value]);
  }
}
