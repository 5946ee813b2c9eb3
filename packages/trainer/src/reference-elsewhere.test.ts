import { prepareBackend } from "@cai/backend";
import type { ReferencePolicy } from "@cai/contracts";
import { loadPolicy } from "@cai/policy";
import { referenceLogprobs } from "@cai/training";
import type * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { GRPOTrainer } from "./grpo-trainer.ts";
import { disposeTrainer, lowIdReward, tinyModel, tinyPrompts, tinyTrainer } from "./tiny-run.fixture.ts";

beforeAll(() => prepareBackend());

/** A policy, and its reference as one that gives no tensors: it notes the rows that it was told to read at once. */
async function apart() {
  const policy = await loadPolicy(tinyModel);
  const own = policy.createReference();
  onTestFinished(() => own.dispose());
  const told: number[] = [];
  const reference: ReferencePolicy<tf.Tensor> = {
    identity: own.identity,
    logprobs: () => expect.unreachable("its tensors"),
    evaluateLogprobs(batch, options) {
      told.push(options.rowsAtOnce);
      return referenceLogprobs({ logprobs: (...given) => own.logprobs(...given) }, batch, options);
    },
    dispose() {},
  };
  return { policy, reference, told };
}

test("PPO with a reference that computes elsewhere trains and evaluates with the numbers of one that is here", async () => {
  const { told, ...parts } = await apart();
  const options = { minibatchSize: 2, learningRate: 1e-2 };
  const [elsewhere, here] = [await tinyTrainer({ ...parts, ...options }), await tinyTrainer(options)];
  const run = async (trainer: typeof here) => {
    const { metrics } = await trainer.trainStep(tinyPrompts.slice(0, 4));
    const measured = Object.entries(metrics).filter(([name]) => !/^(time|memory)|per_second/.test(name));
    return [Object.fromEntries(measured), (await trainer.evaluate(tinyPrompts)).metrics];
  };
  expect(await run(elsewhere)).toEqual(await run(here));
  expect(told).toEqual([2, 4, 4]); // a minibatch in training, a batch in each half of the evaluation
  disposeTrainer(elsewhere);
  disposeTrainer(here);
});

test("so does a trainer of groups", async () => {
  const { told, ...parts } = await apart();
  const trainer = await GRPOTrainer.create({
    ...parts,
    rewardModel: lowIdReward,
    batchSize: 2,
    numGenerations: 2,
    maxNewTokens: 4,
    beta: 0.1,
  });
  await trainer.trainStep(tinyPrompts.slice(0, 2));
  expect(told).toHaveLength(1);
  trainer.dispose();
  parts.policy.dispose();
});

test("whole distributions can't be had of it", async () => {
  const { told: _, ...parts } = await apart();
  await expect(tinyTrainer({ ...parts, klEstimator: "full" })).rejects.toMatchObject({
    code: "invalid-option",
    message: expect.stringContaining('as policy.createReference() makes, for klEstimator "full"'),
  });
  parts.policy.dispose();
});
