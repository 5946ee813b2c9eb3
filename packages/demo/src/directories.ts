import { fileURLToPath } from "node:url";

const assets = new URL("../assets/", import.meta.url); // src/ and dist/ lie side by side

/**
 * The embedded policy, a folder in Hugging Face layout: GPT-2 architecture, 2.6 million parameters in float16, 128 tokens of context.
 *
 * @example
 * const policy = await loadPolicy(demoPolicyDirectory);
 */
export const demoPolicyDirectory: string = fileURLToPath(new URL("policy", assets));

/**
 * The embedded reward model, a folder with `model.onnx` and its tokenizer. It scores how warm (above 0) or hostile (below 0) a text's
 * wording is, between −3 and 3.
 *
 * @example
 * const rewardModel = await OnnxRewardModel.load(demoRewardDirectory);
 */
export const demoRewardDirectory: string = fileURLToPath(new URL("reward", assets));

/**
 * The embedded prompts, a folder with `train.jsonl` and `heldout.jsonl`, whose lines `demoPrompts` reads.
 *
 * @example
 * const file = join(demoPromptsDirectory, "train.jsonl");
 */
export const demoPromptsDirectory: string = fileURLToPath(new URL("prompts", assets));
