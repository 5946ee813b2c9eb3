import type { ScoreParts, SequenceBatch } from "@cai/contracts";
import {
  digestPrompts,
  type Evaluation,
  evaluatePrompts,
  leftPad,
  type Prompt,
  type PromptTask,
  type RolloutSampling,
  rollOut,
  type SamplingSettings,
  samplingOf,
  scoreRequest,
  scoreResponsesApart,
  type TextRollout,
  type TokenizedPrompt,
  tokenizePrompts,
} from "@cai/rollouts";
import {
  checkTrainOptions,
  evaluateRows,
  type OptimizerSettings,
  type RunSettings,
  referenceLogprobs,
  StageTrainer,
  type StepReport,
  TrainingError,
  type TrainingHistory,
} from "@cai/training";
import type * as tf from "@tensorflow/tfjs-core";
import type { OnPolicyParts } from "./on-policy-parts.ts";
import { type OnExperience, type OnGradients, type OnPolicyRunOptions, type OnRollout, onPolicyRunNames } from "./on-policy-run.ts";

/** What every trainer that learns from its own responses has among its options. */
export interface OnPolicySettings extends RunSettings, SamplingSettings, OptimizerSettings {
  batchSize: number;
  minibatchSize: number;
  microbatchSize: number;
}

/** How a single step runs. */
export interface StepOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onRollout?: OnRollout | undefined;
  readonly onExperience?: OnExperience | undefined;
  readonly onGradients?: OnGradients | undefined;
}

/** What trainers share that learn from their own responses to prompts: rolling out, scoring, both models' log-probabilities, evaluation. */
export abstract class OnPolicyTrainer<
  Settings extends OnPolicySettings,
  Report extends StepReport & { readonly tokens: number },
