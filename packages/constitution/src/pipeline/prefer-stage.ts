import { join } from "node:path";
import { uniform } from "@cai/random";
import { disposing, type Json } from "@cai/training";
import { wholeFiles } from "@cai/whole-file";
import { ConstitutionError } from "../error.ts";
import { type LabelledPair, labelPairs } from "../labelled-pairs.ts";
import { preferenceReport } from "../preference-report.ts";
import { preferenceRows } from "../preference-rows.ts";
import { produceRows } from "../row-file.ts";
import { answerPairs } from "./answer-pairs.ts";
import { openLabeller } from "./open-labeller.ts";
import { openFeedback, type PreparedPipeline, startPolicyHashes } from "./prepared-pipeline.ts";
import type { PipelineStage } from "./stage.ts";

const files = wholeFiles(ConstitutionError);

/** Pairs of answers are labelled: the preferences that reward models and policies learn from, those of some prompts held out. */
export function preferStage(pipeline: PreparedPipeline): PipelineStage {
  const { config, constitution, prompts, format, policySha256 } = pipeline;
  const { pairs: kind, pairsPerPrompt, heldOutShare } = config.prefer;
  const isDrawn = kind !== "revisions";
  const work = prompts.length * config.maxNewTokens * (isDrawn ? pairsPerPrompt : 1);
  return {
    name: "prefer",
    work: (isDrawn ? 2 * work : 0) + 4 * work,
    inputs: (products) => ({
      policy: isDrawn ? startPolicyHashes(pipeline, products) : products.get("revise")!.files,
      feedback: config.feedback ?? policySha256,
      constitution: constitution.sha256,
      prompts: prompts as unknown as Json,
      format: format.name,
      options: config.prefer,
      answers: { seed: config.seed, maxNewTokens: config.maxNewTokens, temperature: config.temperature, batchSize: config.batchSize },
    }),
    run: (context) =>
      disposing(async (own) => {
        const { directory, signal, progress } = context;
        const shareOfAnswers = isDrawn ? 1 / 3 : 0;
        const pairs = await answerPairs(pipeline, context, ({ done, total }) => progress((shareOfAnswers * done) / total));
        const { model } = own(await openFeedback(pipeline));
        const known = kind === "contrast" ? pairs : [];
        const labeller = await openLabeller(config.prefer, { feedback: model, known, signal });
        const { rows } = await produceRows<LabelledPair>({
          file: join(directory, "labels.jsonl"),
          identity: { labeller: labeller.identity, constitution: constitution.sha256, seed: config.seed },
          total: pairs.length,
          chunkRows: config.batchSize,
          make: (first, count) =>
            labelPairs({
              pairs: pairs.slice(first, first + count),
              labeller,
              constitution,
              draws: { seed: config.seed, stream: "label", step: 0, firstSample: first },
              signal,
            }),
          signal,
          onProgress: ({ done, total }) => progress(shareOfAnswers + ((1 - shareOfAnswers) * done) / total),
        });
        const isHeldOut = (place: number) => uniform({ seed: config.seed, stream: "prefer/held-out", counters: [place] }) < heldOutShare;
        const preferencesOf = (heldOut: boolean) =>
          preferenceRows({ pairs: rows.filter((_, index) => isHeldOut(pairs[index]!.place) === heldOut), format });
        const [learned, heldOut] = [preferencesOf(false), preferencesOf(true)];
        const report = preferenceReport(rows);
        await files.write(join(directory, "preferences.jsonl"), jsonLines(learned));
        await files.write(join(directory, "held-out.jsonl"), jsonLines(heldOut));
        await files.write(
          join(directory, "report.json"),
          `${JSON.stringify({ labeller: JSON.parse(labeller.identity), ...report }, null, 2)}\n`,
        );
        const { byPrinciple: _, ...totals } = report;
        return {
          paths: ["labels.jsonl", "preferences.jsonl", "held-out.jsonl", "report.json"],
          summary: { ...totals, leftOut: { ...totals.leftOut }, preferences: learned.length, heldOut: heldOut.length },
        };
      }),
  };
}

const jsonLines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
