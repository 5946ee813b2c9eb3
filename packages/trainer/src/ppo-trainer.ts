import { readCheckpoint } from "@cai/checkpoint";
import type { SequenceBatch } from "@cai/contracts";
import { computeGae, whiten } from "@cai/gae";
import { klSummary, restoreKlController, shapeRewards, tokenKl } from "@cai/kl";
import { adjustScores } from "./adjust-scores.ts";
import { evaluateBootstrapValues } from "./bootstrap-values.ts";
import { checkRunOptions, resolveOptions } from "./check-options.ts";
import { type Evaluation, evaluatePrompts } from "./evaluation.ts";
import { countTokens, type Experience, type OldPolicy, type TextRollout } from "./experience.ts";
import { evaluateInRuns, evaluatePolicy } from "./forward.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import { assembleParts, makeKlController, optimizerGroups, type Parts } from "./parts.ts";
import { type PpoLoss, ppoStepLoss } from "./ppo-step-loss.ts";
import type { PPOTrainerOptions, RewardInputs, RunOptions, StepOptions, TrainingHistory } from "./ppo-trainer-options.ts";
import { promptsOfStep } from "./prompt-order.ts";
import { digestPrompts, type Prompt, type TokenizedPrompt, tokenizePrompts } from "./prompt-tokens.ts";
import { refuseShortHorizon, resolveHyperparameters } from "./resolve-hyperparameters.ts";
import { rollOut, samplingOptions } from "./rollout.ts";
import { Run } from "./run.ts";
import { RunningMoments } from "./running-moments.ts";
import { scoreResponses } from "./score-responses.ts";
import { addStep, noStatistics, type TrainingStatistics } from "./statistics.ts";
import { type StepResult, stepResult } from "./step-result.ts";
import { Stopwatch } from "./stopwatch.ts";
import { trainToTheEnd } from "./train.ts";
import { checkState, type RunIdentity, restoreTensors, type TrainerState, writeTrainerState } from "./trainer-state.ts";
import { updatePolicy } from "./update.ts";

/**
 * Trains a causal language model by PPO against a reward model: the whole loop, in `trainStep`.
 *
 * Arrays are `[B, T]` over response tokens, row-major, with mask 1 for tokens that count and 0 for padding, where they hold 0.
 * Every draw is a function of (seed, step, row, token), so a run is reproducible and resumes exactly.
 *
 * Schulman et al. 2017 (arXiv:1707.06347); for language models Ziegler et al. 2019 (arXiv:1909.08593), Stiennon et al. 2020
 * (arXiv:2009.01325).
 *
 * @example
 * await prepareBackend();
 * const policy = await loadPolicy("./my-model");
 * const trainer = await PPOTrainer.create({ policy, rewardModel: await OnnxRewardModel.load("./my-reward"), seed: 7 });
 * const history = await trainer.train(prompts, { steps: 100, out: "runs/first" });
 */
export class PPOTrainer {
  readonly hyperparameters: Hyperparameters;
  readonly parts: Parts;
  readonly #scoreMoments = new RunningMoments();
  #klController;
  #statistics: TrainingStatistics = noStatistics;
  #totalSteps: number;
  #promptsSha256: string | null = null;
  #updating = false;

  private constructor(options: PPOTrainerOptions) {
    this.hyperparameters = resolveOptions(options);
    this.parts = assembleParts(options, this.hyperparameters);
    this.#klController = makeKlController(this.hyperparameters);
    this.#totalSteps = this.hyperparameters.steps;
  }

  /** @throws TrainerError `invalid-option` for an option that is unknown, missing or out of its bounds, before any part is made. */
  static async create(options: PPOTrainerOptions): Promise<PPOTrainer> {
    return new PPOTrainer(options);
  }

  /** Steps completed. */
  get step(): number {
    return this.#statistics.steps;
  }

  /** Totals so far and the newest step's metrics. */
  getStatistics(): TrainingStatistics {
    return this.#statistics;
  }

