import { prepareBackend } from "@cai/backend";
import { countValid, validRows } from "@cai/contracts";
import { loadPolicy } from "@cai/policy";
import { accumulate, consecutiveRuns } from "@cai/training";
import { separateValueModel, sharedTrunkValueModel, ValueHead } from "@cai/value-head";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { type Experience, selectExperience } from "./experience.ts";
import { openPpoPass, type PPOTrainerOptions } from "./ppo-parts.ts";
import { ppoStepLoss } from "./ppo-step-loss.ts";
import type { PPOTrainer } from "./ppo-trainer.ts";
import { disposeTrainer, tinyModel, tinyPrompts, tinyTrainer } from "./tiny-run.fixture.ts";

beforeAll(() => prepareBackend());

async function withTrainer<Result>(options: Partial<PPOTrainerOptions>, use: (trainer: PPOTrainer) => Promise<Result>): Promise<Result> {
  const trainer = await tinyTrainer(options);
  try {
    return await use(trainer);
  } finally {
    disposeTrainer(trainer);
  }
}

/** Metrics of a few steps. */
const metricsOf = (options: Partial<PPOTrainerOptions>, steps = 2) =>
  withTrainer(options, async (trainer) => {
    const metrics: Record<string, number>[] = [];
    for (let step = 0; step < steps; step++) metrics.push((await trainer.trainStep(tinyPrompts)).metrics);
    return metrics;
  });

async function weights(trainer: PPOTrainer): Promise<Map<string, Float32Array>> {
  const all = new Map<string, Float32Array>();
  for (const { name, value } of trainer.parts.policy.parameters.values()) all.set(name, await value.data<"float32">());
  return all;
}

describe("minibatches and accumulation", () => {
  test.each([{}, { aggregation: "seq-mean-token-mean" as const }, { entropyCoef: 0.1 }, { klPlacement: "loss" as const }])(
    "microbatch gradients add up to the whole batch's: %o",
    async (options) =>
      withTrainer({ ...options, epochs: 1 }, async (trainer) => {
        const rollout = await trainer.generateResponses(tinyPrompts);
        const random = (i: number) => Math.sin(i * 12.9898) * 0.5; // any fixed numbers
        const fill = (offset: number) =>
          rollout.responses.ids.length && Float32Array.from(rollout.responses.mask, (valid, i) => valid * random(i + offset));
        const logprobs = await trainer.getLogprobs(rollout);
        const old = logprobs.map((logprob, i) => logprob + 0.1 * random(i));
        const experience = {
          ...rollout,
          logprobs: old,
          refLogprobs: old,
          values: fill(1),
          advantages: fill(2),
          returns: fill(3),
        } as Experience;
        const { parts, hyperparameters } = trainer;
        const denominators = { tokens: countValid(rollout.responses.mask), rows: 8 };
        const gradients = async (rows: number) => {
          const microbatches = consecutiveRuns(8, rows).map((run) => selectExperience(experience, run));
          const { gradients } = await accumulate(
            microbatches,
            (rows) => openPpoPass(parts, rows, hyperparameters),
            (numbers, rows) =>
              ppoStepLoss(numbers, rows, hyperparameters, {
                denominators,
                klWeight: 0.1,
                importance: { correction: "token-truncate", cap: 0 },
              }),
          );
          const flat = new Map<string, Float32Array>();
          for (const [name, gradient] of gradients) flat.set(name, await gradient.data<"float32">());
          tf.dispose([...gradients.values()]);
          return flat;
        };
        const whole = await gradients(8);
        const inParts = await gradients(2);
        for (const [name, expected] of whole) {
          const difference = expected.map((x, i) => x - inParts.get(name)![i]!);
          expect(Math.hypot(...difference), name).toBeLessThanOrEqual(Math.max(1e-6 * Math.hypot(...expected), 1e-9));
        }
      }),
  );

  test.each([
    [{}, 3], // the first epoch's pass gives the old log-probabilities too
    [{ minibatchSize: 2 }, 4 + 3 * 4],
    [{ microbatchSize: 4 }, 2 + 3 * 2],
  ])("%o: the policy's trunk is passed %i times in three epochs", (options, passes) =>
    withTrainer({ ...options, batchSize: 8, epochs: 3 }, async (trainer) => {
      const trunk = vi.spyOn(trainer.parts.policy, "hiddenStates");
      await trainer.trainStep(tinyPrompts);
      expect(trunk).toHaveBeenCalledTimes(passes);
    }),
  );

  test("a minibatch is an optimizer step: two rows of eight make four an epoch", async () => {
    const [metrics] = await metricsOf({ batchSize: 8, minibatchSize: 2, epochs: 3 }, 1);
    expect(metrics!["policy/updates"]).toBe(12);
  });
});

