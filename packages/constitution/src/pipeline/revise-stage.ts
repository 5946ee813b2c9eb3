import { join } from "node:path";
import { disposing, type Json } from "@cai/training";
import { wholeFiles } from "@cai/whole-file";
import { ConstitutionError } from "../error.ts";
import { jsonLines } from "../json-lines.ts";
import { produceRevisions } from "../revision/produce-revisions.ts";
import { resolveRevisionSettings } from "../revision/revision-options.ts";
import { revisionTrainingRows } from "../revision/revision-training-rows.ts";
import { feedbackInputs, isJudge, openAsFeedback, openFeedback, type PreparedPipeline } from "./prepared-pipeline.ts";
import type { PipelineStage } from "./stage.ts";

const files = wholeFiles(ConstitutionError);

/** The policy's answers are criticised and revised; what passes the gate becomes examples to learn. */
export function reviseStage(pipeline: PreparedPipeline): PipelineStage {
  const { config, constitution, prompts, format, policySha256, parts } = pipeline;
  const { seed, maxNewTokens, temperature, batchSize } = config;
  const settings = resolveRevisionSettings({ maxNewTokens, temperature, ...config.revise, seed });
  return {
    name: "revise",
    work: prompts.length * settings.maxNewTokens * (1 + 2 * settings.rounds + 2),
    inputs: () => ({
      policy: policySha256,
      judge: feedbackInputs(pipeline),
      constitution: constitution.sha256,
      prompts: prompts as unknown as Json,
      format: format.name,
      settings: { ...settings, batchSize },
    }),
    run: ({ directory, signal, progress }) =>
      disposing(async (own) => {
        const { model: feedback } = own(await openFeedback(pipeline));
        const policy = isJudge(pipeline, config.policy)
          ? feedback
          : own(await openAsFeedback(parts, config.policy, { format, batchSize })).model;
        const { rows, report } = await produceRevisions({
          file: join(directory, "revisions.jsonl"),
          chunkRows: batchSize,
          feedback,
          policy,
          constitution,
          prompts,
          ...settings,
          signal,
          onProgress: ({ done, total }) => progress(done / total),
        });
        const { examples } = revisionTrainingRows({ rows, format });
        await files.write(join(directory, "examples.jsonl"), jsonLines(examples));
        await files.write(join(directory, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
        const { principles: _, constitution: __, ...summary } = report;
        return { paths: ["revisions.jsonl", "examples.jsonl", "report.json"], summary: summary as unknown as Record<string, Json> };
      }),
  };
}
