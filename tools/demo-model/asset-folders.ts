import { fileURLToPath } from "node:url";

const assets = new URL("../../packages/demo/assets/", import.meta.url);

/** Where the embedded policy is written. */
export const policyDirectory = fileURLToPath(new URL("policy", assets));
/** Where the embedded reward model is written. */
export const rewardDirectory = fileURLToPath(new URL("reward", assets));
/** Where the prompts are written. */
export const promptsDirectory = fileURLToPath(new URL("prompts", assets));