describe("KL", () => {
  test("an adaptive controller raises β while the KL is above its target", async () => {
    const metrics = await metricsOf({ klController: "adaptive", klTarget: 1e-6, klHorizon: 40, learningRate: 1e-2 }, 4);
    expect(metrics.at(-1)!["objective/kl_coef"]).toBeGreaterThan(metrics[0]!["objective/kl_coef"]!);
  });

  test("placed in the loss, it leaves the rewards alone and pulls the policy back all the same", async () => {
    const placed = (klCoef: number) => metricsOf({ klPlacement: "loss", klCoef, klEstimator: "k3", learningRate: 1e-2, epochs: 4 }, 6);
    const [free, held] = [await placed(0), await placed(20)];
    expect(held[0]!["objective/rlhf_reward"]).toBeCloseTo(held[0]!["objective/scores"]!, 6);
    expect(held.at(-1)!["objective/kl_per_token"]).toBeLessThan(free.at(-1)!["objective/kl_per_token"]!);
  });

  test("the epochs end before an update beyond the limit", async () => {
    const [free] = await metricsOf({ epochs: 8, learningRate: 3e-2 }, 1);
    const [limited] = await metricsOf({ epochs: 8, learningRate: 3e-2, maxApproxKl: 1e-4 }, 1);
    expect(free!["policy/updates"]).toBe(8);
    expect(limited!["policy/updates"]).toBe(1); // the first update's ratio is 1, the second sees its effect
  });
});

describe("rewards", () => {
  test("a missing end of text costs the penalty", async () => {
    const [free] = await metricsOf({}, 1);
    const [penalised] = await metricsOf({ missingEosPenalty: 2 }, 1);
    const missing = 1 - free!["tokens/eos_fraction"]!;
    expect(missing).toBeGreaterThan(0);
    expect(penalised!["objective/rlhf_reward"]).toBeCloseTo(free!["objective/rlhf_reward"]! - 2 * missing, 5);
    expect(penalised!["objective/scores"]).toBe(free!["objective/scores"]);
  });

  test("a stop token ends a response, and misses no end of text", async () => {
    const stopTokenIds = Array.from({ length: 256 }, (_, id) => id);
    await withTrainer({ stopTokenIds }, async (trainer) => {
      const { responses, finishReasons } = await trainer.generateResponses(tinyPrompts);
      const last = validRows(responses.ids, responses.mask, responses.shape).map((ids) => ids.at(-1)!);
      expect(finishReasons.map((reason) => reason === "stop")).toEqual(last.map((id) => id > 0 && id < 256)); // 0 is the end of text
      expect(finishReasons).toContain("stop");
    });
    const [free] = await metricsOf({ stopTokenIds }, 1);
    const [penalised] = await metricsOf({ stopTokenIds, missingEosPenalty: 2 }, 1);
    expect(free!["tokens/eos_fraction"]).toBeGreaterThan(0.5);
    expect(penalised!["objective/rlhf_reward"]).toBeCloseTo(free!["objective/rlhf_reward"]! - 2 * (1 - free!["tokens/eos_fraction"]!), 5);
  });

  test("a stop text ends a response where it is drawn, the texts before it as without, and misses no end of text", async () => {
    const draw = (options: object) => withTrainer(options, (trainer) => trainer.generateResponses(tinyPrompts));
    const [free, stopped] = [await draw({}), await draw({ stopTexts: ["e", "a"] })];
    expect(stopped.responseTexts).toEqual(free.responseTexts.map((text) => text.split(/[ea]/)[0]));
    expect(stopped.finishReasons).toEqual(free.responseTexts.map((text, row) => (/[ea]/.test(text) ? "stop" : free.finishReasons[row])));
    expect(stopped.finishReasons).toContain("stop");
    const stopTexts = Array.from("etaoinshrdlu ");
    const [kept] = await metricsOf({ stopTexts }, 1);
    const [penalised] = await metricsOf({ stopTexts, missingEosPenalty: 2 }, 1);
    expect(kept!["tokens/eos_fraction"]).toBeGreaterThan(0.5);
    expect(penalised!["objective/rlhf_reward"]).toBeCloseTo(kept!["objective/rlhf_reward"]! - 2 * (1 - kept!["tokens/eos_fraction"]!), 5);
  });

  test("whitening keeps the mean of the token rewards and changes the returns", async () => {
    const losses = await Promise.all([metricsOf({}, 1), metricsOf({ rewardWhitening: true }, 1)]);
    expect(losses[0][0]!["val/loss"]).not.toBe(losses[1][0]!["val/loss"]);
  });
});

