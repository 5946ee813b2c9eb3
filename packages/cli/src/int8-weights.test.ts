import { type PreparedBackend, prepareBackend } from "@cai/backend";
import { DistributedRollouts, startRolloutWorker } from "@cai/distributed";
import { type CausalPolicy, loadPolicy } from "@cai/policy";
import { int8Coding } from "@cai/rollout-onnx";
import { goldenModels, type RedisServer, startRedis, whyNoRedis } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { engineName, openGenerator } from "./open-generator.ts";
import { openCoding, openRolloutEngine } from "./rollout-engine.ts";

const sampling = { draws: { seed: 7, stream: "rollout", step: 1 }, maxNewTokens: 8, temperature: 1 };
const rollout = "onnx-int8";
const rowsPerJob = 2;

describe.skipIf(whyNoRedis)(`weights for workers that draw in int8${whyNoRedis ? ` (${whyNoRedis})` : ""}`, () => {
  let server: RedisServer;
  let backend: PreparedBackend;
  beforeAll(async () => {
    server = await startRedis();
    backend = await prepareBackend();
  });
  afterAll(() => server.stop());

  async function load(folder: string): Promise<CausalPolicy> {
    const policy = await loadPolicy(folder);
    onTestFinished(() => policy.dispose());
    return policy;
  }

  /** As `openGenerator` makes it for `cai train`. */
  async function open(policy: CausalPolicy, out: string, redis?: string) {
    const workers = redis === undefined ? undefined : ({ redis, roles: ["rollout"], weights: {} } as const);
    const generator = (await openGenerator(
      { rollout, rowsPerJob, workers, staleness: { staleness: 0, drawsOf: undefined }, out },
      policy,
      backend,
    ))!;
    onTestFinished(() => generator.dispose?.());
    return generator;
  }

  /** Each weight by another amount, so that no two are the same object in the store. */
  function stir(policy: CausalPolicy): void {
    let by = 0.01;
    for (const parameter of policy.parameters.values()) {
      by *= 1.1;
      parameter.assign(tf.tidy(() => tf.add(parameter.value, by)));
    }
  }

  test.each(goldenModels)("$name: one machine's bytes, for what integers and scales take", async ({ folder, batch: { prompts } }) => {
    const [policy, own] = [await load(folder), await load(folder)];
    const coding = int8Coding(policy);
    const here = await open(policy, "here");
    const there = await open(policy, "there", server.url);
    const worker = await startRolloutWorker({
      redis: server.url,
      policy: own,
      engine: engineName(rollout, backend),
      coding: await openCoding(rollout, own),
      generatorOf: async (of) => (await openRolloutEngine(rollout, of))!,
    });
    onTestFinished(() => worker.stop());
    const sizes = [...policy.parameters.values()].map(({ name, value: { size } }) => [coding.bytes(name) ?? 4 * size, 4 * size] as const);
    const [coded, whole] = [0, 1].map((column) => sizes.reduce((sum, row) => sum + row[column]!, 0)) as [number, number];
    expect(coded).toBeLessThan(0.4 * whole); // a fourth of the matrices; these models are small, and their norms and positions are not
    for (let update = 0; update < 2; update++) {
      stir(policy);
      expect(await there.generate(prompts, sampling)).toEqual(await here.generate(prompts, sampling));
      expect(there.metrics!()["workers/published_bytes"]).toBe(coded * (update + 1)); // of the step so far
    }
  });

  test("a worker fed in float32 draws the same, at four times the bytes", async () => {
    const { folder, batch } = goldenModels[0]!;
    const { prompts } = batch;
    const [policy, own] = [await load(folder), await load(folder)];
    stir(policy);
    const engine = engineName(rollout, backend);
    const there = await DistributedRollouts.create({ redis: server.url, policy, owner: "float32", engine, rowsPerJob });
    onTestFinished(() => there.dispose());
    const generatorOf = async (of: CausalPolicy) => (await openRolloutEngine(rollout, of))!;
    const worker = await startRolloutWorker({ redis: server.url, policy: own, engine, generatorOf });
    onTestFinished(() => worker.stop());
    expect(await there.generate(prompts, sampling)).toEqual(await (await open(policy, "here")).generate(prompts, sampling));
    expect(there.metrics()["workers/published_bytes"]).toBe(
      [...policy.parameters.values()].reduce((sum, { value }) => sum + 4 * value.size, 0),
    );
  });
});

test("only the engine that reads no weight but rounded gets it rounded: int8 reads prompts in float32", async () => {
  const policy = await loadPolicy(goldenModels[0]!.folder);
  onTestFinished(() => policy.dispose());
  for (const engine of ["policy", "int8", "onnx"] as const) expect(await openCoding(engine, policy)).toBeUndefined();
  expect(await openCoding("onnx-int8", policy)).toMatchObject({ type: "int8" });
});
