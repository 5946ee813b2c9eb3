import { join } from "node:path";
import { comparePolicies, writeComparison } from "@cai/evaluation";
import { disposing, type Json } from "@cai/training";
import { readJsonLines } from "../json-lines.ts";
import type { LabelledPair } from "../preference/labelled-pairs.ts";
import { labelledPairsFile } from "../preference/make-preferences.ts";
import { judgeScores, labelAgreement } from "./label-agreement.ts";
import { type PreparedPipeline, trainedPolicy } from "./prepared-pipeline.ts";
import type { PipelineStage } from "./stage.ts";

/** Of the stage's time, about. */
const shareOfLabels = 0.1;

/** The trained policy against the one that the pipeline began with, by a judge that took no part; and how its labels stand to that judge. */
export function evaluateStage(pipeline: PreparedPipeline): PipelineStage {
  const { config, out, parts, heldOutPrompts, format } = pipeline;
  const { draws, bestOf, sure } = config.evaluation;
  const { maxNewTokens, temperature, seed, batchSize } = config;
  const prompts = heldOutPrompts.map((prompt) => format.promptOf(prompt));
  return {
    name: "evaluate",
    work: prompts.length * (2 * draws + bestOf) * maxNewTokens,
    inputs: (products) => ({
      policy: products.get("rl")!.files,
      base: pipeline.policySha256,
      labels: products.get("prefer")!.files,
      reward: products.get("reward")?.files ?? null,
      judge: config.judge,
      prompts: prompts as unknown as Json,
      options: config.evaluation,
      answers: { maxNewTokens, temperature, seed, batchSize },
    }),
    run: ({ directory, products, signal, progress }) =>
      disposing(async (own) => {
        const judge = own(await parts.openReward(config.judge));
        const proxy = products.has("reward") ? own(await parts.openReward(join(out, "reward", "final"))) : undefined;
        const base = own(await parts.openPolicy(config.policy));
        const policy = own(await parts.openPolicy(trainedPolicy(pipeline, "rl")));
        const labelled = await readJsonLines<LabelledPair>(labelledPairsFile(join(out, "prefer", "preferences.jsonl")));
        const scores = await judgeScores(labelled, { judge, tokenizer: base.tokenizer, format, batchSize, signal });
        const labels = labelAgreement({ probabilities: labelled.map(({ probability }) => probability), scores, sure });
        const comparison = await comparePolicies({
          policy,
          base,
          judge,
          ...(proxy && { proxy }),
          prompts,
          draws,
          bestOf,
          maxNewTokens,
          temperature,
          seed,
          batchSize,
          signal,
          onProgress: ({ answers, total }) => progress(shareOfLabels + ((1 - shareOfLabels) * answers) / total),
        });
        const { samples: _, settings: __, ...figures } = comparison;
        const paths = await writeComparison({
          directory,
          comparison,
          names: {
            policy: config.rl.toUpperCase(),
            base: config.policy,
            judge: config.judge,
            format: format.name,
            ...(proxy && { proxy: "the reward model of this run" }),
          },
          more: { labels },
        });
        return {
          paths,
          summary: { labels: { ...labels }, ...(figures as unknown as { [name: string]: Json }) },
        };
      }),
  };
}
