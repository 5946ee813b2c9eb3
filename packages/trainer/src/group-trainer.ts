import type { SequenceBatch } from "@cai/contracts";
import type { Denominators } from "@cai/ppo-loss";
import { adjustScores, RunningMoments, type TextRollout, type TokenizedPrompt } from "@cai/rollouts";
import { evaluateRows, type ForwardPass, type Json, type OptionTable, type Stopwatch, stateNumbers } from "@cai/training";
import { drawGroups, inGroups, type ScoredGroups } from "./draw-groups.ts";
import { type GroupExperience, selectGroupExperience } from "./group-experience.ts";
import type { GroupLoss, GroupNumbers } from "./group-loss.ts";
import type { GroupSettings } from "./group-options.ts";
import { assembleGroupParts, checkGroupOptions, type GroupParts, groupForward, openGroupPass } from "./group-parts.ts";
import { type GroupStepResult, measureGroupUpdate } from "./group-report.ts";
import { type OnPolicyPartsGiven, onPolicyPartSpecs } from "./on-policy-parts.ts";
import { OnPolicyTrainer } from "./on-policy-trainer.ts";
import { withoutOverlong } from "./overlong-penalty.ts";
import { samplingMismatch } from "./sampling-mismatch.ts";
import { updateOnMinibatches } from "./update-on-minibatches.ts";

/** The policy before its update, over all answers of a step. */
export interface PolicyBefore {
  /** `[B, T]`, at the sampling temperature, over the tokens that each was drawn from. */
  readonly logprobs: Float32Array;
  /** Over the full vocabulary: what a KL is made of. */
  readonly fullLogprobs: Float32Array;
  /** A pass over all answers with its way back, where one holds them; `update` takes it over. */
  readonly firstPass: ForwardPass<GroupNumbers> | undefined;
  /** Opens a pass over some of them. */
  readonly open: (rows: SequenceBatch) => Promise<ForwardPass<GroupNumbers>>;
}

/** What trainers without a value model share: drawing groups of answers, their scores, the policy before its update. */
export abstract class GroupTrainer<Settings extends GroupSettings> extends OnPolicyTrainer<Settings, GroupStepResult> {
  readonly parts: GroupParts;
  readonly #scoreMoments = new RunningMoments();

  protected constructor(options: OnPolicyPartsGiven & Partial<Settings>, table: OptionTable<Settings>) {
    super(checkGroupOptions(options, table), Object.keys(onPolicyPartSpecs));
    this.parts = assembleGroupParts(options, this.hyperparameters);
  }

  /** `numGenerations` answers to every prompt, with their scores; groups that teach nothing may be drawn again. */
  protected drawScored(
    prompts: readonly TokenizedPrompt[],
    watch: Stopwatch<"generate" | "score">,
    signal: AbortSignal | undefined,
  ): Promise<ScoredGroups> {
    return drawGroups({
      prompts,
      groupSize: this.hyperparameters.numGenerations,
      redraws: this.hyperparameters.redrawEqualGroups,
      rollOut: (some, attempt, firstSample) =>
        watch.time("generate", () =>
          attempt === 0 ? this.rollOutStep(some, signal) : this.rollOut(some, signal, { stream: `rollout-${attempt}`, firstSample }),
        ),
      score: (drawn) => watch.time("score", () => this.scoreResponsesApart(drawn, { signal })),
    });
  }

  protected override asked(prompts: readonly TokenizedPrompt[]): readonly TokenizedPrompt[] {
    return inGroups(prompts, this.hyperparameters.numGenerations);
  }

  /** `[B]`: the scores as they are learned from, less what too long answers cost; scaled and clipped as the options say. */
  protected adjusted(scores: Float32Array, rollout: TextRollout): Float32Array {
    const options = this.hyperparameters;
    return adjustScores(withoutOverlong(scores, rollout, options), rollout.finishReasons, this.#scoreMoments, options);
  }

  /** @param entropy whether the passes give entropies too. */
  protected async policyBefore(batch: SequenceBatch, { entropy }: { readonly entropy: boolean }): Promise<PolicyBefore> {
    const { temperature } = this.hyperparameters;
    const open = (rows: SequenceBatch) => openGroupPass(this.parts, rows, { temperature, entropy });
    const rowsAtOnce = this.rowsAtOnce(batch);
    const firstPass = rowsAtOnce >= batch.responses.shape[0] ? await open(batch) : undefined;
    const forward = (rows: SequenceBatch) => groupForward(this.parts, rows, { temperature, entropy: false });
    const { logprobs, fullLogprobs = logprobs } = firstPass?.numbers ?? (await evaluateRows<GroupNumbers>(batch, rowsAtOnce, forward));
    return { open, firstPass, logprobs, fullLogprobs };
  }

  /** Weights `[B, T]` where another engine than the policy drew the answers; and by how much the log-probabilities of the two differ. */
  protected engineMismatch(rollout: TextRollout, oldLogprobs: Float32Array) {
    const { importanceCorrection: correction, importanceCap: cap } = this.hyperparameters;
    const { weights, metrics } = samplingMismatch(rollout, oldLogprobs, { correction, cap });
    return { weights: this.parts.hasOwnGenerator ? Float32Array.from(weights) : undefined, sampling: metrics };
  }

  /** Iterations of minibatches over the answers. */
  protected async update({
    experience,
    scores,
    before: { firstPass, open },
    lossOf,
  }: {
    readonly experience: GroupExperience;
    readonly scores: Float32Array;
    readonly before: PolicyBefore;
    readonly lossOf: (numbers: GroupNumbers, rows: GroupExperience, denominators: Denominators) => GroupLoss;
  }) {
    const { hyperparameters: options, totalSteps } = this;
    await this.onExperience?.({ ...experience, scores }, this.step + 1);
    return updateOnMinibatches({
      experience,
      select: selectGroupExperience,
      optimizers: this.parts.trained.optimizers,
      options,
      epochs: options.numIterations,
      step: this.step + 1,
      totalSteps,
      firstPass,
      open,
      lossOf,
      measure: measureGroupUpdate,
      onGradients: this.onGradients,
      isTooFar: (measures) => options.maxApproxKl > 0 && measures["policy/approxkl"]! > options.maxApproxKl,
    });
  }

  protected get trained() {
    return this.parts.trained;
  }

  protected state() {
    return { scoreMoments: { ...this.#scoreMoments.state() } };
  }

  protected restore({ scoreMoments }: Readonly<Record<string, Json>>): void {
    this.#scoreMoments.restore(stateNumbers("scoreMoments", scoreMoments, ["mean", "variance", "count"]));
  }
}
