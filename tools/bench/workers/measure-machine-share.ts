import { besideSource } from "../programs.mjs";
import { startSteps } from "../step-process.mjs";
import type { Throughput } from "./measured-costs.ts";
import { oneThread } from "./one-thread.mjs";
import { measurePairs, secondsOf } from "./pairs.ts";

const jobs = 4;

/**
 * How many times as much two processes draw together as one that is alone, with no engine between them: what this machine lets two workers gain.
 * They share its memory, which every token reads all weights from.
 *
 * @param source the policy; of a package's own folder, its path
 */
export async function measureMachineShare(
  source: string,
  { rowsPerJob, tokensPerRow, pairs }: Pick<Throughput, "rowsPerJob" | "tokensPerRow"> & { readonly pairs: number },
): Promise<number> {
  const { env, ...program } = besideSource("workers/draw-process.ts", [source, `${rowsPerJob}`, `${tokensPerRow}`]);
  const both = [0, 1].map(() => startSteps({ ...program, env: { ...env, ...oneThread } }));
  const draw = async (process: (typeof both)[number]) => {
    for (let job = 0; job < jobs; job++) await process.next();
  };
  try {
    await Promise.all(both.map((process) => process.next())); // warm-up, and loading
    const alone = () => secondsOf(() => draw(both[0]!));
    const together = () => secondsOf(() => Promise.all(both.map(draw)));
    return 2 * (await measurePairs([alone, together], pairs)).ratio;
  } finally {
    await Promise.all(both.map((process) => process.end()));
  }
}
