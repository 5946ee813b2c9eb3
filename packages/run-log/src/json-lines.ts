import { wholeFiles } from "@cai/whole-file";
import { exists, readFile } from "@cai/whole-file/system";
import { RunLogError } from "./error.ts";

const files = wholeFiles(RunLogError);

/** A line of metrics.jsonl or samples.jsonl. */
export interface LineWithStep {
  readonly step: number;
  readonly [key: string]: unknown;
}

/** The lines of a file in their order; none where there is no file. Lines that a killed process left unfinished are passed over. */
export async function readLines(path: string): Promise<LineWithStep[]> {
  return (await textLines(path)).flatMap((line) => parseLine(line) ?? []);
}

/** The same as they stand there, and what follows the last line break. */
export async function textLines(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  return text.split("\n");
}

/** Cuts the lines of `step` and later ones; nothing where there is no file. A reader sees the file before the cut or after it. */
export async function cutLines(path: string, step: number): Promise<void> {
  if (!(await exists(path))) return;
  const kept = (await readLines(path)).filter((line) => line.step < step);
  await files.write(path, renderLines(kept));
}

export const renderLines = (lines: readonly LineWithStep[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join("");

function parseLine(line: string): LineWithStep | undefined {
  try {
    const parsed: { step?: unknown } | null = JSON.parse(line);
    return typeof parsed?.step === "number" ? (parsed as LineWithStep) : undefined;
  } catch {
    return undefined;
  }
}
