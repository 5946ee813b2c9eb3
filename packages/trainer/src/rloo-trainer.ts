import type { Shape2D } from "@cai/contracts";
import { groupAdvantages } from "@cai/gae";
import { klSummary, tokenKl } from "@cai/kl";
import type { TokenizedPrompt } from "@cai/rollouts";
import { type StepContext, Stopwatch } from "@cai/training";
import { type GroupExperience, perToken, withoutTruncated } from "./group-experience.ts";
import { type GroupStepResult, groupStepResult } from "./group-report.ts";
import { GroupTrainer } from "./group-trainer.ts";
import type { OnPolicyPartsGiven } from "./on-policy-parts.ts";
import { rlooLoss } from "./rloo-loss.ts";
import { type RlooSettings, rlooOptions } from "./rloo-options.ts";

/** The parts of an RLOO trainer, and any option that shall differ from its default (`rlooOptions`). */
export interface RLOOTrainerOptions extends OnPolicyPartsGiven, Partial<RlooSettings> {}

/**
 * Trains a causal language model by RLOO: REINFORCE on whole answers, each compared with the mean of the others to its prompt. The whole loop
 * is in `learn`.
 *
 * Ahmadian et al. 2024 (arXiv:2402.14740). A step takes `batchSize` prompts and `numGenerations` answers to each. The KL to the reference is
 * taken off the reward.
 *
 * @example
 * await prepareBackend();
 * const policy = await loadPolicy("./my-model");
 * const rewardModel = ({ responses }) => responses.map((text) => -Math.abs(text.length - 80));
 * const trainer = await RLOOTrainer.create({ policy, rewardModel, numGenerations: 4, seed: 7 });
 * const history = await trainer.train(prompts, { steps: 100, out: "runs/rloo" });
 */
export class RLOOTrainer extends GroupTrainer<RlooSettings> {
  private constructor(options: RLOOTrainerOptions) {
    super(options, rlooOptions);
  }

  /** @throws TrainingError `invalid-option` for an option that is unknown, missing or out of its bounds, before any part is made. */
  static async create(options: RLOOTrainerOptions): Promise<RLOOTrainer> {
    return new RLOOTrainer(options);
  }

  protected async learn(prompts: readonly TokenizedPrompt[], { signal, updating }: StepContext): Promise<GroupStepResult> {
    const { parts, hyperparameters: options } = this;
    const step = this.step + 1;
    const watch = new Stopwatch(["generate", "score", "reference", "train"]);

    // 1–2. Every prompt is answered numGenerations times, and the answers are scored; groups that teach nothing may be drawn again.
    const { rollout, scores, scoreParts, redrawn } = await this.drawScored(prompts, watch, signal);
    await this.onRollout?.(rollout, step);

    // 3. The reference's log-probabilities, where there is a KL penalty. Nothing has changed so far, and nothing is aborted after.
    const refLogprobs = parts.reference && (await watch.time("reference", () => this.getReferenceLogprobs(rollout, { signal })));
    updating();
    const trained = watch.start("train");

    // 4. Log-probabilities of the policy before its update. Where one pass covers all rows, it is also the first iteration's.
    const counted = options.maskTruncated ? withoutTruncated(rollout) : rollout;
    const before = await this.policyBefore(counted, { entropy: false });

    // 5. Advantages: each answer's score, less β times its KL, less the mean of the others to its prompt.
    const { mask, shape } = counted.responses;
    const tokenKls = refLogprobs && tokenKl({ logprobs: before.fullLogprobs, refLogprobs, mask });
    const adjusted = this.adjusted(scores, rollout);
    const penalised = tokenKls ? lessKl(adjusted, tokenKls, shape, options.beta) : adjusted;
    const compared = { scores: penalised, groupSize: options.numGenerations, baseline: "leave-one-out" } as const;
    const { advantages: ofAnswers, groupDeviations } = groupAdvantages({ ...compared, whiten: options.normalizeAdvantages });

    // 6. Where another engine drew the answers: by how much its log-probabilities differ.
    const { weights, sampling } = this.engineMismatch(counted, before.logprobs);
    const experience: GroupExperience = {
      ...counted,
      logprobs: before.logprobs,
      refLogprobs,
      advantages: perToken(ofAnswers, counted),
      weights,
    };

    // 7. Iterations of minibatches: the clipped surrogate (+ KL), AdamW on clipped gradients.
    const { means, updates, learningRates, failed } = await this.update({
      experience,
      scores,
      before,
      lossOf: (numbers, rows, denominators) => rlooLoss(numbers, rows, options, denominators),
    });
    trained();

    // 8. The statistics of this step.
    const update = { ...means, ...sampling, ...(tokenKls && { kl: klSummary({ kl: tokenKls, mask, shape }).perToken }) };
    const learned = { experience, groupDeviations, redrawn, update, updates, failed, learningRate: learningRates[0]! };
    const { generatorMetrics } = this;
    return groupStepResult({ step, rollout, scores, scoreParts, ...learned, seconds: watch.read(), generatorMetrics });
  }
}

/** `[B]`: scores less β times the sum of their row's KL `[B, T]`. */
function lessKl(scores: Float32Array, kl: Float32Array, [, columns]: Shape2D, beta: number): Float32Array {
  return scores.map((score, row) => score - beta * kl.subarray(row * columns, (row + 1) * columns).reduce((sum, nats) => sum + nats, 0));
}
