import { discountedReturns, groupAdvantages, whiten } from "@cai/gae";
import { klSummary, shapeRewards, tokenKl } from "@cai/kl";
import type { TokenizedPrompt } from "@cai/rollouts";
import { type StepContext, Stopwatch } from "@cai/training";
import { type GroupExperience, withoutTruncated } from "./group-experience.ts";
import { type GroupStepResult, groupStepResult } from "./group-report.ts";
import { GroupTrainer } from "./group-trainer.ts";
import type { OnPolicyPartsGiven } from "./on-policy-parts.ts";
import { reinforcePlusPlusLoss } from "./reinforce-plus-plus-loss.ts";
import { type ReinforcePlusPlusSettings, reinforcePlusPlusOptions } from "./reinforce-plus-plus-options.ts";

/** The parts of a REINFORCE++ trainer, and any option that shall differ from its default (`reinforcePlusPlusOptions`). */
export interface ReinforcePlusPlusTrainerOptions extends OnPolicyPartsGiven, Partial<ReinforcePlusPlusSettings> {}

/**
 * Trains a causal language model by REINFORCE++: PPO's clipped surrogate on the rewards to come, whitened over all tokens of a step, in place of
 * a value model. The whole loop is in `learn`.
 *
 * Hu et al. 2025 (arXiv:2501.03262). A step takes `batchSize` prompts and an answer to each; with `numGenerations` above 1, the paper's variant
 * with a baseline: scores are taken less their group's mean first.
 *
 * @example
 * await prepareBackend();
 * const policy = await loadPolicy("./my-model");
 * const rewardModel = ({ responses }) => responses.map((text) => -Math.abs(text.length - 80));
 * const trainer = await ReinforcePlusPlusTrainer.create({ policy, rewardModel, batchSize: 32, seed: 7 });
 * const history = await trainer.train(prompts, { steps: 100, out: "runs/reinforce" });
 */
export class ReinforcePlusPlusTrainer extends GroupTrainer<ReinforcePlusPlusSettings> {
  private constructor(options: ReinforcePlusPlusTrainerOptions) {
    super(options, reinforcePlusPlusOptions);
  }

  /** @throws TrainingError `invalid-option` for an option that is unknown, missing or out of its bounds, before any part is made. */
  static async create(options: ReinforcePlusPlusTrainerOptions): Promise<ReinforcePlusPlusTrainer> {
    return new ReinforcePlusPlusTrainer(options);
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

    // 5. Advantages of tokens: the score, less β times the KL, of what is still to come, whitened over the step.
    const { mask, shape } = counted.responses;
    const kl = refLogprobs ? tokenKl({ logprobs: before.fullLogprobs, refLogprobs, mask }) : new Float32Array(mask.length);
    const { advantages, groupDeviations } = this.computeAdvantages({ scores: this.adjusted(scores, rollout), kl, mask, shape });

    // 6. Where another engine drew the answers: by how much its log-probabilities differ.
    const { weights, sampling } = this.engineMismatch(counted, before.logprobs);
    const experience: GroupExperience = { ...counted, logprobs: before.logprobs, refLogprobs, advantages, weights };

    // 7. Iterations of minibatches: the clipped surrogate (+ KL), AdamW on clipped gradients.
    const { means, updates, learningRates, failed } = await this.update({
      experience,
      scores,
      before,
      lossOf: (numbers, rows, denominators) => reinforcePlusPlusLoss(numbers, rows, options, denominators),
    });
    trained();

    // 8. The statistics of this step.
    const update = { ...means, ...sampling, ...(refLogprobs && { kl: klSummary({ kl, mask, shape }).perToken }) };
    const learned = { experience, groupDeviations, redrawn, update, updates, failed, learningRate: learningRates[0]! };
    const { generatorMetrics } = this;
    return groupStepResult({ step, rollout, scores, scoreParts, ...learned, seconds: watch.read(), generatorMetrics });
  }

  /**
   * Advantages `[B, T]` and each group's deviation `[B / numGenerations]`, from scores `[B]` and the KL of tokens `[B, T]`:
   *
   *     r_t = −β·kl_t, + score on the last token;  A_t = Σ γ^(i−t)·r_i, whitened over all valid tokens
   *
   * With several answers to a prompt a score is taken less its group's mean; with the KL in the loss there is none in the rewards.
   */
  computeAdvantages({ scores, kl, mask, shape }: Omit<Parameters<typeof shapeRewards>[0], "coefficient">) {
    const { numGenerations: groupSize, gamma, beta, klPlacement } = this.hyperparameters;
    const baseline = groupSize > 1 ? "group-mean" : "none";
    const { advantages: compared, groupDeviations } = groupAdvantages({ scores, groupSize, baseline });
    const coefficient = klPlacement === "reward" ? beta : 0;
    const { rewards } = shapeRewards({ kl, scores: compared, mask, shape, coefficient });
    return { advantages: whiten({ x: discountedReturns({ rewards, mask, shape, gamma }), mask }), groupDeviations };
  }
}
