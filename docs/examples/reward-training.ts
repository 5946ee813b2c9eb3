// Does a reward model learn? Answers of the demo's policy, two to a pair, labelled by the demo's reward; a reward model that starts from the
// policy learns them, and is asked about pairs of prompts that it has not seen. Prints a line of JSON.
// node --conditions=@cai/source --import tsx docs/examples/reward-training.ts [--pairs 12800] [--epochs 2] [--learning-rate 3e-4] [--seed 1]
import { parseArgs } from "node:util";
import { prepareBackend } from "@cai/backend";
import { demoPolicyDirectory, demoPrompts, demoRewardDirectory } from "@cai/demo";
import { loadPolicy } from "@cai/policy";
import { type PreferencePair, RewardTrainer } from "@cai/preference";
import { OnnxRewardModel } from "@cai/reward-model";
import { rollOut, scoreResponses, tokenizePrompts } from "@cai/rollouts";

const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "12800" },
    "batch-size": { type: "string", default: "32" },
    epochs: { type: "string", default: "2" },
    "learning-rate": { type: "string", default: "3e-4" },
    seed: { type: "string", default: "1" },
    out: { type: "string" },
  },
});
const seed = Number(values.seed);
const maxNewTokens = 32;

const backend = await prepareBackend();
const policy = await loadPolicy(demoPolicyDirectory);
const reward = await OnnxRewardModel.load(demoRewardDirectory, { threads: 1 });
const seconds = stopwatch();
const train = await drawPairs(await demoPrompts({ split: "train" }), Number(values.pairs), "train");
const heldOut = await drawPairs(await demoPrompts({ split: "heldout" }), 1024, "heldout");
const drawSeconds = seconds();

const trainer = await RewardTrainer.create({
  policy,
  seed,
  batchSize: Number(values["batch-size"]),
  learningRate: Number(values["learning-rate"]),
  epochs: Number(values.epochs),
  warmupSteps: 20,
});
for await (const { step, metrics } of trainer.steps(train, values.out === undefined ? {} : { out: values.out }))
  if (step % 50 === 0) console.error(step, metrics.loss!.toFixed(3), metrics.accuracy!.toFixed(3));
const trainSeconds = seconds() - drawSeconds;
const { accuracy, loss, calibrationError } = await trainer.evaluate(heldOut);
const settings = { pairs: train.length, steps: trainer.step, batchSize: Number(values["batch-size"]), learningRate: Number(values["learning-rate"]), seed }; // biome-ignore format: a line
console.log(JSON.stringify({ backend: backend.name, ...settings, heldOutPairs: heldOut.length, accuracy, loss, calibrationError, drawSeconds, trainSeconds })); // biome-ignore format: a line
trainer.dispose();
policy.dispose();
await reward.dispose();

/** Pairs of answers to the same prompt, round by round; the one that the demo's reward scores higher is the chosen one. */
async function drawPairs(prompts: readonly string[], count: number, stream: string): Promise<PreferencePair[]> {
  const pairs: PreferencePair[] = [];
  const tokenized = tokenizePrompts(prompts, policy, maxNewTokens);
  const atOnce = 32;
  for (let round = 0; pairs.length < count; round++)
    for (let first = 0; first < prompts.length && pairs.length < count; first += atOnce) {
      const twice = tokenized.slice(first, first + atOnce).flatMap((prompt) => [prompt, prompt]);
      const draws = { seed, stream: `pairs/${stream}`, step: round, firstSample: 2 * first };
      const rollout = await rollOut(policy, policy.tokenizer, twice, { draws, maxNewTokens });
      const scores = await scoreResponses(reward, rollout);
      for (let row = 0; row < twice.length && pairs.length < count; row += 2) {
        if (scores[row] === scores[row + 1]) continue;
        const [better, worse] = scores[row]! > scores[row + 1]! ? [row, row + 1] : [row + 1, row];
        pairs.push({ prompt: twice[row]!.text, chosen: rollout.responseTexts[better]!, rejected: rollout.responseTexts[worse]! });
      }
    }
  return pairs;
}

/** Seconds since now. */
function stopwatch(): () => number {
  const began = performance.now();
  return () => Math.round((performance.now() - began) / 1000);
}
