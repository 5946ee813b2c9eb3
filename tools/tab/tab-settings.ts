import type { Hyperparameters } from "@cai/trainer";
import { demoSettings } from "../../packages/cli/src/demo-settings.ts";

const { checkpointEvery: _, ...demo } = demoSettings.hyperparameters;

/** How the page trains the demo's policy: as `cai demo`, with smaller batches, so that a step takes seconds in a tab. */
export const tabSettings = {
  heldOutPrompts: 16,
  hyperparameters: { ...demo, steps: 40, batchSize: 32, minibatchSize: 16, maxNewTokens: 24 } satisfies Partial<Hyperparameters>,
};
