// @ts-check
/**
 * The work of a PPO step, counted from the model's shape: a matrix product `[m, k] × [k, n]` is 2·m·k·n operations.
 * Only what the algorithm needs is counted, so recomputing or padding lowers a percentage and never raises it.
 *
 * @typedef {{ layers: number, hidden: number, vocabulary: number }} Shape a GPT-2
 * @typedef {{ batch: number, prompt: number, response: number, epochs: number, lora?: number }} Setting
 */

/** @type {Readonly<Record<string, Shape>>} */
export const shapes = {
  gpt2: { layers: 12, hidden: 768, vocabulary: 50257 },
  "gpt2-medium": { layers: 24, hidden: 1024, vocabulary: 50257 },
  "gpt2-large": { layers: 36, hidden: 1280, vocabulary: 50257 },
};

/** Weights of all blocks' matrices: 3·H² for queries, keys and values, H² for their output, 8·H² for the two of the MLP. @param {Shape} shape */
const blockWeights = ({ layers, hidden }) => 12 * layers * hidden ** 2;

/** Reading a sequence of `length` tokens costs each layer two causal products of half `[length, length]`. @param {Shape} shape @param {number} length */
const attentionFlops = ({ layers, hidden }, length) => 2 * layers * hidden * length ** 2;

/** A forward pass over prompts and responses, with logits where a response token is read. @param {Shape} shape @param {Setting} setting */
export function forwardFlops(shape, { batch, prompt, response }) {
  const length = prompt + response;
  const logits = 2 * batch * response * shape.vocabulary * shape.hidden;
  return batch * (2 * length * blockWeights(shape) + attentionFlops(shape, length)) + logits;
}

/**
 * An epoch: the backward pass takes a product for the inputs' gradient and one for the weights', which are frozen under LoRA.
 *
 * @param {Shape} shape @param {Setting} setting
 */
export function epochFlops(shape, setting) {
  return forwardFlops(shape, setting) * (setting.lora === undefined ? 3 : 2);
}

/** Generation, the reference's forward pass, and the epochs; the first of them gives the old log-probabilities. @param {Shape} shape @param {Setting} setting */
export function stepFlops(shape, setting) {
  return (2 + (setting.lora === undefined ? 3 : 2) * setting.epochs) * forwardFlops(shape, setting);
}

/**
 * Bytes of float32 that generation has to read: all matrices once a token, and the keys and values of the tokens before it.
 *
 * @param {Shape} shape @param {Setting} setting
 */
export function decodeBytes(shape, { batch, prompt, response }) {
  const weights = blockWeights(shape) + shape.vocabulary * shape.hidden;
  const contexts = response * prompt + (response * (response - 1)) / 2; // Σ of the tokens before each
  return 4 * (response * weights + 2 * shape.layers * shape.hidden * batch * contexts);
}
