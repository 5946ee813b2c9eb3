import { appendFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { RowProgress } from "@cai/constitution";

/** CPU seconds, of all cores together, of steps that may be made by several processes one after the other. */
export interface Costs {
  /** For a step's `onProgress`: what passes between two of its calls is the step's. */
  meter(step: string): (progress: RowProgress) => void;
  of(step: string): number;
}

/** Keeps them in a file, a line for each chunk of rows, so that a run which goes on knows what was spent before. */
export async function costsIn(file: string): Promise<Costs> {
  const before = await readFile(file, "utf8").catch(() => "");
  const spent = new Map<string, number>();
  const add = (step: string, seconds: number) => spent.set(step, (spent.get(step) ?? 0) + seconds);
  for (const line of before.split("\n").filter((line) => line !== "")) {
    const { step, cpuSeconds } = JSON.parse(line);
    add(step, cpuSeconds);
  }
  return {
    meter(step) {
      let since = process.cpuUsage();
      let begun = false;
      return ({ done, total }) => {
        const { user, system } = process.cpuUsage(since);
        since = process.cpuUsage();
        if (begun) {
          const cpuSeconds = (user + system) / 1e6;
          add(step, cpuSeconds);
          appendFileSync(file, `${JSON.stringify({ step, cpuSeconds })}\n`);
        }
        begun = true;
        console.error(`${step}: ${done} of ${total}`);
      };
    },
    of: (step) => spent.get(step) ?? 0,
  };
}
