// LoRA: a small adapter is trained, the model beneath it stays as it is and is the reference at the same time.
import { readdir } from "node:fs/promises";
import { prepareBackend } from "@cai/backend";
import { demoPolicyDirectory, demoPrompts, demoRewardDirectory } from "@cai/demo";
import { addLora, loadPolicy } from "@cai/policy";
import { OnnxRewardModel } from "@cai/reward-model";
import { RLOOTrainer } from "@cai/trainer";

await prepareBackend();
const base = await loadPolicy(demoPolicyDirectory);
const policy = addLora(base, { rank: 8, seed: 7 });
const count = ({ parameters }: typeof policy) => [...parameters.values()].reduce((sum, { value }) => sum + value.size, 0);
console.log("weights of the model:", count(base), "- of the adapter:", count(policy));

const rewardModel = await OnnxRewardModel.load(demoRewardDirectory);
const trainer = await RLOOTrainer.create({ policy, rewardModel, learningRate: 5e-3, batchSize: 16, maxNewTokens: 16, seed: 7 });
const heldOut = await demoPrompts({ split: "heldout" });
const before = await trainer.evaluate(heldOut);
await trainer.train(await demoPrompts({ split: "train" }), { steps: 10 });
const after = await trainer.evaluate(heldOut);
console.log("held-out reward:", before.meanScore.toFixed(1), "before,", after.meanScore.toFixed(1), "after");

await policy.save("my-adapter"); // as PEFT writes it, and the merged model
console.log((await readdir("my-adapter")).filter((name) => /^adapter|^merged/.test(name)).join(", "));
await rewardModel.dispose();
