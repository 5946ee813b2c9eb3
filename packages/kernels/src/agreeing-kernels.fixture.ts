import * as tf from "@tensorflow/tfjs-core";
import { causalAttention } from "./attention.ts";
import { attentionBias } from "./attention-bias.ts";
import { concatColumns } from "./concat-columns.ts";
import { embedding } from "./embedding.ts";
import { gelu } from "./gelu.ts";
import { layerNorm } from "./layer-norm.ts";
import { linear } from "./linear.ts";
import { loraLinear } from "./lora-linear.ts";
import { packedAttention } from "./packed-attention.ts";
import { placeRows } from "./packed-rows.ts";
import { rmsNorm } from "./rms-norm.ts";
import { rotaryEmbedding, rotation } from "./rotary-embedding.ts";
import { swiglu } from "./swiglu.ts";
import { tokenEntropy, tokenLogprobs } from "./token-distribution.ts";

const int32 = (ids: number[]) => tf.tensor1d(ids, "int32");
const positions = () => int32([0, 1, 2, 0, 0, 900]);
const mask = new Uint8Array([0, 1, 1, 1, 1, 1, 1, 1]);

/** Operations of this package with the shapes of their inputs, all of which have gradients. */
export type AgreeingKernel = readonly [name: string, shapes: readonly (readonly number[])[], f: (...inputs: tf.Tensor[]) => tf.Tensor];
export const agreeingKernels: readonly AgreeingKernel[] = [
  ["linear", [[2, 3, 4], [4, 5], [5]], (x, w, b) => linear(x!, w!, b)],
  ["linear, transposed", [[2, 3, 4], [5, 4], [5]], (x, w, b) => linear(x!, w!, b, { transposed: true })],
  [
    "loraLinear",
    [[2, 3, 4], [4, 5], [2, 4], [5, 2], [5]],
    (x, weight, a, b, bias) => loraLinear(x!, { weight: weight!, bias, a: a!, b: b!, scale: 2 }),
  ],
  ["layerNorm", [[2, 3, 4], [4], [4]], (x, gain, bias) => layerNorm(x!, gain!, bias!, 1e-5)],
  ["rmsNorm", [[2, 3, 4], [4]], (x, gain) => rmsNorm(x!, gain!, 1e-5)],
  ["gelu", [[3, 5]], (x) => gelu(x!)],
  [
    "swiglu",
    [
      [3, 5],
      [3, 5],
    ],
    (gate, up) => swiglu(gate!, up!),
  ],
  ["rotaryEmbedding", [[6, 12]], (x) => rotaryEmbedding(x!, rotation(positions(), Float32Array.of(1, 0.1)), 2)],
  [
    "concatColumns",
    [
      [3, 2],
      [3, 5],
    ],
    (a, b) => concatColumns([a!, b!]),
  ],
  ["placeRows", [[4, 3]], (x) => placeRows(x!, Int32Array.of(2, -1, 0, 3, -1))],
  [
    "packedAttention",
    [[7, 12]],
    (queryKeyValue) => packedAttention({ queryKeyValue: queryKeyValue!, lengths: Int32Array.of(4, 1, 2), heads: 2, keyValueHeads: 1 }),
  ],
  ["embedding", [[6, 4]], (table) => embedding(table!, int32([5, 0, 5]))],
  ["tokenLogprobs", [[3, 7]], (logits) => tokenLogprobs(logits!, int32([6, 0, 3]), 0.7)],
  ["tokenEntropy", [[3, 7]], (logits) => tokenEntropy(logits!, 0.7)],
  [
    "causalAttention",
    [
      [2, 2, 4, 3],
      [2, 2, 4, 3],
      [2, 2, 4, 3],
    ],
    (query, key, value) => causalAttention({ query: query!, key: key!, value: value!, bias: attentionBias({ mask, shape: [2, 4] }) }),
  ],
  [
    "causalAttention, keys and values shared by two heads",
    [
      [2, 4, 4, 3],
      [2, 2, 4, 3],
      [2, 2, 4, 3],
    ],
    (query, key, value) => causalAttention({ query: query!, key: key!, value: value!, bias: attentionBias({ mask, shape: [2, 4] }) }),
  ],
];
