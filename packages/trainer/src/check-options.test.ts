import { prepareBackend } from "@cai/backend";
import { loadPolicy } from "@cai/policy";
import { sharedTrunkValueModel, ValueHead } from "@cai/value-head";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OnPolicyRunOptions } from "./on-policy-run.ts";
import type { PPOTrainerOptions } from "./ppo-parts.ts";
import type { StepResult } from "./ppo-step-result.ts";
import { PPOTrainer } from "./ppo-trainer.ts";
import { lowIdReward, tinyModel, tinyPrompts } from "./tiny-run.fixture.ts";

let policy: Awaited<ReturnType<typeof loadPolicy>>;
beforeAll(async () => {
  await prepareBackend();
  policy = await loadPolicy(tinyModel);
});
afterAll(() => policy.dispose());

/** As JavaScript may hand it over. */
const create = (options: unknown) => PPOTrainer.create(options as PPOTrainerOptions);
const good = () => ({ policy, rewardModel: lowIdReward, maxNewTokens: 4 });

describe("at creation, before a tensor is made", () => {
  test.each([
    [{ learningrate: 1e-4 }, "unknown option learningrate: did you mean learningRate?"],
    [{ batch_size: 8 }, "unknown option batch_size: did you mean batchSize?"],
    [{ rewardmodel: lowIdReward }, "unknown option rewardmodel: did you mean rewardModel?"],
    [{ optimiser: "sgd" }, /^unknown option optimiser: expected one of policy, rewardModel, .*, equalRewardSteps$/],
    [{ out: "runs/first" }, "out is an option of train and steps: give it there"],
    [{ onStep: () => {} }, "onStep is an option of train and steps: give it there"],
    [
      { rewardModel: undefined },
      "rewardModel is missing; expected a function that scores responses, or an object with such a score method",
    ],
    [{ rewardModel: null }, /^rewardModel is null; expected/],
    [{ rewardModel: "./reward" }, /^rewardModel is ".\/reward"; expected/],
    [{ rewardModel: { scores: lowIdReward } }, /^rewardModel is an object with scores; expected/],
    [{ rewardModel: Promise.resolve(lowIdReward) }, /^rewardModel is a promise, which wants an await; expected/],
    [{ policy: undefined }, /^policy is missing; expected a policy that can be trained, as loadPolicy/],
    [{ policy: tinyModel }, /^policy is ".*tiny-gpt2"; expected/],
    [{ policy: Promise.resolve() }, /^policy is a promise, which wants an await; expected/],
    [{ generator: async () => {} }, "generator is a function; expected an object with a generate method"],
    [{ valueModel: { values: () => {} } }, /^valueModel is an object with values; expected a value model/],
    [{ reference: {} }, /^reference is an object with nothing; expected/],
    [{ learningRate: null }, /^learningRate is null; expected a number/],
    [{ maxNewTokens: 128 }, "maxNewTokens is 128; expected less than the policy's context of 128, which holds the prompt too"],
    [
      { klController: "adaptive", klHorizon: 12.8, batchSize: 64 },
      /^klHorizon is 12.8; expected more than 12.8, a fifth of a step's 64 rows/,
    ],
    [{ stopTokenIds: [0, 512] }, "stopTokenIds holds 512; expected ids within the policy's vocabulary of 512"],
    [{ stopTexts: ["\n\nHuman:", ""] }, 'stopTexts[1] is ""; expected a text of one character at least'],
    [{ frozenLayers: 3 }, /^frozenLayers is 3; the policy has 2 layers/],
  ])("%o is refused, saying what was meant or expected", async (options, message) => {
    const before = tf.memory().numTensors;
    const error = await create({ ...good(), ...options }).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ name: "TrainingError", code: "invalid-option" });
    if (typeof message === "string") expect((error as Error).message).toBe(message);
    else expect((error as Error).message).toMatch(message);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("no options at all", async () => {
    await expect(create(undefined)).rejects.toThrow("the options are undefined; expected an object with policy and rewardModel");
  });
});

