import { groupAdvantages } from "@cai/gae";
import { importanceWeights } from "@cai/ppo-loss";
import { adjustScores, RunningMoments, type RunningMomentsState, type TokenizedPrompt } from "@cai/rollouts";
import { type Json, type StepContext, Stopwatch } from "@cai/training";
import { checkGroupOptions } from "./check-options.ts";
import { drawGroups } from "./draw-groups.ts";
import { type GroupExperience, withoutTruncated } from "./group-experience.ts";
import { assembleGroupParts, type GroupParts, openGroupPass } from "./group-parts.ts";
import { type GroupStepResult, groupStepResult } from "./group-report.ts";
import { updateOnGroups } from "./group-update.ts";
import { grpoLoss } from "./grpo-loss.ts";
import { type GrpoSettings, grpoOptions } from "./grpo-options.ts";
import type { OnPolicyPartsGiven } from "./on-policy-parts.ts";
import { OnPolicyTrainer } from "./on-policy-trainer.ts";
import { withoutOverlong } from "./overlong-penalty.ts";

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
export class GRPOTrainer extends OnPolicyTrainer<GrpoSettings, GroupStepResult> {
  readonly parts: GroupParts;
  readonly #scoreMoments = new RunningMoments();

  private constructor(options: GRPOTrainerOptions) {
    super(checkGroupOptions(options, grpoOptions));
    this.parts = assembleGroupParts(options, this.hyperparameters);
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
    const { rollout, scores, redrawn } = await drawGroups({
      prompts,
      groupSize: options.numGenerations,
      redraws: options.redrawEqualGroups,
      rollOut: (some, attempt, firstSample) =>
        watch.time("generate", () => this.rollOut(some, signal, { stream: attempt === 0 ? "rollout" : `rollout-${attempt}`, firstSample })),
      score: (drawn) => watch.time("score", () => this.scoreResponses(drawn, { signal })),
    });
    await this.onRollout?.(rollout, step);

    // 3. The reference's log-probabilities, where there is a KL penalty. Nothing has changed so far, and nothing is aborted after.
    const refLogprobs = parts.reference && (await watch.time("reference", () => this.getReferenceLogprobs(rollout)));
    updating();
    const trained = watch.start("train");

    // 4. Advantages: each answer's score less its group's mean.
    const adjusted = adjustScores(withoutOverlong(scores, rollout, options), rollout.finishReasons, this.#scoreMoments, options);
    const compared = { scores: adjusted, groupSize: options.numGenerations, scale: options.scaleRewards };
    const { advantages, groupDeviations } = groupAdvantages(compared);

    // 5. Log-probabilities of the policy before its update. Where one pass covers all rows, it is also the first iteration's.
    const counted = options.maskTruncated ? withoutTruncated(rollout) : rollout;
    const open = (rows: GroupExperience | typeof counted) => openGroupPass(parts, rows, { ...options, entropy: options.entropyCoef > 0 });
    const firstPass = this.rowsAtOnce(rollout) >= advantages.length ? await open(counted) : undefined;
    const logprobs = firstPass?.numbers.logprobs ?? (await this.getLogprobs(counted));

    // 6. Where another engine drew the answers: by how much its log-probabilities differ.
    const { responses, behaviourLogprobs } = counted;
    const correction = { correction: options.importanceCorrection, cap: options.importanceCap };
    const mismatch = importanceWeights({ oldLogprobs: logprobs, behaviourLogprobs, ...responses, ...correction });
    const weights = parts.hasOwnGenerator ? mismatch.weights : undefined;
    const experience: GroupExperience = { ...counted, logprobs, refLogprobs, advantages, weights };

    // 7. Iterations of minibatches: the clipped surrogate (+ KL), AdamW on clipped gradients.
    const { means, updates, learningRate } = await updateOnGroups({
      parts,
      experience,
      options,
      step,
      totalSteps: this.totalSteps,
      firstPass,
      open,
      lossOf: (numbers, rows, denominators) => grpoLoss(numbers, rows, options, denominators),
    });
    trained();

    // 8. The statistics of this step.
    const sampling = {
      "sampling/sampling_logp_difference/mean": mismatch.meanDifference,
      "sampling/sampling_logp_difference/max": mismatch.maxDifference,
      "sampling/capped_fraction": mismatch.cappedFraction,
    };
    const learned = { groupDeviations, redrawn, update: { ...means, ...sampling }, updates, learningRate };
    return groupStepResult({ step, rollout, scores, ...learned, seconds: watch.read() });
  }

  protected get trained() {
    return this.parts.trained;
  }

  protected state() {
    return { scoreMoments: { ...this.#scoreMoments.state() } };
  }

  protected restore({ scoreMoments }: Readonly<Record<string, Json>>): void {
    this.#scoreMoments.restore(scoreMoments as unknown as RunningMomentsState);
  }
}
