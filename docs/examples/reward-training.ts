// Does a reward model learn? Answers of the demo's policy, two to a prompt, labelled by the demo's reward; a reward model that starts from the
// policy learns them, and is asked about the best and the worst of four answers to prompts that it has not seen. Pairs are drawn once and kept in
// the folder, as `cai reward-train` takes them. Prints a line of JSON.
// node --conditions=@cai/source --import tsx docs/examples/reward-training.ts --folder runs/pairs [--pairs 16000] [--answers 2]
//   [--held-out-answers 4] [--labels soft|hard] [--epochs 1] [--learning-rate 3e-4] [--batch-size 32] [--seed 1]
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prepareBackend } from "@cai/backend";
import { demoPolicyDirectory, demoPrompts, demoRewardDirectory } from "@cai/demo";
import { loadPolicy } from "@cai/policy";
import { type PreferencePair, RewardTrainer } from "@cai/preference";
import { OnnxRewardModel } from "@cai/reward-model";
import { rollOut, scoreRequest, scoreResponses, tokenizePrompts } from "@cai/rollouts";

const { values } = parseArgs({
  options: {
    folder: { type: "string", default: "runs/pairs" },
    pairs: { type: "string", default: "16000" },
    answers: { type: "string", default: "2" },
    "held-out-answers": { type: "string", default: "4" },
    labels: { type: "string", default: "soft" },
    epochs: { type: "string", default: "1" },
    "learning-rate": { type: "string", default: "3e-4" },
    "batch-size": { type: "string", default: "32" },
    seed: { type: "string", default: "1" },
  },
});
const seed = Number(values.seed);
/** To a prompt, of which the best and the worst make a pair. */
const answers = { train: Number(values.answers), heldout: Number(values["held-out-answers"]) };
const maxNewTokens = 32;

const backend = await prepareBackend();
const policy = await loadPolicy(demoPolicyDirectory);
const train = await pairsOf("train", Number(values.pairs));
const heldOut = await pairsOf("heldout", 1024);

const began = performance.now();
const options = { batchSize: Number(values["batch-size"]), learningRate: Number(values["learning-rate"]), epochs: Number(values.epochs) };
const trainer = await RewardTrainer.create({ policy, seed, ...options, warmupSteps: 20 });
const labelled = values.labels === "hard" ? train.map(({ probability: _, ...pair }) => pair as PreferencePair) : train;
for await (const { step, metrics } of trainer.steps(labelled))
  if (step % 50 === 0) console.error(step, metrics.loss!.toFixed(3), metrics.accuracy!.toFixed(3));
const seconds = Math.round((performance.now() - began) / 1000);
const { accuracy, loss, calibrationError } = await trainer.evaluate(heldOut);
const learned = { pairs: train.length, answers, labels: values.labels, steps: trainer.step, ...options, seed, seconds };
console.log(JSON.stringify({ backend: backend.name, ...learned, heldOutPairs: heldOut.length, accuracy, loss, calibrationError }));
trainer.dispose();
policy.dispose();

/** The folder's pairs on prompts of a split, as many as asked for; drawn where they are not there yet. */
async function pairsOf(split: "train" | "heldout", count: number): Promise<PreferencePair[]> {
  const file = join(values.folder, `${split}.jsonl`);
  if (!existsSync(file)) {
    await mkdir(values.folder, { recursive: true });
    await writeFile(file, (await drawPairs(split, count)).map((pair) => `${JSON.stringify(pair)}\n`).join(""));
  }
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n").slice(0, count);
  return lines.map((line) => JSON.parse(line) as PreferencePair);
}

/**
 * Pairs of answers to the same prompt, round by round: the best of several and the worst. That the chosen one is the better one has the
 * probability σ(chosen − rejected), as Bradley and Terry have it.
 */
async function drawPairs(split: "train" | "heldout", count: number): Promise<PreferencePair[]> {
  const reward = await OnnxRewardModel.load(demoRewardDirectory, { threads: 1, batchSize: 256 });
  const prompts = tokenizePrompts(await demoPrompts({ split }), policy, maxNewTokens);
  const pairs: PreferencePair[] = [];
  const group = answers[split];
  const promptsAtOnce = Math.floor(512 / group);
  for (let first = 0; pairs.length < count; first += promptsAtOnce) {
    const asked = Array.from({ length: promptsAtOnce * group }, (_, row) => prompts[(first + Math.floor(row / group)) % prompts.length]!);
    const draws = { seed, stream: `pairs/${split}`, step: 0, firstSample: group * first };
    const rollout = await rollOut(policy, policy.tokenizer, asked, { draws, maxNewTokens });
    const scores = await scoreResponses(reward, scoreRequest(rollout));
    for (let row = 0; row < asked.length && pairs.length < count; row += group) {
      const ranked = Array.from({ length: group }, (_, answer) => row + answer).sort((one, other) => scores[other]! - scores[one]!);
      const [better, worse] = [ranked[0]!, ranked.at(-1)!];
      const lead = scores[better]! - scores[worse]!;
      if (lead === 0) continue;
      const both = { chosen: rollout.responseTexts[better]!, rejected: rollout.responseTexts[worse]! };
      pairs.push({ prompt: asked[row]!.text, ...both, probability: 1 / (1 + Math.exp(-lead)) });
    }
  }
  await reward.dispose();
  return pairs;
}
