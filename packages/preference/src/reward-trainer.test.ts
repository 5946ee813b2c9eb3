import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { prepareBackend } from "@cai/backend";
import { addLora, type CausalPolicy, createPolicy, loadPolicy } from "@cai/policy";
import { OnnxRewardModel } from "@cai/reward-model";
import { tinyGpt2 } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { RewardTrainer, type RewardTrainerOptions } from "./reward-trainer.ts";
import { freshRunFolder, heldOutPairs, tinyPairs } from "./tiny-pairs.fixture.ts";

beforeAll(() => prepareBackend());

const adapted = async (): Promise<CausalPolicy> => {
  const base = await loadPolicy(tinyGpt2);
  const policy = addLora(base, { rank: 2 });
  base.dispose();
  return policy;
};
const untied = async (): Promise<CausalPolicy> => {
  const { parts } = await loadPolicy(tinyGpt2);
  return createPolicy({ config: { ...parts.config, tie_word_embeddings: false }, seed: 3, tokenizer: parts.tokenizer });
};

async function tinyTrainer(options: Partial<RewardTrainerOptions> = {}): Promise<RewardTrainer> {
  const policy = options.policy ?? (await loadPolicy(tinyGpt2));
  return RewardTrainer.create({ policy, batchSize: 3, learningRate: 3e-3, ...options });
}

const disposed = (trainer: RewardTrainer) => {
  trainer.dispose();
  trainer.policy.dispose();
};

test("a step tells TRL's metrics: those of the scores before its update", async () => {
  const trainer = await tinyTrainer({ centerRewardsCoefficient: 0.01 });
  const { metrics, samples, tokens } = await trainer.trainStep(tinyPairs.slice(0, 3));
  expect(metrics.loss).toBeCloseTo(Math.log(2), 0); // the head's numbers are small
  for (const name of ["accuracy", "margin", "mean_reward", "min_reward", "max_reward", "grad_norm", "lr", "tokens_per_second"])
    expect(metrics[name], name).toEqual(expect.any(Number));
  expect(Object.values(metrics).every(Number.isFinite)).toBe(true);
  expect(metrics.min_reward!).toBeLessThan(metrics.max_reward!);
  expect(samples.map(({ prompt, response }) => prompt + response)).toEqual([
    "Hello a bear came",
    "Hello our fox you know",
    "The cat ate a hare",
    "The cat would",
  ]);
  expect(metrics.margin).not.toBe(0);
  expect(tokens).toBeGreaterThan(12);
  disposed(trainer);
});

test.each(["all weights", "an adapter", "an output matrix of its own"])("with %s it learns the pairs", async (kind) => {
  const policy = kind === "an adapter" ? await adapted() : kind === "all weights" ? await loadPolicy(tinyGpt2) : await untied();
  const trainer = await tinyTrainer({ policy, epochs: 15, learningRate: 1e-2 });
  const before = await trainer.evaluate(tinyPairs);
  await trainer.train(tinyPairs);
  const after = await trainer.evaluate(tinyPairs);
  expect(after.loss).toBeLessThan(before.loss);
  expect(after.accuracy).toBe(1);
  expect(after.metrics).toMatchObject({
    "eval/accuracy": 1,
    "eval/margin": after.margin,
    "eval/loss": after.loss,
    "eval/calibration_error": after.calibrationError,
  });
  expect(after.calibrationError).toBeLessThan(before.calibrationError);
  disposed(trainer);
});

test("passes of any size lead to the same first update", async () => {
  const norms = [];
  for (const microbatchSize of [0, 1, 2]) {
    const trainer = await tinyTrainer({ batchSize: 4, microbatchSize });
    norms.push((await trainer.trainStep(tinyPairs.slice(0, 4))).metrics.grad_norm!);
    disposed(trainer);
  }
  expect(norms[1]! / norms[0]!).toBeCloseTo(1, 4);
  expect(norms[2]! / norms[0]!).toBeCloseTo(1, 4);
});

test("the head starts from the seed", async () => {
  const marginWith = async (seed: number) => {
    const trainer = await tinyTrainer({ seed });
    const { margin } = await trainer.evaluate(heldOutPairs);
    disposed(trainer);
    return margin;
  };
  const [first, again, other] = [await marginWith(1), await marginWith(1), await marginWith(2)];
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});

