// @ts-check
import {
  createParameter,
  embedding,
  gelu,
  hiddenLogprobs,
  layerNorm,
  linear,
  packedAttention,
  tiedEmbedding,
  tokenLogprobs,
} from "@cai/kernels";
import { AdamW, globalNorm } from "@cai/optim";
import * as tf from "@tensorflow/tfjs-core";

/**
 * A kernel on one shape. `flops` counts the operations of its matrix products, `bytes` what it has to read and write at least once; the
 * larger of both times, at the machine's peak and bandwidth, is its bound.
 *
 * @typedef {object} KernelCase
 * @property {string} name
 * @property {number} flops
 * @property {number} bytes
 * @property {() => { run(): void | Promise<void>, close(): void }} open makes the inputs
 */

const [hidden, heads, vocabulary] = [768, 12, 50257];
// The short setting: 8 rows of 16 + 24 tokens; a decode step has one token a row.
const [rows, length, response] = [8, 40, 24];
const tokens = rows * length;

/** GPT-2 small's kernels as training and decoding call them. @type {readonly KernelCase[]} */
export const kernelCases = [
  gemm("attention in", tokens, hidden, 3 * hidden),
  gemm("attention out", tokens, hidden, hidden),
  gemm("MLP in", tokens, hidden, 4 * hidden),
  gemm("MLP out", tokens, 4 * hidden, hidden),
  gemm("logits", rows * response, hidden, vocabulary),
  gemm("decode, attention in", rows, hidden, 3 * hidden),
  gemm("decode, MLP in", rows, hidden, 4 * hidden),
  gemm("decode, MLP out", rows, 4 * hidden, hidden),
  gemm("decode, logits", rows, hidden, vocabulary),
  gemm("decode of more rows, MLP in", 4 * rows, hidden, 4 * hidden),
  linearWithGradients(),
  elementwise("layer norm and gradient", [tokens, hidden], (x) => layerNorm(x, tf.ones([hidden]), tf.zeros([hidden]), 1e-5)),
  elementwise("GELU and gradient", [tokens, 4 * hidden], gelu),
  attention(),
  logprobs(),
  tiedOutput(),
  embeddingGradient(),
  gradientNorm(),
  adamW(),
];

/** @param {string} name @param {number} m @param {number} k @param {number} n @returns {KernelCase} */
function gemm(name, m, k, n) {
  return {
    name: `${name} [${m}, ${k}] × [${k}, ${n}]`,
    flops: 2 * m * k * n,
    bytes: 4 * (m * k + k * n + m * n),
    open: () => {
      // The output matrix is the embedding table, used transposed.
      const transposed = n === vocabulary;
      const x = numbers([m, k]);
      const weight = numbers(transposed ? [n, k] : [k, n]);
      return opened([x, weight], () => linear(x, weight, undefined, { transposed }));
    },
  };
}

/** @returns {KernelCase} */
function linearWithGradients() {
  const [m, k, n] = [tokens, hidden, 4 * hidden];
  return {
    name: `MLP in, with gradients [${m}, ${k}] × [${k}, ${n}]`,
    flops: 3 * 2 * m * k * n,
    bytes: 3 * 4 * (m * k + k * n + m * n),
    open: () => {
      const inputs = [numbers([m, k]), numbers([k, n]), numbers([n])];
      const dy = numbers([m, n]);
      return opened([...inputs, dy], () => tf.grads((x, weight, bias) => linear(x, weight, bias))(inputs, dy));
    },
  };
}

/** Forward reads x and writes y, backward reads x and dy and writes dx. @param {string} name @param {number[]} shape @param {(x: tf.Tensor) => tf.Tensor} kernel @returns {KernelCase} */
function elementwise(name, shape, kernel) {
  return {
    name: `${name} [${shape.join(", ")}]`,
    flops: 0,
    bytes: 5 * 4 * tf.util.sizeFromShape(shape),
    open: () => {
      const [x, dy] = [numbers(shape), numbers(shape)];
      return opened([x, dy], () => tf.grad(kernel)(x, dy));
    },
  };
}

/** @returns {KernelCase} */
function attention() {
  const lengths = new Int32Array(rows).fill(length);
  return {
    name: `causal attention and gradient, ${rows} sequences of ${length}, ${heads} heads`,
    flops: 3 * 2 * rows * length ** 2 * hidden,
    bytes: 9 * 4 * tokens * hidden,
    open: () => {
      const [x, dy] = [numbers([tokens, 3 * hidden]), numbers([tokens, hidden])];
      const attend = (/** @type {tf.Tensor} */ queryKeyValue) => packedAttention({ queryKeyValue, lengths, heads, keyValueHeads: heads });
      return opened([x, dy], () => tf.grad(attend)(x, dy));
    },
  };
}

