import type { RewardModel } from "@cai/contracts";
import type { FeedbackModel } from "@cai/feedback";
import type { CausalPolicy } from "@cai/policy";

/** An adapter that is put on a policy before it is trained. */
export interface PipelineAdapter {
  readonly rank: number;
  readonly alpha: number;
  readonly targets: string | readonly string[];
  readonly seed: number;
}

/** A model that is asked, and how it is given back. */
export interface OpenedFeedback {
  readonly model: FeedbackModel;
  dispose(): void;
}

/** How a pipeline comes by the models that its configuration names. Whoever opens one disposes of it. */
export interface PipelineParts {
  /** A folder, file or name, as in the configuration; with an adapter on it where one is given. */
  openPolicy(source: string, adapter?: PipelineAdapter): Promise<CausalPolicy>;
  openReward(source: string): Promise<RewardModel>;
  /** Another model than the policy that judges, writes or revises. */
  openFeedback(source: string): Promise<OpenedFeedback>;
}