> extends StageTrainer<Prompt | PromptTask, TokenizedPrompt, Settings, Report, Evaluation> {
  abstract readonly parts: OnPolicyParts;
  protected onRollout: OnRollout | undefined;
  protected onExperience: OnExperience | undefined;
  protected onGradients: OnGradients | undefined;

  override async train(
    prompts: readonly (Prompt | PromptTask)[],
    options: OnPolicyRunOptions<Report> = {},
  ): Promise<TrainingHistory<Report, Evaluation>> {
    return super.train(prompts, options);
  }

  override async *steps(
    prompts: readonly (Prompt | PromptTask)[],
    options: OnPolicyRunOptions<Report> = {},
  ): AsyncGenerator<Report, void, undefined> {
    checkTrainOptions(options, onPolicyRunNames, this.optionNames);
    const { evaluationPrompts, callbacks, ...rest } = options;
    const { onRollout, onExperience, onGradients, ...others } = callbacks ?? {};
    this.onRollout = onRollout;
    this.onExperience = onExperience;
    this.onGradients = onGradients;
    yield* super.steps(prompts, { ...rest, callbacks: others, ...(evaluationPrompts && { evaluationData: evaluationPrompts }) });
  }

  override async trainStep(
    prompts: readonly (Prompt | PromptTask)[],
    { signal, onRollout, onExperience, onGradients }: StepOptions = {},
  ): Promise<Report> {
    this.onRollout = onRollout;
    this.onExperience = onExperience;
    this.onGradients = onGradients;
    return super.trainStep(prompts, { signal });
  }

  /** Responses to prompts, drawn for the step to come; with their texts. */
  async generateResponses(
    prompts: readonly (Prompt | PromptTask)[],
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<TextRollout> {
    return this.rollOut(this.prepare(prompts), options.signal);
  }

  /** `[B]` scores of the reward model, checked: one finite number a response. */
  async scoreResponses(rollout: TextRollout, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Float32Array> {
    return (await this.scoreResponsesApart(rollout, options)).scores;
  }

  /** The same, with the parts of the scores that the reward model names. */
  protected scoreResponsesApart(rollout: TextRollout, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<ScoreParts> {
    return scoreResponsesApart(this.parts.rewardModel, scoreRequest(rollout), signal);
  }

  /**
   * `[B, T]` log-probabilities of the response tokens: the policy as it stands, full vocabulary, at the sampling temperature. Of a batch with
   * `keptTokens`: over the tokens that each was drawn from.
   */
  async getLogprobs(batch: SequenceBatch): Promise<Float32Array> {
    const { policy } = this.parts;
    const { temperature } = this.hyperparameters;
    const forward = (rows: SequenceBatch) =>
      policy.tokenLogprobs(policy.hiddenStates(rows), rows.responses, { temperature, keptTokens: rows.keptTokens });
    return this.#logprobsOf(batch, (rows) => forward(rows).logprobs);
  }

  /**
   * The same of the reference, over the full vocabulary always; of one that computes elsewhere, as it gives them.
   *
   * @throws TrainingError `no-reference` for a trainer that measures nothing against one.
   */
  async getReferenceLogprobs(batch: SequenceBatch, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<Float32Array> {
    const { temperature } = this.hyperparameters;
    const { reference } = this.parts;
    if (reference === undefined) throw new TrainingError("no-reference", "this trainer has no reference: give it a beta above 0");
    return referenceLogprobs(reference, batch, { temperature, rowsAtOnce: this.rowsAtOnce(batch), signal });
  }

  /** Writes the policy: a folder in Hugging Face layout, or an adapter in PEFT's with such a folder in `merged/`. */
  async save(directory: string): Promise<void> {
    await this.parts.policy.save(directory);
  }

  /** Frees the optimizer's state, and the parts that the trainer made. */
  dispose(): void {
    this.parts.dispose();
  }

  /** What the generator tells of the step, beside what it drew. */
  protected get generatorMetrics(): Readonly<Record<string, number>> {
    return this.parts.generator.metrics?.() ?? {};
  }

  protected prepare(prompts: readonly (Prompt | PromptTask)[]): TokenizedPrompt[] {
    return tokenizePrompts(prompts, this.parts.policy, this.hyperparameters.maxNewTokens);
  }

  protected digest(prompts: readonly TokenizedPrompt[]): string {
    return digestPrompts(prompts);
  }

  protected look(prompts: readonly TokenizedPrompt[], signal: AbortSignal | undefined): Promise<Evaluation> {
    return evaluatePrompts(this.parts, prompts, this.hyperparameters, { step: this.step, signal });
  }

  protected override get drawnAfter(): readonly number[] | undefined {
    return this.parts.generator.drawnAfter?.();
  }

  /** A step's prompts as the generator is asked to answer them. */
  protected asked(prompts: readonly TokenizedPrompt[]): readonly TokenizedPrompt[] {
    return prompts;
  }

  /** Answers to a step's prompts, as `asked`. A generator that looks ahead is told of those of the steps after it. */
  protected rollOutStep(prompts: readonly TokenizedPrompt[], signal: AbortSignal | undefined): Promise<TextRollout> {
    const { lookahead = 0, foresee } = this.parts.generator;
    const { stopTexts: _, ...sampling } = this.#sampling(signal);
    foresee?.call(
      this.parts.generator,
      this.rowsAhead(lookahead).map((rows, ahead) => ({
        prompts: leftPad(this.asked(rows).map(({ ids }) => ids)),
        sampling: { ...sampling, draws: { ...sampling.draws, step: this.step + 2 + ahead } },
      })),
    );
    return this.rollOut(prompts, signal);
  }

  /** @param place where in the step the draws stand; for prompts that are answered again, another stream. */
  protected rollOut(
    prompts: readonly TokenizedPrompt[],
    signal: AbortSignal | undefined,
    place: { readonly stream?: string; readonly firstSample?: number } = {},
  ): Promise<TextRollout> {
    const { draws, ...sampling } = this.#sampling(signal);
    return rollOut(this.parts.generator, this.parts.policy.tokenizer, prompts, { ...sampling, draws: { ...draws, ...place } });
  }

  #sampling(signal: AbortSignal | undefined): RolloutSampling {
    const draws = { seed: this.hyperparameters.seed, stream: "rollout", step: this.step + 1 };
    return { ...samplingOf(this.hyperparameters, signal), draws, recordKeptTokens: true };
  }

  /** Rows a pass as in training, so that both give the same bits. */
  protected rowsAtOnce(batch: SequenceBatch): number {
    const { minibatchSize, microbatchSize } = this.hyperparameters;
    return microbatchSize || minibatchSize || batch.responses.shape[0];
  }

  protected get identity() {
    const { policy, reference } = this.parts;
    return { models: { policy: policy.identity, ...(reference && { reference: reference.identity }) } };
  }

  async #logprobsOf(batch: SequenceBatch, forward: (rows: SequenceBatch) => tf.Tensor): Promise<Float32Array> {
    const read = await evaluateRows<{ logprobs: Float32Array }>(batch, this.rowsAtOnce(batch), (rows) => ({ logprobs: forward(rows) }));
    return read.logprobs;
  }
}
