import type { Schedule } from "@cai/optim";
import { countOrNone, type OptionTable } from "./option-table.ts";

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
  learningRate: { default: 1e-5, min: 0, exclusiveMin: true, describe: "learning rate" },
  schedule: { default: "constant", choices: ["constant", "linear", "cosine"], describe: "learning rate over the run" },
  warmupSteps: { default: 0, ...countOrNone, describe: "steps in which the learning rate rises from 0" },
  weightDecay: { default: 0, min: 0, describe: "AdamW's decoupled weight decay" },
  adamBeta1: { default: 0.9, min: 0, max: 0.999999, describe: "AdamW's decay of the first moment" },
  adamBeta2: { default: 0.999, min: 0, max: 0.999999, describe: "AdamW's decay of the second moment" },
  adamEpsilon: { default: 1e-8, min: 0, exclusiveMin: true, describe: "AdamW's epsilon" },
  maxGradNorm: { default: 1, min: 0, exclusiveMin: true, describe: "gradients are scaled down to this global norm" },
  frozenLayers: { default: 0, ...countOrNone, describe: "lowest blocks that are not trained, with the embeddings (0: everything trains)" },
};
