import { join } from "node:path";
import type { ChatMessage } from "@cai/contracts";
import { localFeedback, type PromptFormat } from "@cai/feedback";
import type { Constitution } from "../principles/constitution.ts";
import type { PipelineConfig } from "./pipeline-config.ts";
import type { FeedbackSource, OpenedFeedback, PipelineAdapter, PipelineParts } from "./pipeline-parts.ts";
import type { StageProducts } from "./stage.ts";

/** What a pipeline is made of. */
export interface PipelineGiven {
  readonly config: PipelineConfig;
  readonly out: string;
  readonly parts: PipelineParts;
  readonly prompts: readonly (readonly ChatMessage[])[];
  /** For the evaluation alone. */
  readonly heldOutPrompts: readonly (readonly ChatMessage[])[];
}

/** Everything that the stages have in common: read and checked before the first of them runs. */
export interface PreparedPipeline extends PipelineGiven {
  readonly constitution: Constitution;
  readonly format: PromptFormat;
  /** Of the weights that the pipeline begins with. */
  readonly policySha256: string;
}

/** Where the policy of a stage that trained one lies. */
export function trainedPolicy({ out, config }: PreparedPipeline, stage: string): string {
  return join(out, stage, ...(config.lora > 0 ? ["final", "merged"] : ["final"]));
}

/** The policy that reinforcement learning begins with, and that preferences are drawn from: fine-tuned where that stage ran. */
export function startPolicy(pipeline: PreparedPipeline, products: StageProducts): string {
  return products.has("sft") ? trainedPolicy(pipeline, "sft") : pipeline.config.policy;
}

/** Of the start policy, for the inputs of stages. */
export function startPolicyHashes({ policySha256 }: PreparedPipeline, products: StageProducts) {
  return products.get("sft")?.files ?? policySha256;
}

/** The adapter of a stage that trains, as the configuration has it. */
export function adapterOf({ lora, loraAlpha, seed }: PipelineConfig): PipelineAdapter | undefined {
  return lora === 0 ? undefined : { rank: lora, alpha: loraAlpha ?? 2 * lora, targets: "all-linear", seed };
}

/** The model that judges and revises where it is not the policy as it was. */
export function feedbackSource({ feedback, feedbackModel, feedbackCache, feedbackOptions }: PipelineConfig): FeedbackSource | undefined {
  return feedback === undefined ? undefined : { feedback, feedbackModel, feedbackCache, feedbackOptions };
}

/** The same for the inputs of stages: what its answers depend on. */
export function feedbackInputs({ config, policySha256 }: PreparedPipeline) {
  const { feedback = policySha256, feedbackModel = null, feedbackOptions = {} } = config;
  return { feedback, feedbackModel, feedbackOptions };
}

/** Whether a policy is the very model that judges and revises, and so need not be opened again beside it. */
export function isJudge({ config }: PreparedPipeline, policy: string): boolean {
  return config.feedback === undefined && policy === config.policy;
}

/** What judges and revises. */
export async function openFeedback({ config, format, parts }: PreparedPipeline): Promise<OpenedFeedback> {
  const source = feedbackSource(config);
  return source === undefined ? openAsFeedback(parts, config.policy, { format, batchSize: config.batchSize }) : parts.openFeedback(source);
}

/** A policy that is asked. */
export async function openAsFeedback(
  parts: PipelineParts,
  source: string,
  { format, batchSize }: { readonly format: PromptFormat; readonly batchSize: number },
): Promise<OpenedFeedback> {
  const policy = await parts.openPolicy(source);
  return { model: localFeedback({ policy, format, batchSize }), dispose: () => policy.dispose() };
}
