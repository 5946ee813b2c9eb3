import type { SequenceBatch } from "@cai/contracts";
import type { Evaluation, Prompt, PromptTask, TextRollout } from "@cai/rollouts";
import { type TrainOptionNames, type TrainOptions, trainOptionNames } from "@cai/training";
import type { UpdateGradients } from "./update-on-minibatches.ts";

/** Called as things happen, beside what every run calls. */
export type OnRollout = (rollout: TextRollout, step: number) => void | Promise<void>;

/** What a step learns from, before its first update. Arrays are `[B, T]` over response tokens, 0 where the response mask is 0. */
export interface StepExperience extends SequenceBatch {
  /** Of the policy before its update. */
  readonly logprobs: Float32Array;
  /** The same over the whole vocabulary, where responses were drawn from part of it: what a KL is made of. */
  readonly fullLogprobs?: Float32Array | undefined;
  /** Of the reference; undefined where a step is compared with none. */
  readonly refLogprobs: Float32Array | undefined;
  readonly advantages: Float32Array;
  /** `[B]`, of the reward model, as they came from it. */
  readonly scores: Float32Array;
  /** Of the value model, as `returns` and `rewards` with PPO only. */
  readonly values?: Float32Array;
  readonly returns?: Float32Array;
  /** The KL penalty on every token, and the score on the last. */
  readonly rewards?: Float32Array;
}

/** The policy still stands as it was when it wrote the responses. */
export type OnExperience = (experience: StepExperience, step: number) => void | Promise<void>;

/** Called before each update of a step; there are several where a step has epochs or minibatches. */
export type OnGradients = (gradients: UpdateGradients) => void | Promise<void>;

/** How `train` and `steps` run. */
export interface OnPolicyRunOptions<Report>
  extends Omit<TrainOptions<Prompt | PromptTask, Report, Evaluation>, "evaluationData" | "callbacks"> {
  /** Held-out prompts for `evaluateEvery`. */
  readonly evaluationPrompts?: readonly (Prompt | PromptTask)[];
  readonly callbacks?: TrainOptions<Prompt | PromptTask, Report, Evaluation>["callbacks"] & {
    readonly onRollout?: OnRollout;
    readonly onExperience?: OnExperience;
    readonly onGradients?: OnGradients;
  };
}

/** The names that its `train` and `steps` know. */
export const onPolicyRunNames: TrainOptionNames = {
  options: trainOptionNames.options.map((name) => (name === "evaluationData" ? "evaluationPrompts" : name)),
  callbacks: ["onRollout", "onExperience", "onGradients", ...trainOptionNames.callbacks],
};
