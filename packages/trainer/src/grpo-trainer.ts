import { groupAdvantages } from "@cai/gae";
import type { TokenizedPrompt } from "@cai/rollouts";
import { type StepContext, Stopwatch } from "@cai/training";
import { type GroupExperience, perToken, withoutTruncated } from "./group-experience.ts";
import { type GroupStepResult, groupStepResult } from "./group-report.ts";
import { GroupTrainer } from "./group-trainer.ts";
import { grpoLoss } from "./grpo-loss.ts";
import { type GrpoSettings, grpoOptions } from "./grpo-options.ts";
import type { OnPolicyPartsGiven } from "./on-policy-parts.ts";

/** The parts of a GRPO trainer, and any option that shall differ from its default (`grpoOptions`). */
export interface GRPOTrainerOptions extends OnPolicyPartsGiven, Partial<GrpoSettings> {}

/**
 * Trains a causal language model by GRPO: the answers to one prompt are compared with each other, in place of a value model. The whole loop is
 * in `learn`.
 *
 * Shao et al. 2024 (arXiv:2402.03300); DAPO (arXiv:2503.14476), Dr. GRPO (arXiv:2503.20783), GSPO (arXiv:2507.18071), CISPO
 * (arXiv:2506.13585) by options. A step takes `batchSize` prompts and `numGenerations` answers to each.
 *
 * @example
 * await prepareBackend();
 * const policy = await loadPolicy("./my-model");
 * const rewardModel = ({ responses }) => responses.map((text) => -Math.abs(text.length - 80));
 * const trainer = await GRPOTrainer.create({ policy, rewardModel, numGenerations: 8, seed: 7 });
 * const history = await trainer.train(prompts, { steps: 100, out: "runs/grpo" });
 */
export class GRPOTrainer extends GroupTrainer<GrpoSettings> {
  private constructor(options: GRPOTrainerOptions) {
    super(options, grpoOptions);
  }

  /** @throws TrainingError `invalid-option` for an option that is unknown, missing or out of its bounds, before any part is made. */
  static async create(options: GRPOTrainerOptions): Promise<GRPOTrainer> {
    return new GRPOTrainer(options);
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

    // 4. Advantages: each answer's score less its group's mean.
    const adjusted = this.adjusted(scores, rollout);
    const compared = { scores: adjusted, groupSize: options.numGenerations, scale: options.scaleRewards };
    const { advantages: ofAnswers, groupDeviations } = groupAdvantages(compared);

    // 5. Log-probabilities of the policy before its update. Where one pass covers all rows, it is also the first iteration's.
    const counted = options.maskTruncated ? withoutTruncated(rollout) : rollout;
    const before = await this.policyBefore(counted, { entropy: options.entropyCoef > 0 });

    // 6. Where another engine drew the answers: by how much its log-probabilities differ.
    const { weights, sampling } = this.engineMismatch(counted, before.logprobs);
    const experience: GroupExperience = {
      ...counted,
      logprobs: before.logprobs,
      fullLogprobs: before.fullLogprobs,
      refLogprobs,
      advantages: perToken(ofAnswers, counted),
      weights,
    };

    // 7. Iterations of minibatches: the clipped surrogate (+ KL), AdamW on clipped gradients.
    const { means, updates, learningRates, failed } = await this.update({
      experience,
      scores,
      before,
      lossOf: (numbers, rows, denominators) => grpoLoss(numbers, rows, options, denominators),
    });
    trained();

    // 8. The statistics of this step.
    const update = { ...means, ...sampling };
    const learned = { experience, groupDeviations, redrawn, update, updates, failed, learningRate: learningRates[0]! };
    const { generatorMetrics } = this;
    return groupStepResult({ step, rollout, scores, scoreParts, ...learned, seconds: watch.read(), generatorMetrics });
  }
}
