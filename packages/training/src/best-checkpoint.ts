import { checkpointName } from "@cai/checkpoint";
import { readMetrics } from "@cai/run-log";
import { join, readdir } from "@cai/whole-file/system";

/**
 * The checkpoint of the step that did best by a metric, among those that are there and the one to come; the earliest of several. Undefined where
 * none of their steps logged it.
 *
 * @param by the metric's name in `metrics.jsonl`, the highest is best; with `:min` behind it, the lowest.
 * @param coming the step of the checkpoint that is about to be written.
 */
export async function bestCheckpoint(out: string, by: string, coming: number): Promise<string | undefined> {
  const [, metric = "", direction = ""] = /^(.*?)(:min|:max)?$/.exec(by)!;
  const there = new Set(await readdir(join(out, "checkpoints")).catch(() => []));
  const ranked = (await readMetrics(out))
    .map(({ step, values }) => ({ step, value: values[metric] ?? Number.NaN }))
    .filter(({ step, value }) => Number.isFinite(value) && (step === coming || there.has(checkpointName(step))))
    .sort((a, b) => (direction === ":min" ? a.value - b.value : b.value - a.value) || a.step - b.step);
  return ranked[0] && checkpointName(ranked[0].step);
}
