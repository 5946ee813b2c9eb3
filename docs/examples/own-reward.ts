// A reward of one's own: any function of the texts. This one counts the words that stand for everybody.
import { prepareBackend } from "@cai/backend";
import { demoPolicyDirectory, demoPrompts } from "@cai/demo";
import { loadPolicy } from "@cai/policy";
import { PPOTrainer } from "@cai/trainer";

await prepareBackend();
const policy = await loadPolicy(demoPolicyDirectory);

/** One number a response, the more the better. It may be asynchronous, and ask a database or a service. */
const rewardModel = ({ responses }: { readonly responses: readonly string[] }) =>
  responses.map((text) => Math.min(3, text.match(/\b(we|us|our|all)\b/gi)?.length ?? 0));

const trainer = await PPOTrainer.create({
  policy,
  rewardModel,
  learningRate: 3e-4,
  valueLearningRate: 1e-3,
  batchSize: 16,
  epochs: 2,
  maxNewTokens: 16,
  seed: 7,
});
const prompts = await demoPrompts({ split: "train" });
const heldOut = (await demoPrompts({ split: "heldout" })).slice(0, 32);

const before = await trainer.evaluate(heldOut);
await trainer.train(prompts, { steps: 12 });
const after = await trainer.evaluate(heldOut);
console.log("words for everybody in an answer:", before.meanScore.toFixed(1), "before,", after.meanScore.toFixed(1), "after");