  /** Makes all steps, and resolves to what they gave. `steps` is the same, a step at a time. */
  async train(prompts: readonly Prompt[], options: RunOptions = {}): Promise<TrainingHistory> {
    return trainToTheEnd(this, prompts, options);
  }

  /**
   * The loop that `train` consumes; nothing runs until it is iterated. Leaving it early writes a checkpoint, where there is a folder.
   *
   * @throws TrainerError `invalid-option` or `invalid-prompts`, before anything is written; RunLogError `run-exists` for a folder that
   * holds a run.
   */
  async *steps(prompts: readonly Prompt[], options: RunOptions = {}): AsyncGenerator<StepResult, void, undefined> {
    checkRunOptions(options);
    const { signal, callbacks } = options;
    const { batchSize, seed, evaluateEvery } = this.hyperparameters;
    const training = this.#tokenize(prompts);
    const held = options.evaluationPrompts && this.#tokenize(options.evaluationPrompts);
    this.#promptsSha256 = digestPrompts(training);
    this.#totalSteps = resolveHyperparameters({ steps: options.steps ?? this.hyperparameters.steps }).steps;
    const run = await Run.open(this, options, this.#totalSteps);
    let failed = false;
    try {
      if (held && evaluateEvery > 0 && this.step === 0) await callbacks?.onEvaluation?.(await this.#evaluate(held, signal));
      while (this.step < this.#totalSteps) {
        signal?.throwIfAborted();
        const places = promptsOfStep({ seed, step: this.step + 1, batchSize, promptCount: training.length });
        const batch = places.map((place) => training[place]!);
        const result = await this.#trainStep(batch, { signal, onRollout: callbacks?.onRollout });
        const due = held && evaluateEvery > 0 && (result.step % evaluateEvery === 0 || result.step === this.#totalSteps);
        const evaluation = due ? await this.#evaluate(held) : undefined;
        await run.record(result, evaluation);
        await callbacks?.onStep?.(result);
        if (evaluation) await callbacks?.onEvaluation?.(evaluation);
        yield result;
      }
      await run.finish();
    } catch (error) {
      failed = this.#updating || !signal?.aborted;
      throw error;
    } finally {
      if (!failed) await run.checkpoint();
      await run.close();
    }
  }

  /** One whole step on the given prompts: roll out, score, estimate advantages, update. */
  async trainStep(prompts: readonly Prompt[], options: StepOptions = {}): Promise<StepResult> {
    return this.#trainStep(this.#tokenize(prompts), options);
  }

  async #trainStep(prompts: readonly TokenizedPrompt[], { signal, onRollout }: StepOptions): Promise<StepResult> {
    const options = this.hyperparameters;
    if (options.klController === "adaptive") refuseShortHorizon(options.klHorizon, prompts.length);
    const step = this.step + 1;
    const klCoefficient = this.#klController.coefficient;
    const watch = new Stopwatch();

    // 1–2. The policy answers the prompts: token ids, mask, behaviour log-probabilities, finish reasons.
    const rollout = await watch.time("generate", () => this.#rollOut(prompts, signal));
    await onRollout?.(rollout, step);
    const { mask, shape } = rollout.responses;

    // 3–4. One score a response; the reference's log-probabilities meanwhile. Nothing has changed so far, and nothing is aborted after.
    const [scores, refLogprobs] = await Promise.all([
      watch.time("score", () => scoreResponses(this.parts.rewardModel, rollout, signal)),
      watch.time("reference", () => this.getReferenceLogprobs(rollout)),
    ]);

    this.#updating = true;
    const training = watch.start("train");
    const adjustedScores = adjustScores(scores, rollout.finishReasons, this.#scoreMoments, options);
    const bootstrap = options.bootstrapTruncated && {
      bootstrapValues: await evaluateBootstrapValues(this.parts, rollout, this.#forwardOptions(rollout)),
    };

    // 5. Given the log-probabilities and values of the policy before its update, which the update's first forward pass gives:
    const learnFrom = ({ logprobs, values }: OldPolicy) => {
      // 6. The KL penalty on every token, and the score on the last.
      const { rewards, nonScoreRewards, kl } = this.computeRewards({ scores: adjustedScores, logprobs, refLogprobs, mask, shape });

      // 7. Advantages, whitened over the whole rollout; returns from the raw ones.
      const { advantages: rawAdvantages, returns } = this.computeGae({ rewards, values, mask, shape, ...bootstrap });
      const advantages = whiten({ x: rawAdvantages, mask });
      return { ...rollout, logprobs, refLogprobs, values, nonScoreRewards, kl, rawAdvantages, advantages, returns };
    };

    // 8. Epochs of minibatches: clipped surrogate + value loss (− entropy), AdamW on clipped gradients.
    const groups = optimizerGroups(this.parts.optimizers, step, this.#totalSteps, options);
    const settings = { ...this.parts, groups, hyperparameters: options, klWeight: klCoefficient, step };
    const { experience, statistics: update } = await updatePolicy(settings, rollout, learnFrom);
    training();

    // 9. β for the next step, and the statistics of this one.
    const { kl } = experience;
    this.#klController.update({ kl: kl.perSequence, samples: shape[0] });
    const learningRate = groups[0]!.learningRate;
    const measured = { scores, adjustedScores, kl, klCoefficient, learningRate, seconds: watch.read() };
    const result = stepResult({ step, rollout, experience, update, ...measured });
    this.#statistics = addStep(this.#statistics, result, countTokens(rollout));
    this.#updating = false;
    return result;
  }

  /** Responses to prompts, drawn for the step to come; with their texts. */
  async generateResponses(prompts: readonly Prompt[], options: { readonly signal?: AbortSignal } = {}): Promise<TextRollout> {
    return this.#rollOut(this.#tokenize(prompts), options.signal);
  }

  /** `[B]` scores of the reward model, checked: one finite number a response. */
  async scoreResponses(rollout: TextRollout, options: { readonly signal?: AbortSignal } = {}): Promise<Float32Array> {
    return scoreResponses(this.parts.rewardModel, rollout, options.signal);
  }

  /** `[B, T]` log-probabilities of the response tokens: the policy as it stands, full vocabulary, at the sampling temperature. */
  async getLogprobs(batch: SequenceBatch): Promise<Float32Array> {
    return (await evaluatePolicy(this.parts, batch, this.#forwardOptions(batch))).logprobs;
  }

  /** The same of the reference. */
  async getReferenceLogprobs(batch: SequenceBatch): Promise<Float32Array> {
    const { temperature, rowsAtOnce } = this.#forwardOptions(batch);
    return (await evaluateInRuns(batch, rowsAtOnce, (rows) => ({ logprobs: this.parts.reference.logprobs(rows, { temperature }) })))
      .logprobs;
  }

  /** `[B, T]` value estimates, each read where its token's logits are read. */
  async computeValues(batch: SequenceBatch): Promise<Float32Array> {
    return (await evaluatePolicy(this.parts, batch, this.#forwardOptions(batch))).values;
  }

  /** KL a token by the trainer's estimator, its mean over rows of row sums, and its mean a valid token; nats. */
  computeKlDivergence({ logprobs, refLogprobs, mask, shape }: Omit<RewardInputs, "scores">) {
    const kl = tokenKl({ logprobs, refLogprobs, mask, estimator: this.hyperparameters.klEstimator });
    return { kl, ...klSummary({ kl, mask, shape }) };
  }

  /**
   * `[B, T]` rewards: −β·kl on every response token, plus the score on the last. With the KL in the loss, the score alone. And that KL,
   * as `computeKlDivergence` gives it.
   */
  computeRewards({ scores, logprobs, refLogprobs, mask, shape }: RewardInputs) {
    const kl = this.computeKlDivergence({ logprobs, refLogprobs, mask, shape });
    const coefficient = this.hyperparameters.klPlacement === "reward" ? this.#klController.coefficient : 0;
    const { rewards, nonScoreRewards } = shapeRewards({ ...kl, scores, mask, shape, coefficient });
    const whitened = this.hyperparameters.rewardWhitening && whiten({ x: rewards, mask, keepMean: true });
    return { rewards: whitened || rewards, nonScoreRewards, kl };
  }

  /** Raw advantages and returns, `[B, T]`, with the trainer's γ and λ. */
  computeGae(inputs: Omit<Parameters<typeof computeGae>[0], "gamma" | "lambda">) {
    return computeGae({ ...inputs, gamma: this.hyperparameters.gamma, lambda: this.hyperparameters.lambda });
  }

  /** The loss of an experience and its parts; tensors that the caller disposes of. */
  computePpoLoss(experience: Experience): PpoLoss {
    const denominators = { tokens: countTokens(experience), rows: experience.responses.shape[0] };
    const weights = { importanceCap: this.parts.importanceCap, klWeight: this.#klController.coefficient };
    return ppoStepLoss(this.parts, experience, { ...this.hyperparameters, ...weights, denominators });
  }

  /** How the policy does on held-out prompts, its responses drawn with the same numbers every time. */
  async evaluate(prompts: readonly Prompt[], options: { readonly signal?: AbortSignal } = {}): Promise<Evaluation> {
    return this.#evaluate(this.#tokenize(prompts), options.signal);
  }

  /** Writes the complete state, atomically; `directory` is the checkpoint's own, as in `runs/first/checkpoints/step-000010`. */
  async saveCheckpoint(directory: string): Promise<void> {
    const state: TrainerState = {
      format: 2,
      step: this.step,
      ...this.#runIdentity(),
      klController: this.#klController.state(),
      scoreMoments: this.#scoreMoments.state(),
      optimizerSteps: this.parts.optimizers.map(({ adamW }) => adamW.stepCount),
      statistics: this.#statistics,
    };
    await writeTrainerState(directory, state, this.parts, this.hyperparameters.checkpointKeep);
  }

  /**
   * Takes up the state of a checkpoint: what follows gives the same bytes as if training had never stopped.
   *
   * @throws CheckpointError where a file is missing or damaged; TrainerError `checkpoint-mismatch` where it is of another run.
   */
  async loadCheckpoint(directory: string): Promise<void> {
    const checkpoint = await readCheckpoint(directory);
    const state = checkState(checkpoint, this.#runIdentity());
    await restoreTensors(checkpoint, state, this.parts);
    this.#klController = restoreKlController(state.klController);
    this.#scoreMoments.restore(state.scoreMoments);
    this.#statistics = state.statistics;
  }

  /** Frees the optimizer's state, and the reference and value model where the trainer made them. */
  dispose(): void {
    this.parts.dispose();
  }

  #runIdentity(): RunIdentity {
    const { policy, reference } = this.parts;
    return {
      seed: this.hyperparameters.seed,
      policy: policy.identity,
      reference: reference.identity,
      promptsSha256: this.#promptsSha256,
    };
  }

  #tokenize(prompts: readonly Prompt[]): TokenizedPrompt[] {
    return tokenizePrompts(prompts, this.parts.policy, this.hyperparameters.maxNewTokens);
  }

  #rollOut(prompts: readonly TokenizedPrompt[], signal: AbortSignal | undefined): Promise<TextRollout> {
    const draws = { seed: this.hyperparameters.seed, stream: "rollout", step: this.step + 1 };
    return rollOut(this.parts.generator, this.parts.policy.tokenizer, prompts, { ...samplingOptions(this.hyperparameters, signal), draws });
  }

  #evaluate(prompts: readonly TokenizedPrompt[], signal?: AbortSignal): Promise<Evaluation> {
    return evaluatePrompts(this.parts, prompts, this.hyperparameters, { step: this.step, signal });
  }

  /** Rows a pass as in training, so that both give the same bits. */
  #forwardOptions(batch: SequenceBatch): { temperature: number; rowsAtOnce: number } {
    const { temperature, minibatchSize, microbatchSize } = this.hyperparameters;
    return { temperature, rowsAtOnce: microbatchSize || minibatchSize || batch.responses.shape[0] };
  }
}
