import type { Denominators } from "@cai/ppo-loss";
import { accumulate, applyGradients, type ForwardPass, refuseNonFinite, scheduledRate, WeightedMeans } from "@cai/training";
import * as tf from "@tensorflow/tfjs-core";
import { type GroupExperience, selectGroupExperience } from "./group-experience.ts";
import type { GroupLoss, GroupNumbers } from "./group-loss.ts";
import type { GroupSettings } from "./group-options.ts";
import type { GroupParts } from "./group-parts.ts";
import { measureGroupUpdate } from "./group-report.ts";
import { minibatchesOf } from "./minibatches.ts";

/** What the optimizer steps of one step of training did. */
export interface GroupUpdate {
  /** Means weighted by tokens, by the names of metrics. */
  readonly means: Readonly<Partial<Record<string, number>>>;
  readonly updates: number;
  readonly learningRate: number;
}

/**
 * Iterations of minibatches over some answers: a pass, its loss, AdamW on clipped gradients.
 *
 * @param firstPass one over all rows that was made already; it serves the first update, and is disposed of here.
 */
export async function updateOnGroups({
  parts,
  experience,
  options,
  step,
  totalSteps,
  firstPass,
  open,
  lossOf,
}: {
  readonly parts: GroupParts;
  readonly experience: GroupExperience;
  readonly options: GroupSettings;
  readonly step: number;
  readonly totalSteps: number;
  readonly firstPass: ForwardPass<GroupNumbers> | undefined;
  readonly open: (rows: GroupExperience) => Promise<ForwardPass<GroupNumbers>>;
  readonly lossOf: (numbers: GroupNumbers, rows: GroupExperience, denominators: Denominators) => GroupLoss;
}): Promise<GroupUpdate> {
  const { optimizers } = parts.trained;
  const learningRates = optimizers.map((optimizer) => scheduledRate(optimizer, { step, totalSteps }, options));
  const means = new WeightedMeans();
  let updates = 0;
  let first = firstPass;
  const iterations = { ...options, step, epochs: options.numIterations };
  for (const { epoch, batch, microbatches, denominators } of minibatchesOf(experience, selectGroupExperience, iterations)) {
    if (denominators.tokens === 0) continue; // all of its answers were cut
    const { gradients, losses } = await accumulate(
      microbatches,
      async (rows) => first ?? open(rows),
      (numbers, rows) => lossOf(numbers, rows, denominators),
    );
    first = undefined;
    try {
      const measures = measureGroupUpdate(losses, batch, options);
      const where = `step ${step}, iteration ${epoch + 1}`;
      refuseNonFinite(measures.loss, where);
      const gradientNorm = await applyGradients({ optimizers, gradients, learningRates, maxGradNorm: options.maxGradNorm, where });
      means.add(denominators.tokens, { ...measures, grad_norm: gradientNorm });
      updates++;
    } finally {
      tf.dispose([...gradients.values()]);
    }
    await new Promise((resolve) => setImmediate(resolve)); // lets signals and other work in
  }
  first?.dispose();
  return { means: means.read(), updates, learningRate: learningRates[0]! };
}
