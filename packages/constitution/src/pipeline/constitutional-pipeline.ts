import { withoutSecrets } from "@cai/endpoint";
import type { Json } from "@cai/training";
import { auditStage } from "./audit-stage.ts";
import { baselineStage } from "./baseline-stage.ts";
import { evaluateStage } from "./evaluate-stage.ts";
import { onPolicyStage } from "./on-policy-stage.ts";
import { dpoStage, rewardStage } from "./pair-stages.ts";
import { type PipelineReport, pipelineReport } from "./pipeline-report.ts";
import { preferStage } from "./prefer-stage.ts";
import { preparePipeline } from "./prepare-pipeline.ts";
import type { PipelineGiven, PreparedPipeline } from "./prepared-pipeline.ts";
import { reviseStage } from "./revise-stage.ts";
import { type PipelineRunOptions, runPipeline } from "./run-pipeline.ts";
import { sftStage } from "./sft-stage.ts";
import type { PipelineStage } from "./stage.ts";

/** What a pipeline is made of, and how it goes. */
export interface ConstitutionalPipelineOptions extends PipelineGiven, Omit<PipelineRunOptions, "out" | "config"> {}

/**
 * Constitutional AI from a policy to an aligned one and the evidence for it (Bai et al. 2022, arXiv:2212.08073): critiques and revisions → fine-tuning
 * on them → preferences by AI → a reward model → reinforcement learning against it (or DPO on the preferences) → evaluation. Each stage has a
 * folder below `out`; `manifest.json` says what each was made from. Nothing is written before everything is checked.
 *
 * @throws what `preparePipeline`, `runPipeline` and the stages throw
 * @example
 * const config = parsePipelineConfig('{ "policy": "./smollm2", "prompts": "-", "heldOutPrompts": "-", "judge": "./reward", "rl": "dpo" }');
 * const prompts = ["You fool.", "Go away."].map((content) => [{ role: "user", content }]);
 * const report = await runConstitutionalPipeline({ config, out: "runs/constitutional", parts: localParts, prompts, heldOutPrompts: prompts });
 * console.log(report.winRate, report.winRateInterval);
 */
export async function runConstitutionalPipeline(options: ConstitutionalPipelineOptions): Promise<PipelineReport> {
  const { config, out, parts, prompts, heldOutPrompts, ...how } = options;
  const pipeline = await preparePipeline({ config, out, parts, prompts, heldOutPrompts });
  const { judge, feedback } = config; // what is stored holds neither passwords nor keys
  const stored = { ...config, judge: withoutSecrets(judge), ...(feedback !== undefined && { feedback: withoutSecrets(feedback) }) };
  const records = await runPipeline(stagesOf(pipeline), { ...how, out, config: stored as unknown as Json });
  return pipelineReport(records);
}

/** The stages that a configuration asks for, in order. */
export function stagesOf(pipeline: PreparedPipeline): PipelineStage[] {
  const { revise, sft, rl } = pipeline.config;
  const hasReward = rl === "ppo" || rl === "grpo";
  return [
    ...(revise ? [reviseStage(pipeline)] : []),
    ...(sft ? [sftStage(pipeline)] : []),
    ...(rl === "none" ? [] : [preferStage(pipeline)]),
    ...(rl === "dpo" ? [dpoStage(pipeline)] : []),
    ...(hasReward ? [rewardStage(pipeline), onPolicyStage(pipeline, rl)] : []),
    baselineStage(pipeline),
    evaluateStage(pipeline),
    ...(hasReward ? [auditStage(pipeline)] : []),
  ];
}
