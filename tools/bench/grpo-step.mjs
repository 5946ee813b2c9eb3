// @ts-check
// Times GRPO steps on random weights and random prompts, as `cai bench step` does PPO's: a line of JSON a step, each begun by a line on
// standard input. baseline/grpo_step.py does the same with TRL.
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { prepareBackend } from "@cai/backend";
import { loadPolicy, quantizedGenerator } from "@cai/policy";
import { uniforms } from "@cai/random";
import { OnnxGenerator } from "@cai/rollout-onnx";
import { GRPOTrainer } from "@cai/trainer";

/** Above any gradient's norm: nothing is clipped. */
const noClipping = 1e30;

const text = { type: /** @type {"string"} */ ("string") };
const options = { model: text, rollout: text, batch: text, answers: text, prompt: text, response: text, epochs: text, steps: text };
const { values } = parseArgs({ options: { ...options, paced: { type: "boolean" } } });
const [batch, answers, prompt, response, epochs, steps] = [
  values.batch,
  values.answers,
  values.prompt,
  values.response,
  values.epochs,
  values.steps,
].map(Number);

await prepareBackend();
const policy = await loadPolicy(`random:${values.model}`);
const generator = await openGenerator();
let scored = 0;
const trainer = await GRPOTrainer.create({
  policy,
  ...(generator && { generator }),
  rewardModel: ({ responses }) => uniforms({ seed: 0, stream: "bench-rewards", counters: [scored++], count: responses.length }),
  batchSize: batch / answers,
  numGenerations: answers,
  numIterations: epochs,
  minNewTokens: response,
  maxNewTokens: response,
  maxGradNorm: noClipping,
  steps,
});
const prompts = Array.from({ length: (steps * batch) / answers }, (_, row) => {
  const draws = uniforms({ seed: 0, stream: "bench-prompts", counters: [row], count: prompt });
  return Int32Array.from(draws, (draw) => Math.floor(draw * policy.vocabSize));
});
const stepping = trainer.steps(prompts);
for await (const _ of createInterface({ input: process.stdin })) {
  const { done, value } = await stepping.next();
  if (done) break;
  const { "time/total": totalSeconds, "time/generate": generateSeconds, "time/train": trainSeconds } = value.metrics;
  console.log(JSON.stringify({ generateSeconds, totalSeconds, epochSeconds: trainSeconds / epochs }));
}

/** What writes the answers, where it is not the policy itself. */
function openGenerator() {
  if (values.rollout === "policy") return undefined;
  if (values.rollout === "int8") return quantizedGenerator({ policy });
  return OnnxGenerator.create({ policy, precision: values.rollout === "onnx-int8" ? "int8" : "float32" });
}
