import type { ReferencePolicy, TrainablePolicy } from "@cai/contracts";
import { accumulate, evaluateRows, makeOptimizer, openPass, type StepContext, Stopwatch, trainedParameters } from "@cai/training";
import type * as tf from "@tensorflow/tfjs-core";
import { dpoBatchRows } from "./dpo-batch-rows.ts";
import { type DpoChunk, dpoChunkLoss, dpoChunks, dpoNumbers, dpoTotals } from "./dpo-chunks.ts";
import { type DpoRow, digestDpoRows, encodeDpoRows } from "./dpo-rows.ts";
import { dpoSamples } from "./dpo-samples.ts";
import type { DpoSettings } from "./pair-options.ts";
import { checkDpoTrainer, dpoPartSpecs } from "./pair-parts.ts";
import { evaluationOf, type PairEvaluation, type PairStepResult, PairTrainer } from "./pair-trainer.ts";
import type { PreferencePair } from "./preference-pair.ts";
import { ReferenceCache } from "./reference-cache.ts";

/** The parts of a DPO trainer, and any option that shall differ from its default (`dpoOptions`). */
export interface DPOTrainerOptions extends Partial<DpoSettings> {
  /** Trained in place. The caller disposes of it after the trainer. */
  readonly policy: TrainablePolicy<tf.Tensor>;
  /** What leads are measured against. Default: the policy as it is now, frozen, which the trainer then owns; with an adapter: without it. */
  readonly reference?: ReferencePolicy<tf.Tensor>;
}

/**
 * Trains a causal language model on pairs of answers by direct preference optimisation: no reward model, no sampling. The whole loop is in
 * `learn`.
 *
 * Rafailov et al. 2023 (arXiv:2305.18290); IPO (arXiv:2310.12036) and robust DPO (arXiv:2403.00409) by `lossType`. A step takes `batchSize`
 * pairs and makes one update.
 *
 * @example
 * await prepareBackend();
 * const policy = await loadPolicy("./my-model");
 * const trainer = await DPOTrainer.create({ policy, beta: 0.1, seed: 7 });
 * const pairs = [{ prompt: "The sky is", chosen: " blue.", rejected: " green." }];
 * const history = await trainer.train(pairs, { steps: 100, out: "runs/dpo" });
 */
export class DPOTrainer extends PairTrainer<DpoRow, DpoSettings> {
  readonly policy: TrainablePolicy<tf.Tensor>;
  readonly reference: ReferencePolicy<tf.Tensor>;
  readonly #ownsReference: boolean;
  readonly #referenceLogps: ReferenceCache;
  readonly #parameters;
  protected readonly models;
  protected readonly optimizers;

  private constructor({ policy, reference, ...given }: DPOTrainerOptions) {
    super(checkDpoTrainer({ policy, reference, ...given }), Object.keys(dpoPartSpecs));
    this.policy = policy;
    this.#parameters = trainedParameters(policy, this.hyperparameters);
    this.models = { "policy.safetensors": policy.parameters };
    this.optimizers = [makeOptimizer(this.#parameters.trained, this.hyperparameters)];
    // The start's weights, also in a run that is taken up again: a checkpoint puts others into the policy, not into these.
    this.reference = reference ?? policy.createReference({ onDisk: true });
    this.#ownsReference = reference === undefined;
    this.#referenceLogps = new ReferenceCache(this.reference);
  }

  /** @throws TrainingError `invalid-option`, PreferenceError `bad-option`, before anything is made. */
  static async create(options: DPOTrainerOptions): Promise<DPOTrainer> {
    return new DPOTrainer(options);
  }

  protected async learn(pairs: readonly DpoRow[], context: StepContext): Promise<PairStepResult> {
    const { hyperparameters: options } = this;
    const step = this.step + 1;
    const watch = new Stopwatch(["reference", "train"]);

    // 1. The reference's log-probabilities of both answers; each pair's are computed once and kept.
    const reference = await watch.time("reference", () => this.#referenceLogps.of(pairs, context.signal));
    const trained = watch.start("train");

    // 2. The policy's, chosen and rejected answers side by side; each pair's lead over the reference, its loss, and the way back.
    const { gradients, losses } = await accumulate(
      dpoChunks(pairs, reference, this.pairsAtOnce(pairs.length)),
      (chunk) => this.#openPass(chunk),
      ({ logprobs }, chunk) => dpoChunkLoss(logprobs, chunk, options, pairs.length),
    );
    const parts = losses.map(({ pairNumbers }) => pairNumbers);
    const totals = dpoTotals(parts, options);

    // 3. AdamW on clipped gradients, where all is finite.
    const { tokenizer } = this.policy;
    const update = await this.update(totals.loss, gradients, context, () => dpoBatchRows(pairs, parts, tokenizer));
    trained();

    // 4. The statistics of this step.
    const seconds = watch.read();
    const tokens = pairs.reduce((sum, { chosenIds, rejectedIds }) => sum + chosenIds.length + rejectedIds.length, 0);
    const metrics = { ...totals.metrics, ...update.metrics, tokens_per_second: tokens / seconds["time/total"], ...seconds };
    return { ...totals, step, tokens, metrics, samples: dpoSamples(pairs, parts, options.beta, tokenizer), failed: update.failed };
  }

  protected async look(pairs: readonly DpoRow[], signal: AbortSignal | undefined): Promise<PairEvaluation> {
    const reference = await this.#referenceLogps.of(pairs, signal);
    const parts = [];
    for (const chunk of dpoChunks(pairs, reference, this.pairsAtOnce(this.hyperparameters.batchSize))) {
      signal?.throwIfAborted();
      const forward = () => ({ logprobs: this.#logprobs(chunk) });
      const { logprobs } = await evaluateRows<{ logprobs: Float32Array }>(chunk.batch, chunk.batch.responses.shape[0], forward);
      parts.push(dpoNumbers(logprobs, chunk));
    }
    return evaluationOf(dpoTotals(parts, this.hyperparameters), this.step);
  }

  /** Writes the policy: a folder in Hugging Face layout, or an adapter in PEFT's with such a folder in `merged/`. */
  async save(directory: string): Promise<void> {
    await this.policy.save(directory);
  }

  override dispose(): void {
    super.dispose();
    if (this.#ownsReference) this.reference.dispose();
  }

  protected prepare(pairs: readonly PreferencePair[], notice: (message: string) => void): DpoRow[] {
    return encodeDpoRows(pairs, this.policy, { maxLength: this.hyperparameters.maxLength, notice });
  }

  protected digest(rows: readonly DpoRow[]): string {
    return digestDpoRows(rows);
  }

  protected get identity() {
    return { models: { policy: this.policy.identity, reference: this.reference.identity } };
  }

  #openPass(chunk: DpoChunk) {
    const { trained: parameters, frozen } = this.#parameters;
    const forward = () => ({ logprobs: this.#logprobs(chunk) });
    return openPass<{ logprobs: Float32Array }>({ batch: chunk.batch, parameters, frozen, forward });
  }

  #logprobs({ batch }: DpoChunk): tf.Tensor {
    return this.policy.tokenLogprobs(this.policy.hiddenStates(batch), batch.responses, { temperature: 1 }).logprobs;
  }
}
