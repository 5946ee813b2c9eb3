import { cp, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { checkpointName } from "@cai/checkpoint";
import { CliError } from "./error.ts";

/**
 * Copies of a run what one needs to go on from its checkpoint of a step, and of no other: configuration, logs, that checkpoint.
 *
 * @throws CliError `usage` where there is no such checkpoint
 */
export async function copyRun(directory: string, step: number, out: string): Promise<void> {
  const name = checkpointName(step);
  const source = join(directory, "checkpoints", name);
  const there = await checkpointsOf(directory);
  if (!there.includes(name))
    throw new CliError("usage", `${source} is not there; there ${there.length === 0 ? "is no checkpoint" : `are ${there.join(", ")}`}`);
  await mkdir(join(out, "checkpoints"), { recursive: true });
  await cp(source, join(out, "checkpoints", name), { recursive: true });
  const files = ["config.json", "metrics.jsonl", "samples.jsonl", "evaluation-samples.jsonl", "draws.jsonl"];
  const found = await readdir(directory);
  for (const file of files.filter((name) => found.includes(name))) await cp(join(directory, file), join(out, file));
}

/** The newest checkpoint of a run up to a step, as that one's number; 0 where there is none. */
export async function nearestCheckpoint(directory: string, step: number): Promise<number> {
  const names = await checkpointsOf(directory);
  for (let one = step; one > 0; one--) if (names.includes(checkpointName(one))) return one;
  return 0;
}

const checkpointsOf = async (directory: string): Promise<string[]> =>
  (await readdir(join(directory, "checkpoints")).catch(() => [])).filter((name) => name.startsWith("step-")).sort();
