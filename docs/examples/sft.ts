// Supervised fine-tuning: the model learns the completions, not the prompts.
import { prepareBackend } from "@cai/backend";
import { demoPolicyDirectory } from "@cai/demo";
import { loadPolicy } from "@cai/policy";
import { SFTTrainer } from "@cai/sft";

await prepareBackend();
const policy = await loadPolicy(demoPolicyDirectory);
const examples = ["France: Paris", "Italy: Rome", "Spain: Madrid", "Austria: Vienna"].map((line) => {
  const [country, capital] = line.split(": ");
  return { prompt: `The capital of ${country} is`, completion: ` ${capital}.` };
});

const trainer = await SFTTrainer.create({ policy, learningRate: 1e-3, batchSize: 4, epochs: 20, seed: 7 });
const before = await trainer.evaluate(examples);
await trainer.train(examples);
const after = await trainer.evaluate(examples);
console.log("nats a token:", before.loss.toFixed(1), "before,", after.loss.toFixed(1), "after");
