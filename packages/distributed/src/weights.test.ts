import { prepareBackend } from "@cai/backend";
import { type CausalPolicy, loadPolicy } from "@cai/policy";
import { type RedisServer, startRedis, temporaryFolder, tinyGpt2, tinyLlama, whyNoRedis } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { Redis } from "ioredis";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { FolderWeightStore } from "./folder-weight-store.ts";
import { RedisWeightStore } from "./redis-weight-store.ts";
import { WeightPublisher } from "./weight-publisher.ts";
import type { WeightStore } from "./weight-store.ts";
import { WorkerWeights } from "./worker-weights.ts";

const run = "0123456789abcdef";

beforeAll(() => prepareBackend());

async function load(folder = tinyGpt2): Promise<CausalPolicy> {
  const policy = await loadPolicy(folder);
  onTestFinished(() => policy.dispose());
  return policy;
}

const numbersOf = (policy: CausalPolicy) => [...policy.parameters.values()].map(({ value }) => value.dataSync());

function nudge(policy: CausalPolicy, by: number): void {
  const parameter = [...policy.parameters.values()][0]!;
  parameter.assign(tf.tidy(() => tf.add(parameter.value, by)));
}

const stores: readonly [name: string, missing: string | undefined, open: () => Promise<WeightStore>][] = [
  ["a folder", undefined, async () => new FolderWeightStore(await temporaryFolder())],
  ["Redis", whyNoRedis, openRedis],
];

async function openRedis(): Promise<WeightStore> {
  const server: RedisServer = await startRedis();
  const redis = new Redis(server.url);
  onTestFinished(async () => {
    redis.disconnect();
    await server.stop();
  });
  return new RedisWeightStore(redis);
}

describe.each(stores)("in %s", (_, missing, open) => {
  test.skipIf(missing)(
    `a worker has the learner's weights, bit by bit, and two versions are kept${missing ? ` (${missing})` : ""}`,
    async () => {
      const [learner, own, store] = [await load(), await load(), await open()];
      const publisher = new WeightPublisher({ policy: learner, store, run });
      const weights = new WorkerWeights(own, store);
      const versions: string[] = [];
      for (let step = 0; step < 3; step++) {
        nudge(learner, 0.5);
        const { version } = await publisher.publish();
        versions.push(version);
        expect(numbersOf(await weights.load(run, version))).toEqual(numbersOf(learner));
      }
      await expect(weights.load(run, versions[0]!)).rejects.toMatchObject({ code: "missing-weights" });
      await weights.load(run, versions[1]!);
      nudge(learner, -0.5);
      expect(numbersOf(own)).not.toEqual(numbersOf(await load())); // version 1 has two nudges
      await store.removeRun(run);
      await expect(weights.load(run, versions[2]!)).rejects.toMatchObject({ code: "missing-weights" });
    },
  );

  test.skipIf(missing)(
    `weights that were changed on the way are refused, and so are those of another model${missing ? ` (${missing})` : ""}`,
    async () => {
      const [learner, store] = [await load(), await open()];
      const { version } = await new WeightPublisher({ policy: learner, store, run }).publish();
      await expect(new WorkerWeights(await load(tinyLlama), store).load(run, version)).rejects.toMatchObject({ code: "other-weights" });
      const readPiece = store.readPiece.bind(store);
      store.readPiece = async (...given) => {
        const bytes = Buffer.from((await readPiece(...given))!);
        bytes[0]! ^= 1;
        return bytes;
      };
      await expect(new WorkerWeights(await load(), store).load(run, version)).rejects.toThrow(/other bytes than its name says/);
      store.readManifest = async () => '{"lora":null,"pieces":[]}';
      await expect(new WorkerWeights(await load(), store).load(run, version)).rejects.toThrow(/other bytes than its name says/);
    },
  );
});
