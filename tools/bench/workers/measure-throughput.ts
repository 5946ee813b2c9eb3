import { DistributedRollouts } from "@cai/distributed";
import type { CausalPolicy } from "@cai/policy";
import type { Throughput } from "./measured-costs.ts";
import { measurePairs, secondsOf } from "./pairs.ts";
import { randomPrompts } from "./random-prompts.ts";
import { startWorkers } from "./worker-processes.ts";

/** A learner's rollouts with one worker, and with two: each in a database of its own of one Redis, so that an idle worker takes no job of the others. */
export interface OneAndTwo {
  readonly one: DistributedRollouts;
  readonly two: DistributedRollouts;
  readonly databases: readonly [one: string, two: string];
  stop(): Promise<void>;
}

export async function startOneAndTwo({
  redis,
  database,
  policy,
  source,
  engine,
  rowsPerJob,
}: {
  readonly redis: string;
  /** The first of two. */
  readonly database: number;
  readonly policy: CausalPolicy;
  /** What the policy was loaded from. */
  readonly source: string;
  readonly engine: string;
  readonly rowsPerJob: number;
}): Promise<OneAndTwo> {
  const databases = [`${redis}/${database}`, `${redis}/${database + 1}`] as const;
  const flags = ["--policy", source];
  const workers = await Promise.all(databases.map((url, index) => startWorkers(index + 1, { redis: url, flags })));
  const learn = (url: string) => DistributedRollouts.create({ redis: url, policy, owner: "bench", engine, rowsPerJob });
  const [one, two] = [await learn(databases[0]), await learn(databases[1])];
  return {
    one,
    two,
    databases,
    async stop() {
      await Promise.all([one.dispose(), two.dispose()]);
      await Promise.all(workers.map((each) => each.stop()));
    },
  };
}

/** Rollouts of equal lengths, drawn by one worker and by two in turns. */
export async function measureThroughput(
  { one, two }: OneAndTwo,
  policy: CausalPolicy,
  { pairs, ...work }: Omit<Throughput, "pairs" | "machineShare"> & { readonly pairs: number },
): Promise<Omit<Throughput, "machineShare">> {
  const { rows, tokensPerRow: length } = work;
  let step = 0;
  const draw = (rollouts: DistributedRollouts) => () => {
    const draws = { seed: 1, stream: "rollout", step: ++step };
    return secondsOf(() => rollouts.generate(randomPrompts(policy, rows), { draws, maxNewTokens: length, minNewTokens: length }));
  };
  return { ...work, pairs: await measurePairs([draw(one), draw(two)], pairs) };
}
