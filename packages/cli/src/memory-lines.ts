import { freemem } from "node:os";
import { mostLogitBytes } from "@cai/kernels";
import type { CausalPolicy } from "@cai/policy";
import { batchRows, type ModelMemory, peakMemory, type StepTokens } from "@cai/training";

/** What decides how many tokens are there at once. */
export interface BatchShape {
  readonly batchSize: number;
  /** Answers to each prompt, of trainers that compare them. */
  readonly groupSize?: number;
  readonly minibatchSize: number;
  readonly microbatchSize: number;
  readonly maxNewTokens: number;
}

/**
 * What a step will take of memory: a line for whoever watches, and where more than is free, one that says what would make it fit.
 *
 * @param options.reference bytes that it takes in memory
 */
export function memoryLines(
  { memory }: Pick<CausalPolicy, "memory">,
  {
    shape,
    promptTokens,
    reference,
    free = process.availableMemory?.() ?? freemem(),
  }: { readonly shape: BatchShape; readonly promptTokens: number; readonly reference: number; readonly free?: number },
): { readonly told: string; readonly warning?: string } {
  const tokens = tokensOf(shape, promptTokens);
  const peakOf = (changed: { readonly model?: Partial<ModelMemory>; readonly tokens?: Partial<StepTokens> }) =>
    peakMemory({ ...memory, ...changed.model }, { tokens: { ...tokens, ...changed.tokens }, reference }).peak;
  const peak = peakOf({});
  const told = `memory: about ${gigabytes(peak)} at the peak of a step; ${gigabytes(free)} are free`;
  if (peak <= free) return { told };
  const recomputing = { keptToken: memory.keptTokenRecomputing };
  const one = { rows: 1, accumulates: tokens.rows > 1 || tokens.accumulates };
  const adapted = { trained: Math.min(memory.trained, 0.02 * memory.weights), mostLogits: mostLogitBytes({ isFrozen: true }) };
  const ways = [
    { flags: "--recompute", peak: peakOf({ model: recomputing }) },
    { flags: "--microbatch-size 1", peak: peakOf({ tokens: one }) },
    { flags: "--recompute --microbatch-size 1", peak: peakOf({ model: recomputing, tokens: one }) },
    { flags: "--lora 8", peak: peakOf({ model: adapted }) },
    { flags: "--lora 8 --recompute --microbatch-size 1", peak: peakOf({ model: { ...adapted, ...recomputing }, tokens: one }) },
  ].filter((way) => way.peak < peak);
  const fitting = ways.find((way) => way.peak <= free);
  const least = ways.toSorted((a, b) => a.peak - b.peak)[0];
  const advice =
    fitting !== undefined
      ? `With ${fitting.flags} it would take about ${gigabytes(fitting.peak)}.`
      : least !== undefined
        ? `Even with ${least.flags} it would take about ${gigabytes(least.peak)}: a smaller model, or shorter texts.`
        : "A smaller model, or shorter texts, would take less.";
  return { told, warning: `memory: a step will take about ${gigabytes(peak)} at its peak, and ${gigabytes(free)} are free. ${advice}` };
}

function tokensOf({ batchSize, groupSize = 1, maxNewTokens, ...sizes }: BatchShape, promptTokens: number): StepTokens {
  const written = batchSize * groupSize;
  const { minibatchRows, microbatchRows } = batchRows(sizes, written);
  return {
    rows: microbatchRows,
    accumulates: microbatchRows < minibatchRows,
    writtenRows: written,
    promptTokens,
    responseTokens: maxNewTokens,
  };
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0)} GB`;
