// One algorithm and one seed on the demo's task; prints a line of JSON. `compare.mjs` runs it, and `staleness.mjs`, with answers that are drawn by weights
// of K steps before.
import { parseArgs } from "node:util";
import { prepareBackend } from "@cai/backend";
import type { Generator } from "@cai/contracts";
import { demoPolicyDirectory, demoPrompts, demoRewardDirectory } from "@cai/demo";
import { recordedRollouts } from "@cai/distributed";
import { bestOfN, bestOfNKl } from "@cai/evaluation";
import { loadPolicy } from "@cai/policy";
import { DPOTrainer } from "@cai/preference";
import { OnnxRewardModel } from "@cai/reward-model";
import { algorithms } from "@cai/trainer";
import { configurations, type LearningName } from "./configurations.ts";
import { labelledPairs } from "./labelled-pairs.ts";
import { measure } from "./measure.ts";

const { values } = parseArgs({
  options: { algorithm: { type: "string" }, seed: { type: "string", default: "1" }, staleness: { type: "string", default: "0" } },
});
const name = values.algorithm as LearningName | "best-of";
const seed = Number(values.seed);
const staleness = Number(values.staleness);

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
  const trained = await train(name);
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = (user + system) / 1e6;
  const { meanScore, klPerResponse, meanLength } = await measure({ policy, rewardModel, reference, prompts: heldOut, draws: 8 });
  const measured = { reward: meanScore, kl: klPerResponse, length: meanLength, cpuSeconds };
  console.log(JSON.stringify({ algorithm: name, seed, ...trained, ...measured }));
}

/** Trains the policy; with late draws, how far what drew was from what learned, and which share of the weights was capped. */
async function train(name: LearningName): Promise<{ steps: number; staleness?: number; logprobDifference?: number; capped?: number }> {
  if (name === "dpo") {
    const { pairs: drawn, ...settings } = configurations.dpo;
    const trainer = await DPOTrainer.create({ policy, ...settings, seed });
    await trainer.train(await labelledPairs({ policy, rewardModel, prompts: trainingPrompts, seed, ...drawn }));
    trainer.dispose();
    return { steps: trainer.step };
  }
  const settings = configurations[name];
  const generator = staleness === 0 ? undefined : drawnLate(settings);
  const trainer = await algorithms[name].create({ policy, rewardModel, ...settings, seed, ...(generator && { generator }) });
  const { steps: history } = await trainer.train(trainingPrompts);
  trainer.dispose();
  if (staleness === 0) return { steps: trainer.step };
  const mean = (metric: string) => history.reduce((sum, { metrics }) => sum + metrics[metric]!, 0) / history.length;
  const logprobDifference = mean("sampling/sampling_logp_difference/mean");
  return { steps: trainer.step, staleness, logprobDifference, capped: mean("sampling/capped_fraction") };
}

/** The policy, each step of it drawn with the weights of `staleness` steps before: the oldest that workers may draw with. */
function drawnLate({ steps, batchSize }: { readonly steps: number; readonly batchSize: number }): Generator {
  const drawnAfter = new Map(Array.from({ length: steps }, (_, index) => [index + 1, [Math.max(0, index - staleness)]]));
  return recordedRollouts({ generator: policy, rowsPerJob: batchSize, staleness, drawnAfter });
}
