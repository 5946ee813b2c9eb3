import type { Generator, ReferencePolicy, RewardModel, ScoreFunction, Shape2D, TrainablePolicy } from "@cai/contracts";
import type { ValueModel } from "@cai/value-head";
import type * as tf from "@tensorflow/tfjs-core";
import type { Evaluation } from "./evaluation.ts";
import type { TextRollout } from "./experience.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import type { Prompt } from "./prompt-tokens.ts";
import type { StepResult } from "./step-result.ts";

/** The parts of a trainer, and any hyperparameter that shall differ from its default (`hyperparameterTable`). */
export interface PPOTrainerOptions extends Partial<Hyperparameters> {
  /** Trained in place. The caller disposes of it after the trainer. */
  readonly policy: TrainablePolicy<tf.Tensor>;
  /** A reward model, or a function that gives a finite number for each response, at once or later. */
  readonly rewardModel: RewardModel | ScoreFunction;
  /** What writes the responses. Default: the policy. */
  readonly generator?: Generator;
  /** Default: a zero-initialised head on the policy's trunk, which the trainer then owns and trains at `valueLearningRate`. */
  readonly valueModel?: ValueModel;
  /** What the KL is measured against. Default: the policy as it is now, frozen, which the trainer then owns. */
  readonly reference?: ReferencePolicy<tf.Tensor>;
}

/** How `train` and `steps` run. */
export interface RunOptions {
  /** Steps of the whole run, those before a resume included. Default: the trainer's `steps`. */
  readonly steps?: number;
  /** The run's folder: configuration, metrics, samples, checkpoints and the final policy. Default: nothing is written. */
  readonly out?: string;
  /** Go on from the newest complete checkpoint in `out`; without one, start over. */
  readonly resume?: boolean;
  /** Ends the run between steps or in a rollout, after a checkpoint of the last complete step. */
  readonly signal?: AbortSignal;
  /** Held-out prompts for `evaluateEvery`. */
  readonly evaluationPrompts?: readonly Prompt[];
  /** Shown while it runs: a line on standard error. Default: when that is a terminal. */
  readonly progress?: boolean;
  readonly callbacks?: RunCallbacks;
  /** More to keep in `config.json`, plain JSON: where policy, reward and prompts came from. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Called, and awaited, as things happen. An error thrown here ends the run. */
export interface RunCallbacks {
  readonly onRollout?: (rollout: TextRollout, step: number) => void | Promise<void>;
  readonly onStep?: (result: StepResult) => void | Promise<void>;
  readonly onEvaluation?: (evaluation: Evaluation) => void | Promise<void>;
  readonly onCheckpoint?: (directory: string) => void | Promise<void>;
}

/** A whole run. */
export interface TrainingHistory {
  /** One entry a step; after a resume with `out`, those before it are included, read back from `metrics.jsonl`. */
  readonly steps: readonly Pick<StepResult, "step" | "metrics">[];
  readonly evaluations: readonly Evaluation[];
  /** The final policy's folder, where `out` was given. */
  readonly final: string | undefined;
}

/** How a single step runs. */
export interface StepOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onRollout?: RunCallbacks["onRollout"] | undefined;
}

/** Scores and both models' log-probabilities of a batch: what token rewards are made of. */
export interface RewardInputs {
  /** `[B]`. */
  readonly scores: Float32Array;
  readonly logprobs: Float32Array;
  readonly refLogprobs: Float32Array;
  readonly mask: Uint8Array;
  readonly shape: Shape2D;
}
