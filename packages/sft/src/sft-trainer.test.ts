import { prepareBackend } from "@cai/backend";
import { loadPolicy } from "@cai/policy";
import { completionBatch } from "@cai/rollouts";
import { tinyGpt2 } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import type { SftExample } from "./encode-example.ts";
import { disposeTrainer, tinyExamples, tinyTrainer } from "./tiny-run.fixture.ts";

beforeAll(() => prepareBackend());

/** Tokens that the tiny model's vocabulary has. */
const row = (promptIds: number[], completionIds: number[]) => ({
  promptIds: Int32Array.from(promptIds),
  completionIds: Int32Array.from(completionIds),
});

/** What a step on fresh weights gives: its metrics, and the loss on the same examples after it. */
async function oneStep(examples: readonly SftExample[], options: Parameters<typeof tinyTrainer>[0] = {}) {
  const trainer = await tinyTrainer(options);
  try {
    const { metrics } = await trainer.trainStep(examples);
    return { ...metrics, after: (await trainer.evaluate(examples)).loss } as Record<string, number>;
  } finally {
    disposeTrainer(trainer);
  }
}

describe("a step", () => {
  test("its loss is the mean of −log p over the completions' tokens, each counted alike", async () => {
    const rows = [row([5, 6], [7, 8, 9]), row([10], [11])];
    const policy = await loadPolicy(tinyGpt2);
    const batch = completionBatch(rows);
    const logprobs = tf.tidy(() => policy.tokenLogprobs(policy.hiddenStates(batch), batch.responses, { temperature: 1 }).logprobs);
    const [a, b, c, d] = await logprobs.data();
    tf.dispose(logprobs);
    policy.dispose();
    const { loss, num_tokens, lr } = await oneStep(rows);
    expect(loss).toBeCloseTo(-(a! + b! + c! + d!) / 4, 5);
    expect([num_tokens, lr]).toEqual([7, 1e-3]);
  });

  test("the prompt is learned too where it is to be", async () => {
    const whole = await oneStep([row([5], [6, 7, 8])]);
    const parted = [row([5, 6], [7, 8])];
    expect((await oneStep(parted, { completionOnlyLoss: false })).loss).toBe(whole.loss);
    expect((await oneStep(parted)).loss).not.toBe(whole.loss);
  });

  // Gradients add up in another order: a sum of float32 numbers of size 1, over a few terms.
  test("a few examples at a time lead to the same update as all at once", async () => {
    const [whole, parts] = [await oneStep(tinyExamples), await oneStep(tinyExamples, { microbatchSize: 1 })];
    for (const name of ["loss", "entropy", "grad_norm", "after"]) expect(parts[name], name).toBeCloseTo(whole[name]!, 4);
  });

  test("packed examples don't see each other: their loss is that of examples which stand alone", async () => {
    const [alone, packed] = [await oneStep(tinyExamples), await oneStep(tinyExamples, { packing: true, maxLength: 32 })];
    for (const name of ["loss", "entropy", "grad_norm", "num_tokens"]) expect(packed[name], name).toBeCloseTo(alone[name]!, 4);
  });

  test("what follows the last token that counts changes nothing", async () => {
    const short = [{ ...row([5], [6, 7]) }];
    const trainer = await tinyTrainer({ maxLength: 3 });
    const long = await trainer.evaluate([row([5], [6, 7, 8, 9])]);
    expect(long.loss).toBe((await trainer.evaluate(short)).loss);
    disposeTrainer(trainer);
  });

  test("a layer that is frozen stays as it is", async () => {
    const trainer = await tinyTrainer({ frozenLayers: 1 });
    const parameters = [...trainer.parts.policy.parameters.values()];
    const before = await Promise.all(parameters.map(({ value }) => value.data()));
    await trainer.trainStep(tinyExamples);
    const after = await Promise.all(parameters.map(({ value }) => value.data()));
    const changed = parameters.filter((_, index) => before[index]!.join() !== after[index]!.join());
    expect(changed.map(({ layer }) => layer)).toContain(1);
    expect(changed.filter(({ layer }) => layer < 1)).toEqual([]);
    disposeTrainer(trainer);
  });

  test("leaves no tensor behind", async () => {
    const before = tf.memory().numTensors;
    const trainer = await tinyTrainer({ microbatchSize: 2 });
    await trainer.trainStep(tinyExamples);
    const after = tf.memory().numTensors;
    await trainer.trainStep(tinyExamples);
    await trainer.evaluate(tinyExamples);
    expect(tf.memory().numTensors).toBe(after);
    disposeTrainer(trainer);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("that is aborted, or whose loss is not finite, changes nothing", async () => {
    const trainer = await tinyTrainer();
    const tensors = tf.memory().numTensors;
    const before = await trainer.evaluate(tinyExamples);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(trainer.trainStep(tinyExamples, { signal })).rejects.toThrow("enough");
    expect(await trainer.evaluate(tinyExamples)).toEqual(before);

    const weight = [...trainer.parts.policy.parameters.values()].at(-1)!;
    weight.assign(tf.fill([...weight.shape], Number.NaN));
    await expect(trainer.trainStep(tinyExamples)).rejects.toMatchObject({
      code: "non-finite",
      message: expect.stringContaining("step 1: the loss is NaN"),
    });
    expect(trainer.step).toBe(0);
    expect(tf.memory().numTensors).toBe(tensors);
    disposeTrainer(trainer);
  });
});

describe("an evaluation", () => {
  test("goes over all tokens that count, however many examples a pass takes; the perplexity is exp(loss)", async () => {
    const results = [];
    for (const batchSize of [1, 4]) {
      const trainer = await tinyTrainer({ batchSize });
      results.push(await trainer.evaluate(tinyExamples));
      disposeTrainer(trainer);
    }
    const [one, several] = results;
    expect(one!.tokens).toBe(several!.tokens);
    expect(one!.loss).toBeCloseTo(several!.loss, 5);
    expect(one).toMatchObject({
      step: 0,
      perplexity: Math.exp(one!.loss),
      metrics: { "eval/loss": one!.loss, "eval/perplexity": one!.perplexity },
    });
  });

  test("is what the next step's loss is, before the update", async () => {
    const trainer = await tinyTrainer();
    const { loss, metrics } = await trainer.evaluate(tinyExamples);
    const step = await trainer.trainStep(tinyExamples);
    expect(step.loss).toBeCloseTo(loss, 5);
    expect(step.metrics.entropy).toBeCloseTo(metrics["eval/entropy"]!, 5);
    disposeTrainer(trainer);
  });
});

test("examples are learned by heart: the loss on them falls below a tenth", async () => {
  const trainer = await tinyTrainer({ learningRate: 1e-2, epochs: 40, schedule: "constant" });
  const before = await trainer.evaluate(tinyExamples);
  const { steps } = await trainer.train(tinyExamples);
  const after = await trainer.evaluate(tinyExamples);
  expect(steps).toHaveLength((6 * 40) / 4);
  expect(after.loss).toBeLessThan(before.loss / 10);
  disposeTrainer(trainer);
});
