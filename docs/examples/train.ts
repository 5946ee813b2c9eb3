import { prepareBackend } from "@cai/backend";
import { demoPolicyDirectory, demoPrompts, demoRewardDirectory } from "@cai/demo";
import { loadPolicy } from "@cai/policy";
import { OnnxRewardModel } from "@cai/reward-model";
import { PPOTrainer } from "@cai/trainer";

await prepareBackend(); // native TensorFlow where it is installed
const policy = await loadPolicy(demoPolicyDirectory); // or your folder in Hugging Face layout, or a .gguf file
const rewardModel = await OnnxRewardModel.load(demoRewardDirectory); // or a function, an HTTP endpoint, a mixture of several
const trainer = await PPOTrainer.create({ policy, rewardModel, learningRate: 1e-4, batchSize: 32, maxNewTokens: 32, seed: 7 });

const prompts = await demoPrompts({ split: "train" });
for await (const { step, meanReward, kl } of trainer.steps(prompts, { steps: 20 })) console.log(step, meanReward.toFixed(3), kl.toFixed(3));
await policy.save("my-trained-model"); // loads in transformers
