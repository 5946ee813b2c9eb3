import { readFileSync } from "node:fs";
import { join } from "node:path";
import { prepareBackend } from "@cai/backend";
import { loadPolicy } from "@cai/policy";
import { separateValueModel, ValueHead } from "@cai/value-head";
import { beforeAll, describe, expect, test } from "vitest";
import type { PPOTrainerOptions } from "./ppo-parts.ts";
import type { PPOTrainer } from "./ppo-trainer.ts";
import { disposeTrainer, freshRunFolder, tinyModel, tinyPrompts, tinyTrainer } from "./tiny-run.fixture.ts";

beforeAll(() => prepareBackend());

async function withTrainer<Result>(options: Partial<PPOTrainerOptions>, use: (trainer: PPOTrainer) => Result | Promise<Result>) {
  const trainer = await tinyTrainer(options);
  try {
    return await use(trainer);
  } finally {
    disposeTrainer(trainer);
  }
}

describe("λ of policy and value model", () => {
  // Two rows, of three tokens and of one; V is ½ everywhere. δ = [0, 0, ½], and ½.
  const inputs = {
    rewards: Float32Array.of(0, 0, 1, 1, 0, 0),
    values: new Float32Array(6).fill(0.5),
    mask: Uint8Array.of(1, 1, 1, 1, 0, 0),
    shape: [2, 3],
  } as const;

  test("are one: advantages and returns differ by the values", () =>
    withTrainer({ gamma: 1, lambda: 0.5 }, (trainer) => {
      const { advantages, returns } = trainer.computeGae(inputs);
      expect([...advantages]).toEqual([0.125, 0.25, 0.5, 0.5, 0, 0]);
      expect([...returns]).toEqual([0.625, 0.75, 1, 1, 0, 0]);
    }));

  test("are two: the returns of λ 1 are the rewards to come, the advantages stay those of the policy's λ", () =>
    withTrainer({ gamma: 1, lambda: 0.5, valueLambda: 1 }, (trainer) => {
      const { advantages, returns } = trainer.computeGae(inputs);
      expect([...advantages]).toEqual([0.125, 0.25, 0.5, 0.5, 0, 0]);
      expect([...returns]).toEqual([1, 1, 1, 1, 0, 0]);
    }));

  test("the policy's grows with the response: 1 − 1/(α·l)", () =>
    withTrainer({ gamma: 1, lambdaAlpha: 0.5, valueLambda: 1 }, (trainer) => {
      // λ is 1 − 1/1.5 = ⅓ for three tokens, and 0 for one, whose own δ is all there is.
      const { advantages, returns } = trainer.computeGae(inputs);
      [1 / 18, 1 / 6, 0.5, 0.5, 0, 0].forEach((advantage, i) => {
        expect(advantages[i]).toBeCloseTo(advantage, 6);
      });
      expect([...returns]).toEqual([1, 1, 1, 1, 0, 0]);
    }));

  test("another λ of the value model changes what it learns, and no policy loss of the first step", async () => {
    const step = (options: Partial<PPOTrainerOptions>) =>
      withTrainer({ epochs: 1, ...options }, async (trainer) => (await trainer.trainStep(tinyPrompts)).metrics);
    const [same, other] = [await step({}), await step({ valueLambda: 0.1 })];
    expect(other["val/loss"]).not.toBe(same["val/loss"]);
    expect(other["policy/loss"]).toBe(same["policy/loss"]);
  });
});

const bytesOf = async (trainer: PPOTrainer, part: "policy" | "valueModel") =>
  Buffer.concat(
    await Promise.all(
      [...trainer.parts[part].parameters.values()].map(async ({ value }) => Buffer.from((await value.data()).slice().buffer)),
    ),
  );

