// @ts-check
/**
 * What is measured: both lengths that are quoted for TRL, with all weights trained and with an adapter. A target is the largest share of
 * TRL's time or memory.
 *
 * @typedef {object} Target
 * @property {number} time
 * @property {number} memory
 *
 * @typedef {import("./work.mjs").Setting & { readonly name: string, readonly title: string, readonly target: Target }} NamedSetting
 */

const short = { batch: 8, prompt: 16, response: 24, epochs: 4 };
const long = { batch: 4, prompt: 10, response: 140, epochs: 4 };

/** @type {readonly NamedSetting[]} */
export const settings = [
  { name: "short", title: "short", ...short, target: { time: 0.5, memory: 0.8 } },
  { name: "long", title: "long", ...long, target: { time: 0.4, memory: 0.8 } },
  { name: "short-lora", title: "short, LoRA 8", ...short, lora: 8, target: { time: 0.5, memory: 0.6 } },
  { name: "long-lora", title: "long, LoRA 8", ...long, lora: 8, target: { time: 0.5, memory: 0.6 } },
];

/** What may write the responses, as `--rollout` names it, with the largest share of TRL's time for generation alone in the long setting. */
const generationTargets = { policy: 0.4, int8: 0.3, onnx: 0.4, "onnx-int8": 0.3 };
export const engines = Object.keys(generationTargets);

/** @param {string} engine */
export const generationTarget = (engine) => /** @type {Record<string, number>} */ (generationTargets)[engine];

/** In words. @param {import("./work.mjs").Setting} setting */
export function describeSetting({ batch, prompt, response, epochs, lora }) {
  return `batch ${batch}, prompt ${prompt}, response ${response}, ${epochs} epochs${lora === undefined ? "" : `, LoRA ${lora}`}`;
}

/** What a reader of the comparison with TRL has to know. */
export const sameWork = `Same work: as many tokens generated and trained on, all epochs over the whole batch, policy, value head, KL to a reference,
in float32, Adam on every weight (with LoRA: on the adapter), gradients clipped in neither. Generation includes the refresh of the engine's
weights; an engine whose numbers are not the policy's own puts importance weights into the loss.
Not computed here, because it is provably redundant: the forward pass for the old log-probabilities and values, which are those of the
first epoch's forward pass, by the same weights; and the logits of prompt positions, which no loss reads.
TRL trains with the model's dropout, GPT-2's 0.1 (--trl-dropout 0 turns it off), and logs every distribution's entropy; cai has no dropout.`;
