import { join } from "node:path";
import type { RewardModel, Tokenizer } from "@cai/contracts";
import { withoutSecrets } from "@cai/endpoint";
import { type BaseAnswers, comparePolicies, writeComparison } from "@cai/evaluation";
import { disposing, type Json } from "@cai/training";
import { readJsonLines } from "../json-lines.ts";
import type { LabelledPair } from "../preference/labelled-pairs.ts";
import { labelledPairsFile } from "../preference/make-preferences.ts";
import { baselineFile, comparisonOf } from "./baseline-stage.ts";
import { judgeScores, type LabelAgreement, labelAgreement } from "./label-agreement.ts";
import { type PreparedPipeline, trainedPolicy } from "./prepared-pipeline.ts";
import type { PipelineStage } from "./stage.ts";

/** Of the stage's time, about. */
const shareOfLabels = 0.1;

/** The trained policy against the one that the pipeline began with, by a judge that took no part; and how its labels stand to that judge. */
export function evaluateStage(pipeline: PreparedPipeline): PipelineStage {
  const { config, out, parts, heldOutPrompts, format } = pipeline;
  const settings = comparisonOf(pipeline);
  const prompts = heldOutPrompts.map((prompt) => format.promptOf(prompt));
  const trained = config.rl === "none" ? "sft" : "rl";
  return {
    name: "evaluate",
    work: prompts.length * settings.draws * settings.maxNewTokens * 2,
    inputs: (products) => ({
      policy: products.get(trained)!.files,
      base: products.get("baseline")!.files,
      labels: products.get("prefer")?.files ?? null,
      reward: products.get("reward")?.files ?? null,
      judge: config.judge,
      prompts: prompts as unknown as Json,
      sure: config.evaluation.sure,
      settings,
    }),
    run: ({ directory, products, signal, progress }) =>
      disposing(async (own) => {
        const judge = own(await parts.openReward(config.judge));
        const proxy = products.has("reward") ? own(await parts.openReward(join(out, "reward", "final"))) : undefined;
        const base = own(await parts.openPolicy(config.policy));
        const policy = own(await parts.openPolicy(trainedPolicy(pipeline, trained)));
        const labels = products.has("prefer") ? await agreementWith(judge, base.tokenizer, signal) : null;
        const comparison = await comparePolicies({
          policy,
          base,
          baseAnswers: await readJsonLines<BaseAnswers>(join(out, "baseline", baselineFile)),
          judge,
          ...(proxy && { proxy }),
          prompts,
          ...settings,
          signal,
          onProgress: ({ answers, total }) => progress(shareOfLabels + ((1 - shareOfLabels) * answers) / total),
        });
        const { samples: _, settings: __, ...figures } = comparison;
        const paths = await writeComparison({
          directory,
          comparison,
          names: {
            policy: (config.rl === "none" ? trained : config.rl).toUpperCase(),
            base: config.policy,
            judge: withoutSecrets(config.judge),
            format: format.name,
            ...(proxy && { proxy: "the reward model of this run" }),
          },
          more: { labels },
        });
        return {
          paths,
          summary: { labels: labels && { ...labels }, ...(figures as unknown as { [name: string]: Json }) },
        };
      }),
  };

  async function agreementWith(judge: RewardModel, tokenizer: Tokenizer, signal: AbortSignal | undefined): Promise<LabelAgreement> {
    const labelled = await readJsonLines<LabelledPair>(labelledPairsFile(join(out, "prefer", "preferences.jsonl")));
    const scores = await judgeScores(labelled, { judge, tokenizer, format, batchSize: config.batchSize, signal });
    return labelAgreement({ probabilities: labelled.map(({ probability }) => probability), scores, sure: config.evaluation.sure });
  }
}
