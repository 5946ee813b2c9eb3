// @ts-check
/**
 * The work of a step, counted from the model's shape: a matrix product `[m, k] × [k, n]` is 2·m·k·n operations.
 * Only what the algorithm needs is counted, so recomputing or padding lowers a percentage and never raises it.
 *
 * @typedef {{ layers: number, hidden: number, vocabulary: number }} Shape a GPT-2
 *
 * @typedef {object} Setting
 * @property {number} batch rows: responses
 * @property {number} prompt tokens
 * @property {number} response tokens
 * @property {number} epochs
 * @property {number} [answers] responses to each prompt, compared with each other: a step of GRPO without a reference; by itself, one of PPO
 * @property {number} [lora] rank
 */

/** How many prompts there are: one a row, or a group. @param {Setting} setting */
const promptsOf = ({ batch, answers = 1 }) => batch / answers;

/** @type {Readonly<Record<string, Shape>>} */
export const shapes = {
  gpt2: { layers: 12, hidden: 768, vocabulary: 50257 },
  "gpt2-medium": { layers: 24, hidden: 1024, vocabulary: 50257 },
  "gpt2-large": { layers: 36, hidden: 1280, vocabulary: 50257 },
};

/** Weights of a block's matrices: 3·H² for queries, keys and values, H² for their output, 8·H² for the two of the MLP. @param {Shape} shape */
const blockWeights = ({ hidden }) => 12 * hidden ** 2;
/** Those that only a token's own output needs. @param {Shape} shape */
const weightsBehindKeys = ({ hidden }) => 10 * hidden ** 2;

/** Reading a sequence of `length` tokens costs a block two causal products of half `[length, length]`. @param {Shape} shape @param {number} length */
const attentionFlops = ({ hidden }, length) => 2 * hidden * length ** 2;

/**
 * A forward pass over each prompt once and all responses but for their last tokens, which predict nothing. Only what predicts a token of a
 * response is read, and of the last block only the keys and values of all the rest are needed.
 *
 * @param {Shape} shape @param {Setting} setting
 */
export function forwardFlops(shape, setting) {
  const { batch, prompt, response } = setting;
  const prompts = promptsOf(setting);
  const unread = prompts * (prompt - 1);
  const read = prompts + batch * (response - 1);
  const ofPrompt = attentionFlops(shape, prompt);
  const attention = prompts * ofPrompt + batch * (attentionFlops(shape, prompt + response - 1) - ofPrompt);
  const block = 2 * (unread + read) * blockWeights(shape) + attention;
  const notNeeded = 2 * unread * weightsBehindKeys(shape) + prompts * attentionFlops(shape, prompt - 1);
  const logits = 2 * read * shape.vocabulary * shape.hidden;
  return shape.layers * block - notNeeded + logits;
}

/**
 * An epoch: the backward pass takes a product for the inputs' gradient and one for the weights', which are frozen under LoRA.
 *
 * @param {Shape} shape @param {Setting} setting
 */
export function epochFlops(shape, setting) {
  return forwardFlops(shape, setting) * (setting.lora === undefined ? 3 : 2);
}

/**
 * Generation, the reference's forward pass where there is one, and the epochs; the first of them gives the old log-probabilities.
 *
 * @param {Shape} shape @param {Setting} setting
 */
export function stepFlops(shape, setting) {
  const before = setting.answers === undefined ? 2 : 1;
  return before * forwardFlops(shape, setting) + setting.epochs * epochFlops(shape, setting);
}

/**
 * Bytes of float32 that generation has to read: all matrices once a token, and the keys and values of the tokens before it.
 *
 * @param {Shape} shape @param {Setting} setting
 */
export function decodeBytes(shape, setting) {
  const { batch, prompt, response } = setting;
  const weights = shape.layers * blockWeights(shape) + shape.vocabulary * shape.hidden;
  const contexts = promptsOf(setting) * response * prompt + (batch * response * (response - 1)) / 2; // Σ of the tokens before each
  return 4 * (response * weights + 2 * shape.layers * shape.hidden * contexts);
}
