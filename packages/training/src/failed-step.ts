import { wholeFiles } from "@cai/whole-file";
import { join } from "@cai/whole-file/system";
import { TrainingError } from "./error.ts";
import type { FailedStep } from "./failed-update.ts";

const files = wholeFiles(TrainingError);

/**
 * Writes a failed step into a folder, for a look: `failure.json` with its numbers, `batch.jsonl` with the rows that it learned from. NaN and
 * infinity, which JSON has not, are texts.
 *
 * @throws TrainingError `cannot-write`
 */
export async function writeFailedStep(directory: string, step: number, { rows, ...failure }: FailedStep): Promise<void> {
  await files.makeFolder(directory);
  await files.write(join(directory, "failure.json"), `${JSON.stringify({ step, ...failure }, plain, 2)}\n`);
  await files.write(join(directory, "batch.jsonl"), rows.map((row) => `${JSON.stringify({ step, ...row }, plain)}\n`).join(""));
}

function plain(_: string, value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array);
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}
