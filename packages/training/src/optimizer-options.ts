import type { Schedule } from "@cai/optim";
import { countOrNone, factorOrNone, least, type OptionTable } from "./option-table.ts";

/** How weights are updated from gradients. */
export interface OptimizerSettings {
  learningRate: number;
  schedule: Schedule;
  warmupSteps: number;
  weightDecay: number;
  adamBeta1: number;
  adamBeta2: number;
  adamEpsilon: number;
  maxGradNorm: number;
  frozenLayers: number;
}

export const optimizerOptions: OptionTable<OptimizerSettings> = {
  learningRate: { default: 1e-5, min: least, max: 1e3, describe: "learning rate" },
  schedule: { default: "constant", choices: ["constant", "linear", "cosine"], describe: "learning rate over the run" },
  warmupSteps: { default: 0, ...countOrNone, describe: "steps in which the learning rate rises from 0" },
  weightDecay: { default: 0, ...factorOrNone, describe: "AdamW's decoupled weight decay" },
  adamBeta1: { default: 0.9, min: 0, max: 0.999999, describe: "AdamW's decay of the first moment" },
  adamBeta2: { default: 0.999, min: 0, max: 0.999999, describe: "AdamW's decay of the second moment" },
  // Where a gradient's square is 0 in float32, only this holds its step back.
  adamEpsilon: { default: 1e-8, min: 1e-16, max: 1e9, describe: "AdamW's epsilon" },
  maxGradNorm: { default: 1, min: 1e-30, describe: "gradients are scaled down to this global norm" },
  frozenLayers: { default: 0, ...countOrNone, describe: "lowest blocks that are not trained, with the embeddings (0: everything trains)" },
};
