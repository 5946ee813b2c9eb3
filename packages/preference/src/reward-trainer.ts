import type { CausalPolicy } from "@cai/policy";
import { accumulate, makeOptimizer, type StepContext, Stopwatch } from "@cai/training";
import type { RewardSettings } from "./pair-options.ts";
import { checkRewardTrainer, rewardPartSpecs } from "./pair-parts.ts";
import { evaluationOf, type PairEvaluation, type PairStepResult, PairTrainer } from "./pair-trainer.ts";
import type { PreferencePair } from "./preference-pair.ts";
import { calibrationOf, joinScored, rewardChunkLoss, rewardChunks, rewardTotals, scoredPairs } from "./reward-chunks.ts";
import { digestRewardRows, encodeRewardRows, type RewardRow } from "./reward-rows.ts";
import { rewardBatchRows, rewardSamples } from "./reward-samples.ts";
import { ScoringPolicy } from "./scoring-policy.ts";

/** What becomes the reward model, and any option that shall differ from its default (`rewardOptions`). */
export interface RewardTrainerOptions extends Partial<RewardSettings> {
  /** Its trunk is trained in place, and gets a score in place of its output layer. The caller disposes of it after the trainer. */
  readonly policy: CausalPolicy;
}

/** How it does on held-out pairs. */
export interface RewardEvaluation extends PairEvaluation {
  /** Expected calibration error of σ(chosen − rejected), in ten bins. */
  readonly calibrationError: number;
}

/**
 * Trains a reward model on pairs of answers: a policy's trunk with a score read at a text's last token, by the Bradley–Terry loss. The whole
 * loop is in `learn`; `save` writes a folder that `OnnxRewardModel` of `@cai/reward-model` loads.
 *
 * Stiennon et al. 2020 (arXiv:2009.01325). A step takes `batchSize` pairs and makes one update.
 *
 * @example
 * await prepareBackend();
 * const policy = await loadPolicy("./my-model");
 * const trainer = await RewardTrainer.create({ policy, learningRate: 1e-5, seed: 7 });
 * const pairs = [{ prompt: "The sky is", chosen: " blue.", rejected: " green." }];
 * await trainer.train(pairs, { steps: 100, out: "runs/reward" });
 * const rewardModel = await OnnxRewardModel.load("runs/reward/final");
 */
export class RewardTrainer extends PairTrainer<RewardRow, RewardSettings, RewardEvaluation> {
  readonly policy: CausalPolicy;
  /** What is trained: it scores texts as the saved model does. The trainer owns it. */
  readonly rewardModel: ScoringPolicy;
  protected readonly models;
  protected readonly optimizers;

  private constructor({ policy, ...given }: RewardTrainerOptions) {
    super(checkRewardTrainer({ policy, ...given }), Object.keys(rewardPartSpecs));
    const { hyperparameters: options } = this;
    this.policy = policy;
    this.rewardModel = new ScoringPolicy(policy, { ...options, rowsAtOnce: 2 * this.pairsAtOnce(options.batchSize) });
    this.models = this.rewardModel.models;
    this.optimizers = [makeOptimizer(this.rewardModel.parameters, options)];
  }

  /** @throws TrainingError `invalid-option`, PreferenceError `too-large`, before anything is made. */
  static async create(options: RewardTrainerOptions): Promise<RewardTrainer> {
    return new RewardTrainer(options);
  }

  protected async learn(pairs: readonly RewardRow[], context: StepContext): Promise<PairStepResult> {
    const { hyperparameters: options } = this;
    const step = this.step + 1;
    const watch = new Stopwatch([]);

    // 1. The scores of chosen and rejected answers, side by side; each pair's loss, and the way back.
    const { gradients, losses } = await accumulate(
      rewardChunks(pairs, this.pairsAtOnce(pairs.length)),
      ({ batch }) => this.rewardModel.openPass(batch),
      ({ scores }, chunk) => rewardChunkLoss(scores, chunk, options, pairs.length),
    );
    const scored = joinScored(losses.map((part) => part.scored));
    const totals = rewardTotals(scored, options);

    // 2. AdamW on clipped gradients, where all is finite.
    const update = await this.update(totals.loss, gradients, context, () => rewardBatchRows(pairs, scored));

    // 3. The statistics of this step.
    const seconds = watch.read();
    const tokens = pairs.reduce((sum, { chosenIds, rejectedIds }) => sum + chosenIds.length + rejectedIds.length, 0);
    const metrics = { ...totals.metrics, ...update.metrics, tokens_per_second: tokens / seconds["time/total"], ...seconds };
    return { ...totals, step, tokens, metrics, samples: rewardSamples(pairs, scored), failed: update.failed };
  }

  protected async look(pairs: readonly RewardRow[], signal: AbortSignal | undefined): Promise<RewardEvaluation> {
    const parts = [];
    for (const chunk of rewardChunks(pairs, this.pairsAtOnce(this.hyperparameters.batchSize))) {
      signal?.throwIfAborted();
      parts.push(scoredPairs(await this.rewardModel.scoresOf(chunk.batch), chunk));
    }
    const scored = joinScored(parts);
    const totals = rewardTotals(scored, this.hyperparameters);
    const calibrationError = calibrationOf(scored);
    const metrics = { ...totals.metrics, calibration_error: calibrationError };
    return { ...evaluationOf({ ...totals, metrics }, this.step), calibrationError };
  }

  /**
   * Writes a folder that `OnnxRewardModel.load` takes: `model.onnx`, with `int8` `model_quantized.onnx` beside it, `config.json` and the
   * tokenizer's files; and `model.safetensors`, so that `transformers` loads it for sequence classification. An adapter is in the weights.
   *
   * @throws OnnxExportError, before anything is written.
   */
  async save(directory: string): Promise<void> {
    await this.rewardModel.save(directory, this.hyperparameters);
  }

  override dispose(): void {
    super.dispose();
    void this.rewardModel.dispose();
  }

  protected prepare(pairs: readonly PreferencePair[], notice: (message: string) => void): RewardRow[] {
    return encodeRewardRows(pairs, this.policy, { maxLength: this.rewardModel.maxLength, notice });
  }

  protected digest(rows: readonly RewardRow[]): string {
    return digestRewardRows(rows);
  }

  protected get identity() {
    return { models: { policy: this.policy.identity } };
  }
}
