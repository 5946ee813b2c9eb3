import { join } from "@cai/whole-file/system";
import { readLines } from "./json-lines.ts";

/** The numbers of one step, by name, as in `metrics.jsonl`. */
export interface StepMetrics {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/**
 * The metrics of a run's folder, a step each, in the order of the file; empty where nothing was logged.
 * A number that was not finite was written as `null` and comes back as NaN. An unfinished last line is passed over.
 *
 * @example
 * for (const { step, values } of await readMetrics("runs/first")) console.log(step, values["objective/kl"]);
 */
export async function readMetrics(directory: string): Promise<StepMetrics[]> {
  const lines = await readLines(join(directory, "metrics.jsonl"));
  return lines.map(({ step, ...values }) => ({
    step,
    values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof value === "number" ? value : Number.NaN])),
  }));
}
