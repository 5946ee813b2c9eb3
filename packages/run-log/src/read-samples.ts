import { join } from "@cai/whole-file/system";
import { RunLogError } from "./error.ts";
import { textLines } from "./json-lines.ts";
import type { Sample } from "./open-run-log.ts";

/** A sample with the step that it was logged at. */
export interface LoggedSample extends Sample {
  readonly step: number;
}

/**
 * The samples of a run's folder, in the order of `samples.jsonl`; none where nothing was logged. A last line that a killed process left unfinished
 * is passed over.
 *
 * @throws RunLogError `bad-sample` for any other line that is no sample
 * @example
 * for (const { step, response, score } of await readSamples("runs/first")) console.log(step, score, response);
 */
export async function readSamples(directory: string): Promise<LoggedSample[]> {
  const path = join(directory, "samples.jsonl");
  const lines = await textLines(path);
  return lines.flatMap((line, index) => {
    if (line.trim() === "") return [];
    const sample = parseSample(line);
    if (sample !== undefined) return [sample];
    if (index === lines.length - 1) return [];
    throw new RunLogError("bad-sample", `${path}:${index + 1}: expected {"step": …, "prompt": …, "response": …, "score": …}`);
  });
}

const hasNumbers = (parts: unknown): parts is Readonly<Record<string, number>> =>
  typeof parts === "object" && parts !== null && Object.values(parts).every((value) => typeof value === "number");

function parseSample(line: string): LoggedSample | undefined {
  try {
    const { step, prompt, response, score, parts } = JSON.parse(line);
    const isSample = typeof step === "number" && typeof prompt === "string" && typeof response === "string" && typeof score === "number";
    return isSample ? { step, prompt, response, score, ...(hasNumbers(parts) && { parts }) } : undefined;
  } catch {
    return undefined;
  }
}
