import type { Parameter, RewardModel, ScoreRequest, SequenceBatch } from "@cai/contracts";
import type { CausalPolicy } from "@cai/policy";
import { consecutiveRuns, evaluateRows, type ForwardPass, openPass, type TrainedParameters, trainedParameters } from "@cai/training";
import type * as tf from "@tensorflow/tfjs-core";
import { textBatch } from "./reward-chunks.ts";
import { encodeTexts } from "./reward-rows.ts";
import { longestText, refuseTooLarge, saveRewardModel } from "./save-reward-model.ts";
import { ScoreHead } from "./score-head.ts";

/** One number a text, `[B]`. */
type Scores = { readonly scores: Float32Array };

/** A policy's trunk with a score in place of its output layer, read at each text's last token. The policy stays the caller's. */
export class ScoringPolicy implements RewardModel {
  /** Of trunk and head, those that are trained. */
  readonly parameters: readonly Parameter<tf.Tensor>[];
  /** All that a checkpoint carries, by its file. */
  readonly models: Readonly<Record<string, ReadonlyMap<string, Parameter<tf.Tensor>>>>;
  /** Tokens that are read of a text at most: the last ones. */
  readonly maxLength: number;
  readonly #policy: CausalPolicy;
  readonly #head: ScoreHead;
  readonly #trunk: TrainedParameters;
  readonly #rowsAtOnce: number;
  readonly #maxLengthGiven: number;

  /** @throws PreferenceError `too-large`; TrainingError `invalid-option` where nothing of the trunk is trained. */
  constructor(
    policy: CausalPolicy,
    options: { readonly seed: number; readonly frozenLayers: number; readonly maxLength: number; readonly rowsAtOnce: number },
  ) {
    refuseTooLarge(policy.parts);
    this.#policy = policy;
    this.#trunk = trainedParameters({ parameters: policy.hiddenParameters, layerCount: policy.layerCount }, options);
    const deviation = (policy.parts.config.initializer_range ?? 0.02) as number; // as transformers makes its own
    this.#head = ScoreHead.create({ hiddenSize: policy.hiddenSize, deviation, seed: options.seed });
    this.parameters = [...this.#trunk.trained, ...this.#head.parameters.values()];
    this.models = { "policy.safetensors": policy.parameters, "score.safetensors": this.#head.parameters };
    this.maxLength = longestText(policy, options.maxLength);
    this.#maxLengthGiven = options.maxLength;
    this.#rowsAtOnce = options.rowsAtOnce;
  }

  /** `[B]`, as the saved model scores. Texts share passes; rejects with the signal's reason when aborted. */
  async score(
    request: Pick<ScoreRequest, "prompts" | "responses">,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<Float32Array> {
    const texts = encodeTexts(request, this.#policy, this.maxLength);
    const scores: number[] = [];
    for (const places of consecutiveRuns(texts.length, this.#rowsAtOnce)) {
      signal?.throwIfAborted();
      scores.push(...(await this.scoresOf(textBatch(places.map((place) => texts[place]!)))));
    }
    return Float32Array.from(scores);
  }

  /** `[B]`, of one pass without a way back. */
  async scoresOf(batch: SequenceBatch): Promise<Float32Array> {
    return (await evaluateRows<Scores>(batch, batch.responses.shape[0], () => this.#forward(batch))).scores;
  }

  /** A pass with its way back to `parameters`. */
  openPass(batch: SequenceBatch): Promise<ForwardPass<Scores>> {
    return openPass<Scores>({ batch, parameters: this.parameters, frozen: this.#trunk.frozen, forward: () => this.#forward(batch) });
  }

  /** As `RewardTrainer.save`. */
  async save(directory: string, { int8 }: { readonly int8: boolean }): Promise<void> {
    await saveRewardModel({ directory, policy: this.#policy, score: await this.#head.weights(), maxLength: this.#maxLengthGiven, int8 });
  }

  /** Frees the head. */
  async dispose(): Promise<void> {
    this.#head.dispose();
  }

  #forward(batch: SequenceBatch) {
    return { scores: this.#head.scores(this.#policy.lastHiddenStates(batch)) };
  }
}
