import { join } from "node:path";
import type { FeedbackModel } from "@cai/feedback";
import { uniform } from "@cai/random";
import { disposing, type Json } from "@cai/training";
import { wholeFiles } from "@cai/whole-file";
import { ConstitutionError } from "../error.ts";
import { jsonLines, readJsonLines } from "../json-lines.ts";
import { labelledPairsFile, makePreferences } from "../preference/make-preferences.ts";
import { openLabeller } from "../preference/open-labeller.ts";
import { drawnPairSource, type PairSource, revisionPairSource } from "../preference/pair-source.ts";
import { preferenceRows } from "../preference/preference-rows.ts";
import { keptRevisions, type RevisionRow } from "../revision/revision-row.ts";
import {
  feedbackInputs,
  isJudge,
  openAsFeedback,
  openFeedback,
  type PreparedPipeline,
  startPolicy,
  startPolicyHashes,
} from "./prepared-pipeline.ts";
import type { PipelineStage } from "./stage.ts";

const files = wholeFiles(ConstitutionError);

/** Pairs of answers are labelled: the preferences that reward models and policies learn from, those of some prompts held out. */
export function preferStage(pipeline: PreparedPipeline): PipelineStage {
  const { config, out, constitution, prompts, format } = pipeline;
  const { pairs: kind, pairsPerPrompt, heldOutShare } = config.prefer;
  const { seed, maxNewTokens, temperature, batchSize } = config;
  const isDrawn = kind !== "revisions";
  return {
    name: "prefer",
    work: 4 * prompts.length * maxNewTokens * (isDrawn ? pairsPerPrompt : 1),
    inputs: (products) => ({
      policy: isDrawn ? startPolicyHashes(pipeline, products) : products.get("revise")!.files,
      judge: feedbackInputs(pipeline),
      constitution: constitution.sha256,
      prompts: prompts as unknown as Json,
      format: format.name,
      options: config.prefer,
      answers: { seed, maxNewTokens, temperature, batchSize },
    }),
    run: ({ directory, products, signal, progress }) =>
      disposing(async (own) => {
        const start = startPolicy(pipeline, products);
        const { model: writer } = own(await openAsFeedback(pipeline.parts, start, { format, batchSize }));
        const judge = isJudge(pipeline, start) ? writer : own(await openFeedback(pipeline)).model;
        const source = isDrawn ? drawn(kind, writer) : await revised();
        const drawing = { prompts, constitution, seed, maxNewTokens, temperature };
        const { labeller, fitted } = await openLabeller(config.prefer, { judge, writer, ...drawing, signal });
        const file = join(directory, "preferences.jsonl");
        const onProgress = ({ done, total }: { readonly done: number; readonly total: number }) => progress(done / total);
        const { pairs, report } = await makePreferences({
          file,
          source,
          labeller,
          constitution,
          format,
          seed,
          chunkRows: batchSize,
          signal,
          onProgress,
        });

        const isHeldOut = (pair: number) => uniform({ seed, stream: "prefer/held-out", counters: [pair % prompts.length] }) < heldOutShare;
        const rowsOf = (heldOut: boolean) => preferenceRows({ pairs: pairs.filter((_, pair) => isHeldOut(pair) === heldOut), format });
        const [learned, heldOut] = [rowsOf(false), rowsOf(true)];
        await files.write(join(directory, "learned.jsonl"), jsonLines(learned));
        await files.write(join(directory, "held-out.jsonl"), jsonLines(heldOut));
        const { byPrinciple, ...totals } = report;
        const scale = fitted && { scale: fitted.scale, calibrationAccuracy: fitted.accuracy };
        const summary = { ...totals, leftOut: { ...totals.leftOut }, ...scale, learned: learned.length, heldOut: heldOut.length };
        const told = { labeller: JSON.parse(labeller.identity) as Json, ...summary, byPrinciple };
        await files.write(join(directory, "report.json"), `${JSON.stringify(told, null, 2)}\n`);
        return { paths: [labelledPairsFile("preferences.jsonl"), "learned.jsonl", "held-out.jsonl", "report.json"], summary };
      }),
  };

  function drawn(of: "sampled" | "contrast", feedback: FeedbackModel): PairSource {
    return drawnPairSource({ kind: of, feedback, prompts, constitution, seed, pairsPerPrompt, maxNewTokens, temperature });
  }

  async function revised(): Promise<PairSource> {
    const rows = await readJsonLines<RevisionRow>(join(out, "revise", "revisions.jsonl"));
    return revisionPairSource({ rows: keptRevisions(rows), constitution });
  }
}
