/** Prints what the pretrained policy writes to held-out prompts, with the reward's scores and their distribution. */
import { prepareBackend } from "@cai/backend";
import { OnnxRewardModel } from "@cai/reward-model";
import { rewardDirectory } from "./asset-folders.ts";
import { untrainedTexts } from "./untrained-texts.ts";

const shown = 10;

await prepareBackend({ prefer: "native" });
const rewardModel = await OnnxRewardModel.load(rewardDirectory);
for (const temperature of [1, 0.8]) {
  const texts = await untrainedTexts("heldout.jsonl", temperature);
  const none = texts.map(() => Int32Array.of());
  const scores = await rewardModel.score({ prompts: texts.map(() => ""), responses: texts, promptIds: none, responseIds: none });
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const deviation = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (scores.length - 1));
  console.log(
    `temperature ${temperature}: scores of ${texts.length} texts: mean ${mean.toFixed(2)}, standard deviation ${deviation.toFixed(2)}`,
  );
  for (let i = 0; i < shown; i++) console.log(`${scores[i]!.toFixed(2).padStart(6)}  ${texts[i]}`);
}
await rewardModel.dispose();
