import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { CausalPolicy } from "@cai/policy";
import * as tf from "@tensorflow/tfjs-core";
import { connect } from "../../../packages/distributed/src/connect.ts";
import { FolderWeightStore } from "../../../packages/distributed/src/folder-weight-store.ts";
import { RedisWeightStore } from "../../../packages/distributed/src/redis-weight-store.ts";
import { WeightPublisher } from "../../../packages/distributed/src/weight-publisher.ts";
import type { WeightStore } from "../../../packages/distributed/src/weight-store.ts";
import { WorkerWeights } from "../../../packages/distributed/src/worker-weights.ts";
import { median } from "../median.mjs";
import type { MeasuredCosts } from "./measured-costs.ts";
import { secondsOf } from "./pairs.ts";

const run = "0123456789abcdef";
const repeats = 2;

/** Publishing after every weight changed, and loading, of all weights and of an adapter. The policies end with other weights. */
export async function measureWeights({
  redis: url,
  folder,
  full,
  adapted,
}: {
  readonly redis: string;
  readonly folder: string;
  readonly full: CausalPolicy;
  readonly adapted: CausalPolicy;
}): Promise<MeasuredCosts["weights"]> {
  const redis = await connect(url);
  const inRedis = new RedisWeightStore(redis);
  const inFolder = new FolderWeightStore(join(folder, "weights"));
  try {
    const memoryOnly = {
      "LoRA, redis": await throughStore(inRedis, adapted),
      "LoRA, folder": await throughStore(inFolder, adapted),
      "full, redis": await throughStore(inRedis, full),
      "full, folder": await throughStore(inFolder, full),
    };
    await redis.config("SET", "appendonly", "yes");
    await redis.config("SET", "appendfsync", "everysec");
    const toDisk = await throughStore(inRedis, full);
    await redis.config("SET", "appendonly", "no");
    return { ...memoryOnly, "full, redis that writes to disk": toDisk };
  } finally {
    redis.disconnect();
  }
}

/** The first publication is warm-up: it drops no version. */
async function throughStore(store: WeightStore, policy: CausalPolicy): Promise<MeasuredCosts["weights"]["full, redis"]> {
  const publisher = new WeightPublisher({ policy, store, run });
  const [published, loaded]: [number[], number[]] = [[], []];
  let bytes = 0;
  for (let repeat = 0; repeat < 2 + repeats; repeat++) {
    changeAll(policy);
    const publication = await publisher.publish();
    bytes = publication.bytes;
    const worker = new WorkerWeights(policy, store); // holds nothing yet: it reads all
    const seconds = await secondsOf(() => worker.load(run, publication.version));
    if (repeat < 2) continue;
    published.push(publication.seconds);
    loaded.push(seconds);
  }
  await store.removeRun(run);
  return { bytes, pieces: policy.parameters.size, publishSeconds: median(published), loadSeconds: median(loaded) };
}

export function changeAll(policy: CausalPolicy): void {
  for (const parameter of policy.parameters.values())
    parameter.assign(
      tf.tidy(() => tf.add(parameter.value, tf.randomUniform([...parameter.shape], 0, 1e-5, "float32", parameter.value.id))),
    );
}

/** What Redis hands out in chunks as the weights' own, to two readers in C. */
export async function redisBytesPerSecond(url: string): Promise<number> {
  const chunk = 8 * 2 ** 20;
  const { port } = new URL(url);
  const flags = ["-p", port, "-t", "set,get", "-d", `${chunk}`, "-n", "200", "-c", "2", "--csv"];
  const { stdout } = await promisify(execFile)("redis-benchmark", flags);
  const requests = /^"GET","([\d.]+)"/m.exec(stdout)?.[1];
  if (requests === undefined) throw new Error(`redis-benchmark told no GETs a second:\n${stdout}`);
  return Number(requests) * chunk;
}