/** Forward and backward read the logits, backward writes their gradient. @returns {KernelCase} */
function logprobs() {
  const count = rows * response;
  return {
    name: `token log-probabilities and gradient [${count}, ${vocabulary}]`,
    flops: 0,
    bytes: 3 * 4 * count * vocabulary,
    open: () => {
      const [logits, ids, dy] = [numbers([count, vocabulary]), tokenIds(count), numbers([count])];
      return opened([logits, ids, dy], () => tf.grad((x) => tokenLogprobs(x, ids, 1))(logits, dy));
    },
  };
}

/** From hidden states to log-probabilities, and back to them and to both uses of the table. @returns {KernelCase} */
function tiedOutput() {
  const count = rows * response;
  const table = vocabulary * hidden;
  return {
    name: `output of a tied table, with gradients [${count}, ${hidden}] × [${hidden}, ${vocabulary}]`,
    flops: 3 * 2 * count * table,
    bytes: 4 * (3 * table + 4 * count * vocabulary + 4 * count * hidden + 2 * tokens * hidden),
    open: () => {
      const inputs = [numbers([vocabulary, hidden]), numbers([count, hidden])];
      const [inputIds, outputIds] = [tokenIds(tokens), tokenIds(count)];
      const ids = /** @type {Int32Array} */ (outputIds.dataSync());
      const loss = (/** @type {tf.Tensor} */ weight, /** @type {tf.Tensor} */ states) => {
        const tied = tiedEmbedding(weight, inputIds);
        const { logprobs } = hiddenLogprobs({ hidden: states, weight: tied.table, ids, temperature: 1 });
        return tf.add(tf.sum(tied.rows), tf.sum(logprobs));
      };
      return opened([...inputs, inputIds, outputIds], () => tf.grads(loss)(inputs));
    },
  };
}

/** @returns {KernelCase} */
function embeddingGradient() {
  return {
    name: `embedding's gradient, ${tokens} rows of [${vocabulary}, ${hidden}]`,
    flops: 0,
    bytes: 4 * (vocabulary + 2 * tokens) * hidden,
    open: () => {
      const [table, ids, dy] = [numbers([vocabulary, hidden]), tokenIds(tokens), numbers([tokens, hidden])];
      return opened([table, ids, dy], () => tf.grad((x) => embedding(x, ids))(table, dy));
    },
  };
}

/** @returns {KernelCase} */
function gradientNorm() {
  const shape = [vocabulary, hidden];
  return {
    name: `gradients' norm [${shape.join(", ")}]`,
    flops: 0,
    bytes: 4 * vocabulary * hidden,
    open: () => {
      const gradient = numbers(shape);
      const run = async () => {
        await globalNorm([gradient]);
      };
      return { run, close: () => gradient.dispose() };
    },
  };
}

/** Reads weights, both moments and gradients, writes all but the last. @returns {KernelCase} */
function adamW() {
  const shape = [vocabulary, hidden];
  return {
    name: `AdamW [${shape.join(", ")}]`,
    flops: 0,
    bytes: 7 * 4 * vocabulary * hidden,
    open: () => {
      const weight = createParameter({ name: "weight", layer: 0, value: numbers(shape) });
      const optimizer = new AdamW({ parameters: [weight] });
      const gradient = numbers(shape);
      const gradients = new Map([["weight", gradient]]);
      return {
        run: () => optimizer.step({ gradients, learningRate: 1e-5 }),
        close: () => {
          optimizer.dispose();
          tf.dispose([weight.value, gradient]);
        },
      };
    },
  };
}

/** @param {tf.Tensor[]} inputs @param {() => unknown} compute */
function opened(inputs, compute) {
  return {
    run: () => {
      tf.tidy(() => {
        compute();
      });
    },
    close: () => tf.dispose(inputs),
  };
}

/** Numbers from −0.5 to 0.5 without a pattern that a kernel could profit from. @param {number[]} shape */
function numbers(shape) {
  const values = new Float32Array(tf.util.sizeFromShape(shape));
  for (let i = 0; i < values.length; i++) values[i] = ((i * 7919) % 1009) / 1009 - 0.5;
  return tf.tensor(values, shape);
}

/** @param {number} count */
function tokenIds(count) {
  return tf.tensor1d(
    Int32Array.from({ length: count }, (_, i) => (i * 7919) % vocabulary),
    "int32",
  );
}
