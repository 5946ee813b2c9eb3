import { join } from "node:path";
import { answerAsBase, type BaseAnswers } from "@cai/evaluation";
import { disposing, type Json } from "@cai/training";
import { produceRows } from "../row-file.ts";
import type { PreparedPipeline } from "./prepared-pipeline.ts";
import type { PipelineStage } from "./stage.ts";

/** Of the baseline's stage, and read by the evaluation: one line for each held-out prompt. */
export const baselineFile = "answers.jsonl";

/** The policy that the pipeline began with answers the held-out prompts: the same for everything that may be learned from it. */
export function baselineStage(pipeline: PreparedPipeline): PipelineStage {
  const { config, parts, policySha256 } = pipeline;
  const prompts = pipeline.heldOutPrompts.map((prompt) => pipeline.format.promptOf(prompt));
  const settings = comparisonOf(pipeline);
  const { draws, bestOf, maxNewTokens } = settings;
  const inputs = { policy: policySha256, prompts: prompts as unknown as Json, settings };
  return {
    name: "baseline",
    work: prompts.length * (draws + bestOf) * maxNewTokens,
    inputs: () => inputs,
    run: ({ directory, signal, progress }) =>
      disposing(async (own) => {
        const base = own(await parts.openPolicy(config.policy));
        await produceRows<BaseAnswers>({
          file: join(directory, baselineFile),
          identity: inputs,
          total: prompts.length,
          chunkRows: config.batchSize,
          make: (first, count) =>
            answerAsBase({ base, prompts: prompts.slice(first, first + count), firstPrompt: first, ...settings, signal }),
          signal,
          onProgress: ({ done, total }) => progress(done / total),
        });
        return { paths: [baselineFile], summary: { prompts: prompts.length } };
      }),
  };
}

/** How policies are compared, in this stage and in the evaluation. */
export function comparisonOf({ config, format: { stopTexts } }: PreparedPipeline) {
  const { maxNewTokens, temperature, seed, batchSize } = config;
  const { draws, bestOf } = config.evaluation;
  return { draws, bestOf, maxNewTokens, temperature, stopTexts, seed, batchSize };
}