describe("parameters", () => {
  test("frozen layers keep their bytes, the others move", async () =>
    withTrainer({ frozenLayers: 1 }, async (trainer) => {
      const before = await weights(trainer);
      await trainer.trainStep(tinyPrompts);
      for (const [name, value] of await weights(trainer)) {
        const frozen = /wte|wpe|h\.0\./.test(name);
        expect(Buffer.compare(Buffer.from(value.buffer), Buffer.from(before.get(name)!.buffer)) === 0, name).toBe(frozen);
      }
    }));

  test("more frozen layers than there are is refused", async () => {
    await expect(tinyTrainer({ frozenLayers: 3 })).rejects.toThrow(/frozenLayers is 3; the policy has 2 layers/);
  });

  test("the value model may have a learning rate, and an optimizer, of its own", async () =>
    withTrainer({ valueLearningRate: 0.1 }, async (trainer) => {
      expect(trainer.parts.trained.optimizers.map(({ learningRate }) => learningRate)).toEqual([1e-3, 0.1]);
      await trainer.trainStep(tinyPrompts);
      const head = trainer.parts.valueModel.parameters.get("v_head.weight")!;
      expect(Math.max(...(await head.value.data()).map(Math.abs))).toBeGreaterThan(0.05); // Adam's first steps are about the learning rate
    }));

  test("a separate value model trains its own trunk", async () => {
    const trunk = await loadPolicy(tinyModel);
    const valueModel = separateValueModel({
      trunk,
      head: ValueHead.create({ hiddenSize: trunk.hiddenSize, weight: new Float32Array(32).fill(0.1) }),
    });
    await withTrainer({ valueModel }, async (trainer) => {
      const name = [...trunk.parameters.keys()].at(-1)!;
      const before = await trunk.parameters.get(name)!.value.data();
      await trainer.trainStep(tinyPrompts);
      expect(await trunk.parameters.get(name)!.value.data()).not.toEqual(before);
    });
    valueModel.dispose();
  });

  test("a value head may be given; the returns of a good one explain more", async () => {
    const head = ValueHead.create({ hiddenSize: 32, bias: 0.25 });
    const given = await metricsOf({ valueModel: sharedTrunkValueModel({ head }) }, 1);
    const zero = await metricsOf({}, 1);
    expect(given[0]!["val/loss"]).not.toBe(zero[0]!["val/loss"]);
  });
});

describe("everything else", () => {
  test("an entropy bonus is measured and keeps the entropy higher", async () => {
    const options = { learningRate: 1e-2, klCoef: 0, epochs: 4 };
    const plain = await metricsOf({ ...options, entropyCoef: 1e-9 }, 5);
    const bonus = await metricsOf({ ...options, entropyCoef: 1 }, 5);
    expect(bonus.at(-1)!["policy/entropy"]).toBeGreaterThan(plain.at(-1)!["policy/entropy"]!);
  });

  test("a schedule moves the learning rate over the run", async () =>
    withTrainer({ schedule: "linear", warmupSteps: 1, steps: 4 }, async (trainer) => {
      const rates: number[] = [];
      for await (const { metrics } of trainer.steps(tinyPrompts)) rates.push(metrics.lr!);
      expect(rates[0]).toBeLessThan(rates[1]!);
      expect(rates[3]).toBeLessThan(rates[1]!);
    }));

  test("responses that were cut go on with the value of their last token", async () => {
    const head = () => sharedTrunkValueModel({ head: ValueHead.create({ hiddenSize: 32, bias: 5 }) });
    const cut = await metricsOf({ valueModel: head(), maxNewTokens: 2 }, 1);
    const bootstrapped = await metricsOf({ valueModel: head(), maxNewTokens: 2, bootstrapTruncated: true }, 1);
    expect(bootstrapped[0]!["val/loss"]).toBeLessThan(cut[0]!["val/loss"]!); // V = 5 everywhere: cut rows expect 0 next, bootstrapped ones 5
  });

  test("held-out prompts are evaluated before the run, every n steps and at its end", async () =>
    withTrainer({ evaluateEvery: 2, steps: 3 }, async (trainer) => {
      const { evaluations } = await trainer.train(tinyPrompts, { evaluationPrompts: ["Held out"] });
      expect(evaluations.map(({ step }) => step)).toEqual([0, 2, 3]);
      expect(evaluations[0]).toMatchObject({ klPerToken: 0, samples: [{ prompt: "Held out" }] });
    }));

  test("callbacks see the rollout and the step", async () =>
    withTrainer({ steps: 2 }, async (trainer) => {
      const seen: string[] = [];
      const callbacks = {
        onRollout: (rollout: { responseTexts: readonly string[] }, step: number) =>
          void seen.push(`rollout ${step} of ${rollout.responseTexts.length}`),
        onStep: ({ step }: { step: number }) => void seen.push(`step ${step}`),
      };
      await trainer.train(tinyPrompts, { callbacks });
      expect(seen).toEqual(["rollout 1 of 4", "step 1", "rollout 2 of 4", "step 2"]);
    }));

  test("a generator of one's own is asked for the responses, and checked", async () => {
    const policy = await loadPolicy(tinyModel);
    let asked = 0;
    const generator: PPOTrainerOptions["generator"] = {
      generate: (prompts, sampling) => {
        asked++;
        return policy.generate(prompts, sampling);
      },
    };
    await withTrainer({ policy, generator: generator! }, async (trainer) => {
      expect(trainer.parts.importance).toEqual({ correction: "token-truncate", cap: 2 });
      await trainer.trainStep(tinyPrompts);
      expect(asked).toBe(1);
    });
    const broken: PPOTrainerOptions["generator"] = {
      generate: async () => ({
        responses: { ids: new Int32Array(1), mask: new Uint8Array(1), shape: [1, 1] },
        behaviourLogprobs: new Float32Array(1),
        finishReasons: ["eos"],
      }),
    };
    await withTrainer({ generator: broken! }, async (trainer) => {
      await expect(trainer.trainStep(tinyPrompts)).rejects.toThrow(/1 responses to 8 prompts/);
    });
  });
});