describe("while the critic warms up", () => {
  const warmup = { valueWarmupSteps: 2, valueLearningRate: 1e-2 };

  test.each([{}, { minibatchSize: 2, entropyCoef: 0.01 }, { minibatchSize: 4, microbatchSize: 1, klPlacement: "loss", klEstimator: "k2" }])(
    "the policy keeps its bytes, the value model learns, and both do after: %o",
    (options) =>
      withTrainer({ ...warmup, ...(options as object) }, async (trainer) => {
        const start = await bytesOf(trainer, "policy");
        let head = await bytesOf(trainer, "valueModel");
        for (const step of [1, 2, 3]) {
          const { metrics } = await trainer.trainStep(tinyPrompts);
          const before = head;
          head = await bytesOf(trainer, "valueModel");
          expect(head.equals(before)).toBe(false);
          expect((await bytesOf(trainer, "policy")).equals(start)).toBe(step < 3);
          const updates = metrics["val/updates"]!;
          expect(updates).toBeGreaterThan(0);
          // Epochs after the first visit the rows in another order, and so with another rounding.
          const still = { "policy/updates": 0, lr: 0, "policy/ratio": expect.closeTo(1, 6), "policy/approxkl": expect.closeTo(0, 9) };
          expect(metrics).toMatchObject(step < 3 ? still : { lr: 1e-3 });
          if (step === 3) expect(metrics["policy/updates"]).toBe(updates);
          expect(metrics.grad_norm).toBeGreaterThan(0);
        }
      }),
  );

  test("what it has learned is the same as at the policy's rate 0: the trunk has no part in it", async () => {
    const head = async (options: Partial<PPOTrainerOptions>) =>
      withTrainer({ valueLearningRate: 1e-2, epochs: 3, ...options }, async (trainer) => {
        await trainer.trainStep(tinyPrompts);
        return bytesOf(trainer, "valueModel");
      });
    // A rate of 1e-37 moves no weight by a unit in its last place, and what it makes of a bias of 0 is lost in every sum.
    expect((await head({ valueWarmupSteps: 1 })).equals(await head({ learningRate: 1e-37 }))).toBe(true);
  });

  test("an adaptive β waits", () =>
    withTrainer({ ...warmup, klController: "adaptive", klTarget: 1, klHorizon: 40 }, async (trainer) => {
      const coefficients: number[] = [];
      for (let step = 0; step < 4; step++) coefficients.push((await trainer.trainStep(tinyPrompts)).metrics["objective/kl_coef"]!);
      expect(coefficients.slice(0, 3)).toEqual([0.1, 0.1, 0.1]);
      expect(coefficients[3]).toBeLessThan(0.1);
    }));

  test("a value model with a trunk of its own learns in it", async () => {
    const trunk = await loadPolicy(tinyModel);
    const weight = new Float32Array(32).fill(0.1);
    const valueModel = separateValueModel({ trunk, head: ValueHead.create({ hiddenSize: 32, weight }) });
    await withTrainer({ ...warmup, valueModel }, async (trainer) => {
      const [policy, values] = [await bytesOf(trainer, "policy"), await bytesOf(trainer, "valueModel")];
      await trainer.trainStep(tinyPrompts);
      expect((await bytesOf(trainer, "policy")).equals(policy)).toBe(true);
      expect((await bytesOf(trainer, "valueModel")).equals(values)).toBe(false);
    });
    valueModel.dispose();
  });

  test.each([1, 2, 3])("interrupted after step %i and taken up again, it ends with the same bytes", async (cutAfter) => {
    const run = (out: string, steps: number, resume = false) =>
      withTrainer({ ...warmup, minibatchSize: 2, epochs: 1 }, (trainer) => trainer.train(tinyPrompts, { out, steps, resume }));
    const [whole, cut] = [await freshRunFolder(), await freshRunFolder()];
    await run(whole, 4);
    await run(cut, cutAfter);
    await run(cut, 4, true);
    const bytes = (out: string) => readFileSync(join(out, "final/model.safetensors"));
    expect(bytes(cut).equals(bytes(whole))).toBe(true);
  });

  test("an optimizer for both can't leave one of them out: refused", async () => {
    await expect(tinyTrainer({ valueWarmupSteps: 1, valueLearningRate: 0 })).rejects.toThrow(
      "valueWarmupSteps wants an optimizer of the value model's own: give it a valueLearningRate",
    );
  });
});
