import { readFileSync } from "node:fs";
import { join } from "node:path";
import { prepareBackend } from "@cai/backend";
import { addLora, type CausalPolicy, loadPolicy } from "@cai/policy";
import { tinyGpt2 } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { dpoLossTypes } from "./dpo-loss.ts";
import { DPOTrainer, type DPOTrainerOptions } from "./dpo-trainer.ts";
import { freshRunFolder, heldOutPairs, tinyPairs } from "./tiny-pairs.fixture.ts";

beforeAll(() => prepareBackend());

const adapted = async (): Promise<CausalPolicy> => {
  const base = await loadPolicy(tinyGpt2);
  const policy = addLora(base, { rank: 2 });
  base.dispose();
  return policy;
};

async function tinyTrainer(options: Partial<DPOTrainerOptions> = {}): Promise<DPOTrainer> {
  const policy = options.policy ?? (await loadPolicy(tinyGpt2));
  return DPOTrainer.create({ policy, batchSize: 3, learningRate: 1e-3, ...options });
}

const disposed = (trainer: DPOTrainer) => {
  trainer.dispose();
  trainer.policy.dispose();
};

test("before the first update every lead is 0: log 2, no reward, and the log-probabilities are the reference's", async () => {
  for (const policy of [await loadPolicy(tinyGpt2), await adapted()]) {
    const trainer = await tinyTrainer({ policy });
    const report = await trainer.trainStep(tinyPairs.slice(0, 3));
    expect(report.loss).toBeCloseTo(Math.log(2), 5);
    expect(report.metrics["rewards/chosen"]).toBeCloseTo(0, 5);
    expect(report.metrics["rewards/margins"]).toBeCloseTo(0, 5);
    expect(report.metrics["logps/chosen"]).toBeLessThan(-5);
    expect(report.metrics.grad_norm).toBeGreaterThan(0);
    expect(report.metrics.lr).toBe(1e-3);
    expect(Object.values(report.metrics).every(Number.isFinite)).toBe(true);
    expect(report.samples.map(({ prompt }) => prompt)).toEqual(["Hello", "Hello", "The cat", "The cat"]);
    disposed(trainer);
  }
});

test("the log-probability of an answer is that of its tokens and of the end of text", async () => {
  const trainer = await tinyTrainer({ learningRate: 1e-12 });
  const pair = { prompt: "Hello", chosen: " a", rejected: " our" };
  const { metrics, tokens } = await trainer.trainStep([pair]);
  const ids = Int32Array.from([...trainer.policy.tokenizer.encode("Hello a"), 0]);
  const prompt = trainer.policy.tokenizer.encode("Hello");
  const rest = ids.subarray(prompt.length);
  const batch = {
    prompts: { ids: prompt, mask: new Uint8Array(prompt.length).fill(1), shape: [1, prompt.length] as const },
    responses: { ids: rest, mask: new Uint8Array(rest.length).fill(1), shape: [1, rest.length] as const },
  };
  const logprob = trainer.reference.logprobs(batch, { temperature: 1 }).sum().arraySync();
  expect(metrics["logps/chosen"]).toBeCloseTo(logprob as number, 3);
  expect(tokens).toBe(rest.length + trainer.policy.tokenizer.encode("Hello our").length - prompt.length + 1);
  disposed(trainer);
});

test.each(dpoLossTypes)("%s learns the pairs", async (lossType) => {
  const trainer = await tinyTrainer({ lossType, epochs: 6, learningRate: 3e-3, labelSmoothing: lossType === "robust" ? 0.1 : 0 });
  const before = await trainer.evaluate(tinyPairs);
  expect(before.margin).toBeCloseTo(0, 5);
  await trainer.train(tinyPairs);
  expect(trainer.step).toBe((6 * tinyPairs.length) / 3);
  const after = await trainer.evaluate(tinyPairs);
  expect(after.loss).toBeLessThan(before.loss);
  expect(after.accuracy).toBe(1);
  expect(after.metrics).toMatchObject({ "eval/loss": after.loss, "eval/rewards/accuracies": 1, "eval/rewards/margins": after.margin });
  disposed(trainer);
});

