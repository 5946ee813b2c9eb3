import type { Evaluation, Prompt, TextRollout } from "@cai/rollouts";
import { type TrainOptionNames, type TrainOptions, trainOptionNames } from "@cai/training";

/** Called as things happen, beside what every run calls. */
export type OnRollout = (rollout: TextRollout, step: number) => void | Promise<void>;

/** How `train` and `steps` run. */
export interface OnPolicyRunOptions<Report> extends Omit<TrainOptions<Prompt, Report, Evaluation>, "evaluationData" | "callbacks"> {
  /** Held-out prompts for `evaluateEvery`. */
  readonly evaluationPrompts?: readonly Prompt[];
  readonly callbacks?: TrainOptions<Prompt, Report, Evaluation>["callbacks"] & { readonly onRollout?: OnRollout };
}

/** The names that its `train` and `steps` know. */
export const onPolicyRunNames: TrainOptionNames = {
  options: trainOptionNames.options.map((name) => (name === "evaluationData" ? "evaluationPrompts" : name)),
  callbacks: ["onRollout", ...trainOptionNames.callbacks],
};
