import type { RewardModel } from "@cai/contracts";
import type { FeedbackModel } from "@cai/feedback";
import type { CausalPolicy } from "@cai/policy";
import type { PipelineConfig } from "./pipeline-config.ts";

/** An adapter that is put on a policy before it is trained. */
export interface PipelineAdapter {
  readonly rank: number;
  readonly alpha: number;
  readonly targets: string | readonly string[];
  readonly seed: number;
}

/** What a configuration says of another model that judges and revises: a local one, or an endpoint with its model and options. */
export type FeedbackSource = Pick<PipelineConfig, "feedbackModel" | "feedbackCache" | "feedbackOptions"> & { readonly feedback: string };

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
  openFeedback(source: FeedbackSource): Promise<OpenedFeedback>;
}