test("passes of any size lead to the same first update", async () => {
  const norms = [];
  for (const microbatchSize of [0, 1, 2]) {
    const trainer = await tinyTrainer({ batchSize: 4, microbatchSize, lossType: "sigmoid_norm" });
    norms.push((await trainer.trainStep(tinyPairs.slice(0, 4))).metrics.grad_norm!);
    disposed(trainer);
  }
  expect(norms[1]! / norms[0]!).toBeCloseTo(1, 4);
  expect(norms[2]! / norms[0]!).toBeCloseTo(1, 4);
});

describe.each(["all weights", "an adapter"])("with %s", (kind) => {
  const policyOf = () => (kind === "an adapter" ? adapted() : loadPolicy(tinyGpt2));
  const file = kind === "an adapter" ? "adapter_model.safetensors" : "model.safetensors";

  test("interrupted and taken up again, it ends with the same bytes", async () => {
    const [whole, cut] = [await freshRunFolder(), await freshRunFolder()];
    const run = async (out: string, resume: boolean, stopAfter = Number.POSITIVE_INFINITY) => {
      const trainer = await tinyTrainer({ policy: await policyOf(), microbatchSize: 1, steps: 6, checkpointEvery: 2, evaluateEvery: 3 });
      for await (const { step } of trainer.steps(tinyPairs, { out, resume, evaluationData: heldOutPairs })) if (step === stopAfter) break;
      disposed(trainer);
    };
    await run(whole, false);
    await run(cut, false, 3);
    await run(cut, true);
    const bytes = (out: string) => readFileSync(join(out, "final", file));
    expect(bytes(cut).equals(bytes(whole))).toBe(true);
    const losses = (out: string) => readFileSync(join(out, "metrics.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line)["rewards/margins"]); // biome-ignore format: a line
    expect(losses(cut)).toEqual(losses(whole));
  });

  test("leaves no tensor behind", async () => {
    const policy = await policyOf();
    const before = tf.memory().numTensors;
    const trainer = await tinyTrainer({ policy, microbatchSize: 1 });
    await trainer.trainStep(tinyPairs.slice(0, 3));
    const after = tf.memory().numTensors;
    await trainer.trainStep(tinyPairs.slice(3, 6));
    await trainer.evaluate(heldOutPairs);
    expect(tf.memory().numTensors).toBe(after);
    trainer.dispose();
    expect(tf.memory().numTensors).toBe(before);
    policy.dispose();
  });
});

test("a run on other pairs, or with another label, is not gone on with", async () => {
  const out = await freshRunFolder();
  const run = async (pairs: typeof tinyPairs, resume: boolean) => {
    const trainer = await tinyTrainer({ steps: 1 });
    await trainer.train(pairs, { out, resume }).finally(() => disposed(trainer));
  };
  await run(tinyPairs, false);
  await expect(run([{ ...tinyPairs[0]!, probability: 0.5 }, ...tinyPairs.slice(1)], true)).rejects.toThrow("on other data");
});

test("an abort ends a step before anything has changed", async () => {
  const trainer = await tinyTrainer();
  await expect(trainer.trainStep(tinyPairs.slice(0, 3), { signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
  expect(trainer.step).toBe(0);
  disposed(trainer);
});

test("what it can't take is refused by name", async () => {
  await expect(DPOTrainer.create({} as DPOTrainerOptions)).rejects.toThrow("policy is missing; expected a policy that can be trained");
  await expect(tinyTrainer({ lossTyp: "ipo" } as Partial<DPOTrainerOptions>)).rejects.toThrow("did you mean lossType?");
  await expect(tinyTrainer({ beta: 0 })).rejects.toThrow("beta is 0; expected more than 0");
  await expect(tinyTrainer({ lossType: "ipo", labelSmoothing: 0.1 })).rejects.toThrow("ipo has no labelSmoothing");
  await expect(tinyTrainer({ batchSize: 3, microbatchSize: 2 })).rejects.toThrow("not a multiple of microbatchSize 2");
  const trainer = await tinyTrainer();
  await expect(trainer.train([])).rejects.toThrow("the data are empty");
  await expect(trainer.train([tinyPairs[0]!, { prompt: "a", chosen: "b" } as never])).rejects.toThrow(/row 2 of 2: chosen and rejected/);
  disposed(trainer);
});
