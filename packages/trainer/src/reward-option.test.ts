import { prepareBackend } from "@cai/backend";
import type { TrainablePolicy } from "@cai/contracts";
import type * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, expectTypeOf, test } from "vitest";
import type { PPOTrainerOptions } from "./ppo-parts.ts";
import { PPOTrainer } from "./ppo-trainer.ts";
import { disposeTrainer, lowIdReward, tinyPrompts, tinyTrainer } from "./tiny-run.fixture.ts";

beforeAll(() => prepareBackend({ prefer: "cpu" }));

type Reward = PPOTrainerOptions["rewardModel"];

test.each<[string, Reward]>([
  ["numbers at once", ({ responses }) => responses.map((text) => text.length)],
  ["numbers later", async ({ responses }) => responses.map((text) => text.length)],
  ["a typed array at once", ({ responses }) => Float64Array.from(responses, (text) => text.length)],
  ["a reward model", { score: async ({ responses }) => Float32Array.from(responses, (text) => text.length) }],
])("a reward may be %s", async (_, rewardModel) => {
  const trainer = await tinyTrainer({ rewardModel });
  const rollout = await trainer.generateResponses(tinyPrompts);
  expect(await trainer.scoreResponses(rollout)).toEqual(Float32Array.from(rollout.responseTexts, (text) => text.length));
  disposeTrainer(trainer);
});

test("a function that is handed over gets its parameters' types, and what gives no numbers is a type error", () => {
  const create = (policy: TrainablePolicy<tf.Tensor>) => [
    PPOTrainer.create({ policy, rewardModel: ({ responses }) => responses.map((text) => text.length) }),
    PPOTrainer.create({ policy, rewardModel: async ({ responses }) => Float32Array.from(responses, (text) => text.length) }),
    // @ts-expect-error texts are no scores
    PPOTrainer.create({ policy, rewardModel: ({ responses }) => responses }),
    // @ts-expect-error a request has no such field
    PPOTrainer.create({ policy, rewardModel: async ({ answers }) => answers.map(() => 1) }),
  ];
  expectTypeOf(create).returns.items.toEqualTypeOf<Promise<PPOTrainer>>();
  expectTypeOf(lowIdReward).toExtend<Reward>();
});
