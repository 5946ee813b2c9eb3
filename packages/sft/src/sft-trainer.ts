import { countValid } from "@cai/contracts";
import {
  accumulate,
  applyGradients,
  consecutiveRuns,
  makeOptimizer,
  openPass,
  StageTrainer,
  type StepContext,
  Stopwatch,
  scheduledRate,
  trainedParameters,
} from "@cai/training";
import * as tf from "@tensorflow/tfjs-core";
import type { SftExample } from "./encode-example.ts";
import { evaluatePacks, type SftEvaluation } from "./evaluate-packs.ts";
import { packRows } from "./pack-rows.ts";
import { digestPacks, type Pack, prepareExamples } from "./prepare-examples.ts";
import { sftBatch } from "./sft-batch.ts";
import { sftLoss, sumCounted } from "./sft-loss.ts";
import { resolveSftOptions, type SftParts, type SftSettings, sftPartSpecs } from "./sft-options.ts";
import { forward, type SftNumbers } from "./sft-pass.ts";
import { type SftStepResult, sftStepResult } from "./sft-step-result.ts";

/** The policy that is trained, and any option that shall differ from its default (`sftOptions`). */
export interface SFTTrainerOptions extends SftParts, Partial<SftSettings> {}

/**
 * Trains a causal language model on examples by maximum likelihood: supervised fine-tuning. The whole step is in `learn`.
 *
 * @example
 * await prepareBackend();
 * const policy = await loadPolicy("./gpt2");
 * const trainer = await SFTTrainer.create({ policy, learningRate: 2e-5, epochs: 3, seed: 7 });
 * const history = await trainer.train([{ prompt: "2 + 2 =", completion: " 4" }], { out: "runs/sft" });
 */
export class SFTTrainer extends StageTrainer<SftExample, Pack, SftSettings, SftStepResult, SftEvaluation> {
  readonly parts: SftParts;
  readonly #parameters;
  readonly #optimizer;

  private constructor(options: SFTTrainerOptions) {
    super(resolveSftOptions(options), Object.keys(sftPartSpecs));
    this.parts = { policy: options.policy };
    this.#parameters = trainedParameters(options.policy, this.hyperparameters);
    this.#optimizer = makeOptimizer(this.#parameters.trained, this.hyperparameters);
  }

  /** @throws TrainingError `invalid-option` for an option that is unknown, missing or out of its bounds, before any part is made. */
  static async create(options: SFTTrainerOptions): Promise<SFTTrainer> {
    return new SFTTrainer(options);
  }

  protected async learn(packs: readonly Pack[], { signal, updating }: StepContext): Promise<SftStepResult> {
    const { parts, hyperparameters: options, totalSteps } = this;
    const { trained: parameters, frozen } = this.#parameters;
    const optimizer = this.#optimizer;
    const step = this.step + 1;
    const where = `step ${step}`;
    const watch = new Stopwatch([]);

    // 1. The batch, a few packs a pass; the loss divides by the tokens that count in all of them.
    const runs = consecutiveRuns(packs.length, options.microbatchSize || packs.length);
    const batches = runs.map((places) => sftBatch(places.flatMap((place) => packs[place]!)));
    const tokens = batches.reduce((sum, { counted }) => sum + countValid(counted), 0);

    // 2. Pass, loss and backward of each; their gradients add up.
    const { gradients, losses } = await accumulate(
      batches,
      (batch) => openPass<SftNumbers>({ batch, parameters, frozen, forward: () => forward(parts, batch) }),
      ({ logprobs }, { counted }) => ({ ...sftLoss({ logprobs, counted, tokens }), counted }),
    );
    try {
      const loss = losses.reduce((sum, part) => sum + part.loss, 0);
      const entropy = losses.reduce((sum, { numbers, counted }) => sum + sumCounted(numbers.entropy, counted), 0) / tokens;

      // 3. AdamW on clipped gradients, where all is finite. Nothing has changed so far, and nothing is aborted after.
      signal?.throwIfAborted();
      updating();
      const learningRate = scheduledRate(optimizer, { step, totalSteps }, options);
      const learningRates = [learningRate];
      const update = { loss, optimizers: [optimizer], gradients, learningRates, maxGradNorm: options.maxGradNorm, where };
      const { failed, gradientNorm } = await applyGradients(update);

      // 4. The statistics of this step.
      const { tokens: tokensBefore } = this.getStatistics();
      const measured = { loss, entropy, gradientNorm, learningRate, tokensBefore, seconds: watch.read() };
      return sftStepResult({ step, packs, ...measured, failed: failed && { ...failed, updatesBefore: 0, rows: packRows(packs, parts) } });
    } finally {
      tf.dispose([...gradients.values()]);
      await new Promise((resolve) => setImmediate(resolve)); // lets signals and other work in
    }
  }

  protected look(packs: readonly Pack[], signal: AbortSignal | undefined): Promise<SftEvaluation> {
    const { microbatchSize, batchSize } = this.hyperparameters;
    return evaluatePacks(this.parts, packs, { packsAtOnce: microbatchSize || batchSize, step: this.step, signal });
  }

  protected prepare(examples: readonly SftExample[], notice: (message: string) => void): Pack[] {
    return prepareExamples(examples, this.parts.policy, this.hyperparameters, notice);
  }

  protected digest(packs: readonly Pack[]): string {
    return digestPacks(packs);
  }

  protected override plannedSteps(packs: number): number {
    const { steps, epochs, batchSize } = this.hyperparameters;
    return steps || Math.ceil((packs * epochs) / batchSize);
  }

  protected override get dataStream(): string {
    return "examples";
  }

  protected get trained() {
    return { models: { "policy.safetensors": this.parts.policy.parameters }, optimizers: [this.#optimizer] };
  }

  protected get identity() {
    return { models: { policy: this.parts.policy.identity } };
  }

  /** Weights and moments are all that there is, beside the step's number. */
  protected state() {
    return {};
  }

  protected restore(): void {}

  /** Writes the policy: a folder in Hugging Face layout, or an adapter in PEFT's with such a folder in `merged/`. */
  async save(directory: string): Promise<void> {
    await this.parts.policy.save(directory);
  }

  /** Frees the optimizer's state; the policy stays the caller's. */
  dispose(): void {
    this.#optimizer.adamW.dispose();
  }
}
