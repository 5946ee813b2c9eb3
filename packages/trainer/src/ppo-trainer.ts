import { countValid, type SequenceBatch } from "@cai/contracts";
import { computeGae, lengthAdaptiveLambdas, whiten } from "@cai/gae";
import { klSummary, shapeRewards, tokenKl } from "@cai/kl";
import { adjustScores, RunningMoments, type TokenizedPrompt } from "@cai/rollouts";
import { evaluateRows, type Json, type StepContext, Stopwatch, stateNumbers } from "@cai/training";
import { evaluateBootstrapValues } from "./bootstrap-values.ts";
import { evaluateExactKl, givenKl } from "./exact-kl.ts";
import { type Experience, selectExperience } from "./experience.ts";
import { OnPolicyTrainer } from "./on-policy-trainer.ts";
import { measureUpdate } from "./ppo-measure.ts";
import { type Hyperparameters, refuseShortHorizon } from "./ppo-options.ts";
import {
  assembleParts,
  checkPpoOptions,
  forward,
  makeKlController,
  openPpoPass,
  type Parts,
  type PPOTrainerOptions,
  ppoPartSpecs,
} from "./ppo-parts.ts";
import { type PpoLoss, type PpoNumbers, ppoStepLoss } from "./ppo-step-loss.ts";
import { type RewardInputs, type StepResult, stepResult } from "./ppo-step-result.ts";
import { updateOnMinibatches } from "./update-on-minibatches.ts";

