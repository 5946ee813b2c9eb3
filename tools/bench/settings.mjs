// @ts-check
/**
 * What is measured: both lengths that are quoted for TRL's PPO, with all weights trained and with an adapter, and a step of GRPO.
 *
 * @typedef {object} Target the largest share of TRL's time or memory
 * @property {number} time
 * @property {number} memory
 *
 * @typedef {"withTiles" | "without"} Column processors whose matrix products are made of tiles (AMX), and all others
 *
 * @typedef {import("./work.mjs").Setting & { readonly name: string, readonly title: string, readonly targets: Readonly<Record<Column, Target>> }} NamedSetting
 */

const short = { batch: 8, prompt: 16, response: 24, epochs: 4 };
const long = { batch: 4, prompt: 10, response: 140, epochs: 4 };
const grpo = { batch: 8, prompt: 128, response: 64, epochs: 1, answers: 8 };

const adapterTargets = { withTiles: { time: 0.3, memory: 0.45 }, without: { time: 0.45, memory: 0.45 } };

/** Targets are for responses that the policy writes itself, in float32. @type {readonly NamedSetting[]} */
export const settings = [
  { name: "short", title: "short", ...short, targets: { withTiles: { time: 0.28, memory: 0.66 }, without: { time: 0.45, memory: 0.66 } } },
  { name: "long", title: "long", ...long, targets: { withTiles: { time: 0.3, memory: 0.62 }, without: { time: 0.38, memory: 0.62 } } },
  { name: "short-lora", title: "short, LoRA 8", ...short, lora: 8, targets: adapterTargets },
  { name: "long-lora", title: "long, LoRA 8", ...long, lora: 8, targets: adapterTargets },
  { name: "grpo", title: "GRPO", ...grpo, targets: { withTiles: { time: 0.25, memory: 0.6 }, without: { time: 0.35, memory: 0.6 } } },
];

/** What may write the responses, as `--rollout` names it. */
export const engines = ["policy", "int8", "onnx", "onnx-int8"];

/** The largest share of TRL's time for generation alone in the long setting. @type {Readonly<Record<Column, Readonly<Record<string, number>>>>} */
export const generationTargets = { withTiles: { policy: 0.4, int8: 0.2 }, without: { policy: 0.3, int8: 0.15 } };

/** Which targets are this machine's. @param {string | undefined} level of the kernels that compute */
export const columnOf = (level) => (level === "amx" ? /** @type {const} */ ("withTiles") : /** @type {const} */ ("without"));

/** In words. @param {import("./work.mjs").Setting} setting */
export function describeSetting({ batch, prompt, response, epochs, answers, lora }) {
  const rows = answers === undefined ? `batch ${batch}` : `${answers} answers to each prompt, batch ${batch}`;
  const passes = epochs === 1 ? "1 epoch" : `${epochs} epochs`;
  return `${rows}, prompt ${prompt}, response ${response}, ${passes}${lora === undefined ? "" : `, LoRA ${lora}`}`;
}

/** What a reader of the comparison with TRL's PPO has to know. */
export const sameWork = `Same work: as many tokens generated and trained on, all epochs over the whole batch, policy, value head, KL to a reference,
in float32, Adam on every weight (with LoRA: on the adapter), gradients clipped in neither. Generation includes the refresh of the engine's
weights; an engine whose numbers are not the policy's own puts importance weights into the loss.
Not computed here, because it is provably redundant: the forward pass for the old log-probabilities and values, which are those of the
first epoch's forward pass, by the same weights; and the logits of prompt positions, which no loss reads.
TRL trains with the model's dropout, GPT-2's 0.1 (--trl-dropout 0 turns it off), and logs every distribution's entropy; cai has no dropout.`;

/** The same for GRPO. */
export const sameWorkOfGrpo = `Same work, GRPO: 8 answers to a prompt, each to its last token, one optimizer step over all of them by one pass forward and
one backward, advantages by the group, TRL's loss (dapo) and its other defaults (β 0: no reference in either), in float32, AdamW on every
weight, gradients clipped in neither, blocks recomputed in neither, a random reward.
Not computed here, because it is provably redundant: a prompt's tokens for its answers after the first; and the logits of prompt positions,
which TRL computes on a CPU.
TRL answers and trains with the model's dropout, GPT-2's 0.1 (--trl-dropout 0 turns it off), logs every distribution's entropy, and computes
the logits in the backward pass once more; cai has no dropout, no entropy here, and keeps the logits where they are few.`;
