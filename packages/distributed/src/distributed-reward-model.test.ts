import type { RewardModel, ScoreRequest } from "@cai/contracts";
import { type RedisServer, startRedis, whyNoRedis } from "@cai/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { DistributedRewardModel, type DistributedRewardOptions } from "./distributed-reward-model.ts";
import { startScoreWorker } from "./score-worker.ts";

const request: ScoreRequest = {
  prompts: ["a", "b", "c"],
  responses: ["one", "three", ""],
  promptIds: [Int32Array.of(1), Int32Array.of(2), Int32Array.of(3)],
  responseIds: [Int32Array.of(4, 5), Int32Array.of(6), Int32Array.of()],
  columns: { expected: ["one", undefined, "x"] },
};
const plain: RewardModel = { score: async ({ responses }) => Float32Array.from(responses, ({ length }) => length / 10) };

describe.skipIf(whyNoRedis)(`with a Redis${whyNoRedis ? ` (${whyNoRedis})` : ""}`, () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  async function work(rewardModel: RewardModel, reward: string): Promise<void> {
    const worker = await startScoreWorker({ redis: server.url, rewardModel, reward });
    onTestFinished(() => worker.stop());
  }

  async function learn(reward: string, options: Partial<DistributedRewardOptions> = {}): Promise<DistributedRewardModel> {
    const model = await DistributedRewardModel.create({ redis: server.url, owner: reward, reward, rowsPerJob: 2, ...options });
    onTestFinished(() => model.dispose());
    return model;
  }

  test("workers score slices of the rows, and the scores come back in the rows' order", async () => {
    await Promise.all([work(plain, "length"), work(plain, "length")]);
    const model = await learn("length");
    expect(await model.score(request)).toEqual(await plain.score(request));
  });

  test("parts that the reward names come back by their names, and it sees ids and columns", async () => {
    const exact = (given: ScoreRequest) => given.responses.map((text, row) => Number(text === given.columns?.expected?.[row]));
    const scoreParts = async (given: ScoreRequest) => {
      const parts = { exact: Float32Array.from(exact(given)), ids: Float32Array.from(given.responseIds, ({ length }) => length) };
      return { scores: Float32Array.from(exact(given), (one, row) => one + given.responseIds[row]!.length), parts };
    };
    await work({ score: async (given) => (await scoreParts(given)).scores, scoreParts }, "exact");
    expect(await (await learn("exact")).scoreParts(request)).toEqual({
      scores: Float32Array.of(3, 1, 0),
      parts: { exact: Float32Array.of(1, 0, 0), ids: Float32Array.of(2, 1, 0) },
    });
  });

  test("parts that have a name for some rows and none for others are refused", async () => {
    const scoreParts = async ({ responses }: ScoreRequest) => {
      const scores = Float32Array.from(responses, ({ length }) => length);
      return { scores, parts: responses.includes("one") ? { long: scores } : {} };
    };
    await work({ score: async (given) => (await scoreParts(given)).scores, scoreParts }, "uneven");
    await expect((await learn("uneven")).scoreParts(request)).rejects.toMatchObject({ code: "invalid-scores" });
  });

  test("a worker with another reward never scores, and a reward that fails is told", async () => {
    await work(plain, "other");
    await expect((await learn("wanted", { patienceSeconds: 1 })).score(request)).rejects.toMatchObject({ code: "no-worker" });
    await work({ score: () => Promise.reject(new Error("out of order")) }, "broken");
    await expect((await learn("broken", { tries: 1 })).score(request)).rejects.toThrow(/failed at each of its 1 tries: out of order/);
  });
});