/**
 * Trains a causal language model by PPO against a reward model: the whole loop, in `learn`.
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
export class PPOTrainer extends OnPolicyTrainer<Hyperparameters, StepResult> {
  readonly parts: Parts;
  readonly #scoreMoments = new RunningMoments();
  #klController;

  private constructor(options: PPOTrainerOptions) {
    super(checkPpoOptions(options), Object.keys(ppoPartSpecs));
    this.parts = assembleParts(options, this.hyperparameters);
    this.#klController = makeKlController(this.hyperparameters);
  }

  /** @throws TrainingError `invalid-option` for an option that is unknown, missing or out of its bounds, before any part is made. */
  static async create(options: PPOTrainerOptions): Promise<PPOTrainer> {
    return new PPOTrainer(options);
  }

  protected async learn(prompts: readonly TokenizedPrompt[], { signal, updating }: StepContext): Promise<StepResult> {
    const { parts, hyperparameters: options } = this;
    if (options.klController === "adaptive") refuseShortHorizon(options.klHorizon, prompts.length);
    const step = this.step + 1;
    const klCoefficient = this.#klController.coefficient;
    const valueOnly = step <= options.valueWarmupSteps;
    const optimizers = valueOnly ? parts.trained.optimizers.slice(-1) : parts.trained.optimizers;
    const watch = new Stopwatch(["generate", "score", "reference", "train"]);

    // 1–2. The policy answers the prompts: token ids, mask, behaviour log-probabilities, finish reasons.
    const rollout = await watch.time("generate", () => this.rollOutStep(prompts, signal));
    await this.onRollout?.(rollout, step);
    const { mask, shape } = rollout.responses;

    // 3–4. One score a response; the reference's log-probabilities meanwhile. Nothing has changed so far, and nothing is aborted after.
    const [{ scores, parts: scoreParts }, { refLogprobs, exactKl }] = await Promise.all([
      watch.time("score", () => this.scoreResponsesApart(rollout, { signal })),
      watch.time("reference", () => this.#compare(rollout, signal)),
    ]);
    updating();
    const trained = watch.start("train");
    const adjustedScores = adjustScores(scores, rollout.finishReasons, this.#scoreMoments, options);

    // 5. Log-probabilities and values of the policy before its update. Where one pass covers all rows, it is also the first epoch's.
    const rowsAtOnce = this.rowsAtOnce(rollout);
    const bootstrap = options.bootstrapTruncated && { bootstrapValues: await evaluateBootstrapValues(parts, rollout, rowsAtOnce) };
    const firstPass = rowsAtOnce >= shape[0] ? await openPpoPass(parts, rollout, options, optimizers) : undefined;
    const { logprobs, values, fullLogprobs = logprobs } = firstPass?.numbers ?? (await this.#evaluate(rollout));

    // 6. The KL penalty on every token, over the full vocabulary of both models, and the score on the last.
    const compared = { logprobs: fullLogprobs, refLogprobs, exactKl, mask, shape };
    const { rewards, nonScoreRewards, kl } = this.computeRewards({ scores: adjustedScores, ...compared });

    // 7. Advantages, whitened over the whole rollout; returns from the raw ones.
    const { advantages: rawAdvantages, returns } = this.computeGae({ rewards, values, mask, shape, ...bootstrap });
    const advantages = whiten({ x: rawAdvantages, mask });
    const experience = { ...rollout, logprobs, refLogprobs, values, advantages, returns };
    await this.onExperience?.({ ...experience, fullLogprobs, rewards, scores }, step);

    // 8. Epochs of minibatches: clipped surrogate + value loss (− entropy), AdamW on clipped gradients. While the critic warms up, it alone.
    const weights = { klWeight: klCoefficient, importance: parts.importance, valueOnly };
    const { means, updates, learningRates, failed } = await updateOnMinibatches({
      experience,
      select: selectExperience,
      optimizers,
      options,
      epochs: options.epochs,
      step,
      totalSteps: this.totalSteps,
      firstPass,
      open: (rows) => openPpoPass(parts, rows, options, optimizers),
      lossOf: (numbers, rows, denominators) => ppoStepLoss(numbers, rows, options, { ...weights, denominators }),
      measure: (losses, minibatch) => measureUpdate(losses, minibatch, options),
      onGradients: this.onGradients,
      isTooFar: ({ approxKl }) => options.maxApproxKl > 0 && approxKl! > options.maxApproxKl,
    });
    trained();

    // 9. β for the next step, and the statistics of this one.
    if (!valueOnly && !failed) this.#klController.update({ kl: kl.perSequence, samples: shape[0] });
    const learned = { experience: { ...experience, rewards, nonScoreRewards, rawAdvantages }, update: means, updates, valueOnly, failed };
    const { generatorMetrics } = this;
    const seconds = watch.read();
    const measured = { scores, scoreParts, adjustedScores, kl, klCoefficient, learningRate: learningRates[0]!, seconds, generatorMetrics };
    return stepResult({ step, rollout, importance: parts.importance, ...learned, ...measured });
  }

  /** `[B, T]` value estimates, each read where its token's logits are read. */
  async computeValues(batch: SequenceBatch): Promise<Float32Array> {
    return (await this.#evaluate(batch)).values;
  }

  /** `[B, T]` KL of whole distributions to the reference, in nats: what `klEstimator` "full" takes. */
  async computeExactKl(batch: SequenceBatch): Promise<Float32Array> {
    const { temperature } = this.hyperparameters;
    return evaluateExactKl(this.parts, batch, { temperature, rowsAtOnce: this.rowsAtOnce(batch) });
  }

  /** KL a token by the trainer's estimator, its mean over rows of row sums, and its mean a valid token; nats. */
  computeKlDivergence({ logprobs, refLogprobs, exactKl, mask, shape }: Omit<RewardInputs, "scores">) {
    const { klEstimator: estimator } = this.hyperparameters;
    const kl = estimator === "full" ? givenKl(exactKl) : tokenKl({ logprobs, refLogprobs, mask, estimator });
    return { kl, ...klSummary({ kl, mask, shape }) };
  }

  /**
   * `[B, T]` rewards: −β·kl on every response token, plus the score on the last. With the KL in the loss, the score alone. And that KL,
   * as `computeKlDivergence` gives it.
   */
  computeRewards({ scores, ...given }: RewardInputs) {
    const { mask, shape } = given;
    const kl = this.computeKlDivergence(given);
    const coefficient = this.hyperparameters.klPlacement === "reward" ? this.#klController.coefficient : 0;
    const { rewards, nonScoreRewards } = shapeRewards({ ...kl, scores, mask, shape, coefficient });
    const whitened = this.hyperparameters.rewardWhitening && whiten({ x: rewards, mask, keepMean: true });
    return { rewards: whitened || rewards, nonScoreRewards, kl };
  }

  /** Raw advantages with the trainer's γ and λ, and returns with the value model's λ, `[B, T]`. */
  computeGae(inputs: Omit<Parameters<typeof computeGae>[0], "gamma" | "lambda">) {
    const { gamma, lambda, lambdaAlpha: alpha, valueLambda } = this.hyperparameters;
    const both = computeGae({ ...inputs, gamma, lambda: alpha > 0 ? lengthAdaptiveLambdas({ ...inputs, alpha }) : lambda });
    return valueLambda > 0 ? { ...both, returns: computeGae({ ...inputs, gamma, lambda: valueLambda }).returns } : both;
  }

  /** The loss of an experience, its parts and slopes, and the numbers of the pass that they are of. Nothing is updated. */
  async computePpoLoss(experience: Experience): Promise<PpoLoss & { readonly numbers: PpoNumbers }> {
    const { mask, shape } = experience.responses;
    const denominators = { tokens: countValid(mask), rows: shape[0] };
    const weights = { denominators, klWeight: this.#klController.coefficient, importance: this.parts.importance };
    const { hyperparameters: options, parts } = this;
    const numbers = await evaluateRows<PpoNumbers>(experience, this.rowsAtOnce(experience), (rows) => forward(parts, rows, options));
    return { ...ppoStepLoss(numbers, experience, options, weights), numbers };
  }

  protected get trained() {
    return this.parts.trained;
  }

  protected state() {
    const { klCoef } = this.hyperparameters;
    return { klController: { ...this.#klController.state() }, klCoef, scoreMoments: { ...this.#scoreMoments.state() } };
  }

  protected restore({ klController, klCoef, scoreMoments }: Readonly<Record<string, Json>>): void {
    const moments = stateNumbers("scoreMoments", scoreMoments, ["mean", "variance", "count"]);
    this.#klController = makeKlController(this.hyperparameters, { klController, klCoef });
    this.#scoreMoments.restore(moments);
  }

  /** What the reference says of a batch. */
  async #compare(batch: SequenceBatch, signal: AbortSignal | undefined) {
    const refLogprobs = await this.getReferenceLogprobs(batch, { signal });
    return { refLogprobs, exactKl: this.hyperparameters.klEstimator === "full" ? await this.computeExactKl(batch) : undefined };
  }

  /** Log-probabilities and values of the policy as it stands, from one pass over the trunk. */
  #evaluate(batch: SequenceBatch): Promise<PpoNumbers> {
    const options = { ...this.hyperparameters, entropyCoef: 0 };
    return evaluateRows<PpoNumbers>(batch, this.rowsAtOnce(batch), (rows) => forward(this.parts, rows, options));
  }
}
