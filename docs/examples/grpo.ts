// GRPO: several answers to each prompt are compared with one another, so there is no value model.
import { prepareBackend } from "@cai/backend";
import { demoPolicyDirectory, demoPrompts, demoRewardDirectory } from "@cai/demo";
import { loadPolicy } from "@cai/policy";
import { OnnxRewardModel } from "@cai/reward-model";
import { GRPOTrainer } from "@cai/trainer";

await prepareBackend();
const policy = await loadPolicy(demoPolicyDirectory);
const rewardModel = await OnnxRewardModel.load(demoRewardDirectory);
const trainer = await GRPOTrainer.create({
  policy,
  rewardModel,
  numGenerations: 8,
  batchSize: 4, // prompts a step: 32 answers
  learningRate: 3e-4,
  maxNewTokens: 16,
  seed: 7,
});
const prompts = await demoPrompts({ split: "train" });
const heldOut = await demoPrompts({ split: "heldout" });

const before = await trainer.evaluate(heldOut);
await trainer.train(prompts, { steps: 10 });
const after = await trainer.evaluate(heldOut);
console.log("held-out reward:", before.meanScore.toFixed(1), "before,", after.meanScore.toFixed(1), "after");
await rewardModel.dispose();
