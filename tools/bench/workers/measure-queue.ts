import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DistributedRewardModel, jobPayload } from "@cai/distributed";
import { rewardName } from "../../../packages/cli/src/reward-name.ts";
import { median } from "../median.mjs";
import type { MeasuredCosts } from "./measured-costs.ts";
import { secondsOf } from "./pairs.ts";
import { promptTokens } from "./random-prompts.ts";
import { startWorkers } from "./worker-processes.ts";

const jobs = 256;

/** Jobs of no work: a reward that is a constant, a row each. What is left is the engine. */
export async function measureQueue({
  redis,
  folder,
}: {
  readonly redis: string;
  readonly folder: string;
}): Promise<MeasuredCosts["queue"]> {
  const reward = join(folder, "constant.mjs");
  await writeFile(reward, "export default ({ responses }) => responses.map(() => 1);\n");
  const worker = await startWorkers(1, { redis, flags: ["--roles", "score", "--reward", reward] });
  const asked = await DistributedRewardModel.create({ redis, reward: await rewardName(reward, {}), owner: "bench queue", rowsPerJob: 1 });
  const ask = (rows: number) => {
    const texts = Array<string>(rows).fill("a response of some words");
    const ids = Array.from({ length: rows }, () => new Int32Array(promptTokens));
    return secondsOf(() => asked.score({ prompts: texts, responses: texts, promptIds: ids, responseIds: ids }));
  };
  try {
    const [alone, many]: [number[], number[]] = [[], []];
    await ask(8); // warm-up
    for (let repeat = 0; repeat < 40; repeat++) alone.push(await ask(1));
    for (let repeat = 0; repeat < 5; repeat++) many.push(await ask(jobs));
    return { roundTripSeconds: median(alone), jobSeconds: median(many) / jobs, payloadSeconds: await payloadSeconds() };
  } finally {
    await asked.dispose();
    await worker.stop();
  }
}

/** A rollout job of eight rows and its answer, written and read. */
async function payloadSeconds(): Promise<number> {
  const [rows, columns] = [8, 128];
  const cells = { ids: new Int32Array(rows * columns), mask: new Uint8Array(rows * columns).fill(1), shape: [rows, columns] as const };
  const sampling = { draws: { seed: 1, stream: "rollout", step: 1 }, maxNewTokens: columns };
  const job = { weights: "0".repeat(64), prompts: cells, sampling };
  const generation = {
    responses: cells,
    behaviourLogprobs: new Float32Array(rows * columns),
    finishReasons: Array<"length">(rows).fill("length"),
  };
  const repeats = 200;
  const seconds = await secondsOf(async () => {
    for (let repeat = 0; repeat < repeats; repeat++) {
      jobPayload.readRolloutJob(jobPayload.writeRolloutJob(job));
      jobPayload.readDrawnSlice(jobPayload.writeDrawnSlice({ generation, weights: job.weights }), job);
    }
  });
  return seconds / repeats;
}
