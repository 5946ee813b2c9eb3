import type { Generator } from "@cai/contracts";
import { DistributedRollouts, listWorkers, slicedGenerator } from "@cai/distributed";
import type { CausalPolicy } from "@cai/policy";
import { PPOTrainer } from "@cai/trainer";
import { median } from "../median.mjs";
import type { MeasuredCosts } from "./measured-costs.ts";
import { measurePairs } from "./pairs.ts";
import { randomPrompt } from "./random-prompts.ts";

const work = { rows: 16, rowsPerJob: 8, tokensPerRow: 32, epochs: 1 };

interface Seen {
  readonly isRemote: boolean;
  readonly metrics: Readonly<Record<string, number>>;
  readonly loadSeconds: number;
}

/**
 * Steps of one trainer, whose rows one worker draws in one step and this process in the next: the same work, by one thread each. What a worker
 * takes longer is the engine.
 *
 * @param workersAt the database of the worker, which tells how long it loaded
 */
export async function measureStep(
  policy: CausalPolicy,
  { workersAt, engine, pairs }: { readonly workersAt: string; readonly engine: string; readonly pairs: number },
): Promise<Omit<MeasuredCosts["step"], "allWeightsTrainSeconds">> {
  const { rowsPerJob } = work; // the same slices on both sides
  const one = await DistributedRollouts.create({ redis: workersAt, policy, owner: "steps", engine, rowsPerJob });
  const here = slicedGenerator({ generator: policy, rowsPerJob });
  let isRemote = false;
  const generator: Generator = {
    drawsAsPolicy: true,
    generate: (...given) => (isRemote ? one : here).generate(...given),
    metrics: () => (isRemote ? one.metrics() : {}),
  };
  const { trainer, stepping } = await openTrainer(policy, { generator, steps: 2 * (pairs + 1) });
  const seen: Seen[] = [];
  const step = (remote: boolean) => async () => {
    isRemote = remote;
    const { value } = await stepping.next();
    const [worker] = remote ? await listWorkers(workersAt) : [];
    seen.push({ isRemote, metrics: value!.metrics, loadSeconds: worker?.loadSeconds ?? 0 });
    return value!.metrics["time/total"]!;
  };
  try {
    const measured = await measurePairs([step(true), step(false)], pairs);
    const counted = seen.slice(2);
    const overheads = Array.from({ length: pairs }, (_, pair) => {
      const [first, second] = counted.slice(2 * pair, 2 * pair + 2) as [Seen, Seen];
      const [there, here] = first.isRemote ? [first, second] : [second, first];
      return (there.metrics["time/generate"]! - here.metrics["time/generate"]!) / here.metrics["time/total"]!;
    });
    const medianOf = (remote: boolean, name: string) =>
      median(counted.flatMap((one) => (one.isRemote === remote ? [one.metrics[name]!] : [])));
    return {
      what: `PPO, LoRA 8, ${work.rows} rows of ${work.tokensPerRow} tokens, ${work.epochs} epoch`,
      ...work,
      pairs: measured,
      overheads,
      workerGenerateSeconds: medianOf(true, "time/generate"),
      generateSeconds: medianOf(false, "time/generate"),
      scoreSeconds: medianOf(false, "time/score"),
      trainSeconds: medianOf(false, "time/train"),
      publishSeconds: medianOf(true, "time/publish"),
      publishedBytes: medianOf(true, "workers/published_bytes"),
      loadSeconds: median(counted.flatMap((one) => (one.isRemote ? [one.loadSeconds] : []))),
    };
  } finally {
    trainer.dispose();
    await one.dispose();
  }
}

/** The second of two steps that train all weights, without workers. */
export async function allWeightsTrainSeconds(policy: CausalPolicy): Promise<number> {
  const { trainer, stepping } = await openTrainer(policy, { steps: 2 });
  try {
    await stepping.next();
    const { value } = await stepping.next();
    return value!.metrics["time/train"]!;
  } finally {
    trainer.dispose();
  }
}

async function openTrainer(policy: CausalPolicy, { steps, generator }: { readonly steps: number; readonly generator?: Generator }) {
  const trainer = await PPOTrainer.create({
    policy,
    ...(generator && { generator }),
    rewardModel: async ({ responses }) => Float32Array.from(responses, (_, row) => row % 2),
    batchSize: work.rows,
    minNewTokens: work.tokensPerRow,
    maxNewTokens: work.tokensPerRow,
    epochs: work.epochs,
    steps,
  });
  return { trainer, stepping: trainer.steps(Array.from({ length: work.rows }, (_, row) => randomPrompt(policy, row))) };
}