test("undefined counts as not given, whatever the name", async () => {
  const trainer = await create({ ...good(), learningRate: undefined, valueModel: undefined, nonsense: undefined });
  expect(trainer.hyperparameters).toMatchObject({ learningRate: 1e-5, valueLearningRate: 1e-4 });
  trainer.dispose();
});

test("a short context is shared by prompt and response, unless a length is given", async () => {
  const { maxNewTokens: _, ...rest } = good();
  const trainer = await create(rest);
  expect(trainer.hyperparameters.maxNewTokens).toBe(64);
  trainer.dispose();
});

test("the head that a trainer makes has a learning rate of 1e-4, or the policy's where that is more; a value model that is given shares the policy's optimizer, unless a learning rate of its own is given", async () => {
  const valueModel = sharedTrunkValueModel({ head: ValueHead.create({ hiddenSize: 32 }) });
  const optimizers = async (options: object) => {
    const trainer = await create({ ...good(), ...options });
    trainer.dispose();
    return trainer.parts.trained.optimizers.map(({ learningRate }) => learningRate);
  };
  expect(await optimizers({})).toEqual([1e-5, 1e-4]);
  expect(await optimizers({ learningRate: 1e-3 })).toEqual([1e-3, 1e-3]);
  expect(await optimizers({ learningRate: 1e-3, valueLearningRate: 1e-4 })).toEqual([1e-3, 1e-4]);
  expect(await optimizers({ valueLearningRate: 0 })).toEqual([1e-5]);
  expect(await optimizers({ valueModel })).toEqual([1e-5]);
  expect(await optimizers({ valueModel, valueLearningRate: undefined })).toEqual([1e-5]);
  expect(await optimizers({ valueModel, valueLearningRate: 0.1 })).toEqual([1e-5, 0.1]);
  valueModel.dispose();
});

describe("of train and steps", () => {
  test.each([
    [{ stepps: 3 }, "unknown option stepps: did you mean steps?"],
    [{ checkpointEvery: 3 }, "checkpointEvery is an option of create: give it there"],
    [{ onStep: () => {} }, "onStep is an option of callbacks: give it there"],
    [{ callbacks: { onstep: () => {} } }, "unknown option onstep: did you mean onStep?"],
    [{ callbacks: { onStep: "log" } }, 'onStep is "log"; expected a function'],
    [{ out: 7 }, "out is 7; expected the path of a folder"],
    [{ resume: true }, "resume wants out, the folder of the run to go on with"],
    [{ config: { steps: 1n } }, /^config can't be kept as JSON: .*BigInt/],
    [{ steps: 0.5 }, /^steps is 0.5; expected a whole number/],
  ])("%o is refused before the first step", async (options, message) => {
    const trainer = await create(good());
    for (const run of [
      () => trainer.train(tinyPrompts, options as OnPolicyRunOptions<StepResult>),
      () => trainer.steps(tinyPrompts, options as OnPolicyRunOptions<StepResult>).next(),
    ])
      await expect(run()).rejects.toThrow(message);
    expect(trainer.step).toBe(0);
    trainer.dispose();
  });

  test("a step of more rows than an adaptive β bears is refused before anything is drawn", async () => {
    let asked = 0;
    const generator: PPOTrainerOptions["generator"] = {
      generate: (prompts, sampling) => {
        asked++;
        return policy.generate(prompts, sampling);
      },
    };
    const trainer = await create({ ...good(), generator, klController: "adaptive", klHorizon: 1.5, batchSize: 4 });
    await expect(trainer.trainStep(tinyPrompts)).rejects.toThrow(/klHorizon is 1.5; expected more than 1.6, a fifth of a step's 8 rows/);
    expect([asked, trainer.step]).toEqual([0, 0]);
    trainer.dispose();
  });
});