describe.each(["all weights", "an adapter"])("with %s", (kind) => {
  const policyOf = () => (kind === "an adapter" ? adapted() : loadPolicy(tinyGpt2));

  test("interrupted and taken up again, it ends with the same bytes", async () => {
    const [whole, cut] = [await freshRunFolder(), await freshRunFolder()];
    const run = async (out: string, resume: boolean, stopAfter = Number.POSITIVE_INFINITY) => {
      const trainer = await tinyTrainer({ policy: await policyOf(), steps: 6, checkpointEvery: 2, evaluateEvery: 3 });
      for await (const { step } of trainer.steps(tinyPairs, { out, resume, evaluationData: heldOutPairs })) if (step === stopAfter) break;
      disposed(trainer);
    };
    await run(whole, false);
    await run(cut, false, 3);
    await run(cut, true);
    for (const file of ["model.safetensors", "model.onnx"]) {
      const bytes = (out: string) => readFileSync(join(out, "final", file));
      expect(bytes(cut).equals(bytes(whole)), file).toBe(true);
    }
  });

  test("leaves no tensor behind", async () => {
    const policy = await policyOf();
    const before = tf.memory().numTensors;
    const trainer = await tinyTrainer({ policy, microbatchSize: 1 });
    await trainer.trainStep(tinyPairs.slice(0, 3));
    const after = tf.memory().numTensors;
    await trainer.trainStep(tinyPairs.slice(3, 6));
    await trainer.evaluate(heldOutPairs);
    await trainer.save(await freshRunFolder());
    expect(tf.memory().numTensors).toBe(after);
    trainer.dispose();
    expect(tf.memory().numTensors).toBe(before);
    policy.dispose();
  });

  test("what is saved serves: the same texts have the same scores, in int8 nearly", async () => {
    const trainer = await tinyTrainer({ policy: await policyOf(), steps: 10, int8: true });
    await trainer.train(tinyPairs);
    const folder = await freshRunFolder();
    await trainer.save(folder);
    expect((await readdir(folder)).sort()).toEqual(["config.json", "model.onnx", "model.safetensors", "model_quantized.onnx", "tokenizer.json", "tokenizer_config.json"]); // biome-ignore format: a line
    const prompts = ["Hello", "The cat", "It is", "She"];
    const responses = [" a bear came", " would", "", " walks and walks and walks, and comes home late"];
    const request = { prompts, responses, promptIds: [], responseIds: [] };
    const wanted = await trainer.rewardModel.score(request);
    const spread = Math.max(...wanted) - Math.min(...wanted);
    expect(spread).toBeGreaterThan(0.1);
    const difference = async (options: { readonly file?: string; readonly paddingSide?: "left" | "right" }) => {
      const rewardModel = await OnnxRewardModel.load(folder, options);
      const scores = await rewardModel.score(request);
      await rewardModel.dispose();
      return Math.max(...scores.map((score, row) => Math.abs(score - wanted[row]!)));
    };
    // Float32 sums of two engines, in other orders.
    for (const options of [{}, { paddingSide: "left" }, { paddingSide: "right" }] as const)
      expect(await difference(options)).toBeLessThan(1e-4 * Math.max(1, ...wanted.map(Math.abs)));
    // Each product of 7 by 8 bits is off by about 1 % of its largest terms; two layers add up to a few.
    expect(await difference({ file: "model_quantized.onnx" })).toBeLessThan(0.1 * spread);
    disposed(trainer);
  });
});

test("texts that are longer than maxLength lose their beginning, in training and when the model serves", async () => {
  const trainer = await tinyTrainer({ maxLength: 6, steps: 1, epochs: 1 });
  const notices: string[] = [];
  await trainer.train(tinyPairs, { callbacks: { onNotice: (message) => notices.push(message) } });
  expect(notices.join()).toMatch(/\d+ of 14 texts lost their beginning: they have more than 6 tokens/);
  const folder = await freshRunFolder();
  await trainer.save(folder);
  const rewardModel = await OnnxRewardModel.load(folder);
  const long = "We went to see them all day and came home late";
  const request = { prompts: ["Then ", "Now "], responses: [long, long], promptIds: [], responseIds: [] };
  const [served, own] = [await rewardModel.score(request), await trainer.rewardModel.score(request)];
  // In its last bits a sum may depend on the row of a product that it stands in.
  expect(own[0]).toBeCloseTo(own[1]!, 5);
  expect(served[0]).toBe(served[1]);
  expect(served[0]).toBeCloseTo(own[0]!, 4);
  await rewardModel.dispose();
  disposed(trainer);
});

test("what it can't take is refused by name", async () => {
  await expect(RewardTrainer.create({} as RewardTrainerOptions)).rejects.toThrow(
    "policy is missing; expected a policy to make a reward model",
  );
  await expect(tinyTrainer({ beta: 1 } as Partial<RewardTrainerOptions>)).rejects.toThrow("unknown option beta");
  await expect(tinyTrainer({ centerRewardsCoefficient: -1 })).rejects.toThrow("centerRewardsCoefficient is -1; expected at least 0");
  const trainer = await tinyTrainer();
  await expect(trainer.train([{ prompt: "", chosen: "", rejected: "b" }])).rejects.toThrow(/row 1 of 1: row 0 has no tokens/);
  disposed(trainer);
});
