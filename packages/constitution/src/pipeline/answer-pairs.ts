import { join } from "node:path";
import type { DrawCounters } from "@cai/contracts";
import { disposing } from "@cai/training";
import type { Principle } from "../constitution.ts";
import { drawPrinciples } from "../draw-principles.ts";
import { type ContrastPair, contrastPairs, sampledPairs } from "../drawn-pairs.ts";
import type { AnswerPair } from "../labeller.ts";
import { revisionPairs } from "../revision-pairs.ts";
import { produceRows, type RowProgress } from "../row-file.ts";
import { openAsFeedback, type PreparedPipeline, startPolicy, startPolicyHashes } from "./prepared-pipeline.ts";
import { readJsonLines } from "./read-json-lines.ts";
import type { StageContext } from "./stage.ts";

/** A pair of the file of answers: its principle by name. */
interface AnswerRow extends Omit<AnswerPair, "principle">, Partial<Pick<ContrastPair, "personas">> {
  readonly principle: string;
}

/** A pair, and the place of its prompt in the list of prompts. */
export type PlacedPair = AnswerPair & { readonly place: number };

/**
 * The pairs of answers that are to be labelled. Those that are drawn, of the policy that is to be trained, go into `answers.jsonl`; revisions
 * with their originals are there already.
 */
export async function answerPairs(
  pipeline: PreparedPipeline,
  context: StageContext,
  onProgress: (progress: RowProgress) => void,
): Promise<PlacedPair[]> {
  const { config, out, constitution, prompts } = pipeline;
  const { pairs: kind, pairsPerPrompt } = config.prefer;
  if (kind === "revisions") {
    const rows = await readJsonLines<Parameters<typeof revisionPairs>[0]["rows"][number]>(join(out, "revise", "revisions.jsonl"));
    return revisionPairs({ rows, constitution }).map((pair, place) => ({ ...pair, place }));
  }
  const principles = new Map(constitution.principles.map((principle) => [principle.name, principle]));
  const placeOf = (row: number) => Math.floor(row / pairsPerPrompt);
  const { rows } = await disposing(async (own) => {
    const { model } = own(
      await openAsFeedback(pipeline.parts, startPolicy(pipeline, context.products), {
        format: pipeline.format,
        batchSize: config.batchSize,
      }),
    );
    return produceRows<AnswerRow>({
      file: join(context.directory, "answers.jsonl"),
      identity: {
        model: startPolicyHashes(pipeline, context.products),
        constitution: constitution.sha256,
        kind,
        seed: config.seed,
        maxNewTokens: config.maxNewTokens,
        temperature: config.temperature,
      },
      total: prompts.length * pairsPerPrompt,
      chunkRows: config.batchSize,
      make: async (first, count) => {
        const draws: DrawCounters = { seed: config.seed, stream: "prefer", step: 0, firstSample: first };
        const drawn: readonly Principle[] = drawPrinciples({ constitution, count, draws });
        const { maxNewTokens, temperature } = config;
        const draw = kind === "contrast" ? contrastPairs : sampledPairs;
        const pairs: (AnswerPair & Partial<ContrastPair>)[] = await draw({
          feedback: model,
          prompts: drawn.map((_, row) => prompts[placeOf(first + row)]!),
          principles: drawn,
          draws,
          maxNewTokens,
          temperature,
          signal: context.signal,
        });
        return pairs.map((pair) => ({ ...pair, principle: pair.principle.name }));
      },
      signal: context.signal,
      onProgress,
    });
  });
  return rows.map((row, index) => ({ ...row, principle: principles.get(row.principle)!, place: placeOf(index) }));
}
