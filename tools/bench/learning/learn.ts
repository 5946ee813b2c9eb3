// One algorithm and one seed on the demo's task; prints a line of JSON. `compare.mjs` runs it.
import { parseArgs } from "node:util";
import { prepareBackend } from "@cai/backend";
import { demoPolicyDirectory, demoPrompts, demoRewardDirectory } from "@cai/demo";
import { bestOfN, bestOfNKl } from "@cai/evaluation";
import { loadPolicy } from "@cai/policy";
import { DPOTrainer } from "@cai/preference";
import { OnnxRewardModel } from "@cai/reward-model";
import { algorithms } from "@cai/trainer";
import { configurations, type LearningName } from "./configurations.ts";
import { labelledPairs } from "./labelled-pairs.ts";
import { measure } from "./measure.ts";

const { values } = parseArgs({ options: { algorithm: { type: "string" }, seed: { type: "string", default: "1" } } });
const name = values.algorithm as LearningName | "best-of";
const seed = Number(values.seed);

await prepareBackend();
const rewardModel = await OnnxRewardModel.load(demoRewardDirectory);
const trainingPrompts = await demoPrompts({ split: "train" });
const heldOut = (await demoPrompts({ split: "heldout" })).slice(0, 64);
const policy = await loadPolicy(demoPolicyDirectory);
const reference = policy.createReference();

if (name === "best-of") {
  const { scores, meanScore } = await measure({ policy, rewardModel, prompts: heldOut, draws: 64 });
  const all = scores.flat();
  const deviation = Math.sqrt(all.reduce((sum, score) => sum + (score - meanScore) ** 2, 0) / (all.length - 1));
  const best = [1, 2, 4, 8, 16, 32, 64].map((n) => ({ n, reward: bestOfN({ scores, n }), kl: bestOfNKl(n) }));
  console.log(JSON.stringify({ best, deviation }));
} else {
  const before = process.cpuUsage();
  const steps = await train(name);
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = (user + system) / 1e6;
  const { meanScore, klPerResponse, meanLength } = await measure({ policy, rewardModel, reference, prompts: heldOut, draws: 8 });
  console.log(JSON.stringify({ algorithm: name, seed, steps, reward: meanScore, kl: klPerResponse, length: meanLength, cpuSeconds }));
}

/** Trains the policy; resolves to the number of steps. */
async function train(name: LearningName): Promise<number> {
  if (name === "dpo") {
    const { pairs: drawn, ...settings } = configurations.dpo;
    const trainer = await DPOTrainer.create({ policy, ...settings, seed });
    await trainer.train(await labelledPairs({ policy, rewardModel, prompts: trainingPrompts, seed, ...drawn }));
    trainer.dispose();
    return trainer.step;
  }
  const trainer = await algorithms[name].create({ policy, rewardModel, ...configurations[name], seed });
  await trainer.train(trainingPrompts);
  trainer.dispose();
  return trainer.step;
}
