// Prints the seconds of each step that the page's training takes in Node on WASM, a line each: node-steps.ts <steps>
import { prepareBackend } from "@cai/backend";
import { demoPolicyDirectory, demoPrompts, demoRewardDirectory } from "@cai/demo";
import { loadPolicy } from "@cai/policy";
import { OnnxRewardModel } from "@cai/reward-model";
import { PPOTrainer } from "@cai/trainer";
import { tabSettings } from "./tab-settings.ts";

const steps = Number(process.argv[2]);
await prepareBackend({ prefer: "wasm" });
const policy = await loadPolicy(demoPolicyDirectory);
const rewardModel = await OnnxRewardModel.load(demoRewardDirectory, { threads: 1 });
const trainer = await PPOTrainer.create({ policy, rewardModel, ...tabSettings.hyperparameters, steps });
let began = performance.now();
for await (const _ of trainer.steps(await demoPrompts({ split: "train" }))) {
  console.log((performance.now() - began) / 1000);
  began = performance.now();
}
await rewardModel.dispose();
