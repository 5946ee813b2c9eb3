// A trace of rewards being scored in ONNX Runtime while TensorFlow computes in the same process.
import { prepareBackend } from "@cai/backend";
import { demoPrompts, demoRewardDirectory } from "@cai/demo";
import { OnnxRewardModel } from "@cai/reward-model";
import * as tf from "@tensorflow/tfjs-core";

await prepareBackend();
const rewardModel = await OnnxRewardModel.load(demoRewardDirectory, { threads: 1 });
const prompts = (await demoPrompts({ split: "train" })).flatMap((prompt) => Array(4).fill(prompt) as string[]);
const request = { prompts, responses: prompts, promptIds: [], responseIds: [] };
const a = tf.fill([700, 700], 0.5);
const multiply = () => tf.tidy(() => tf.matMul(a, a).dataSync()[0]);
multiply();

const began = performance.now();
const spans: { what: string; from: number; to: number }[] = [];
const span = (what: string, from: number) => spans.push({ what, from, to: performance.now() - began });

let scoring = true;
const scored = rewardModel.score(request).finally(() => {
  scoring = false;
  span("onnxruntime", 0);
});
while (scoring) {
  const from = performance.now() - began;
  for (let i = 0; i < 10; i++) multiply();
  span("tensorflow", from);
  await new Promise((resolve) => setImmediate(resolve));
}
await scored;

const end = Math.max(...spans.map(({ to }) => to));
for (const what of ["onnxruntime", "tensorflow"]) {
  const line = Array<string>(72).fill("·");
  for (const { from, to } of spans.filter((each) => each.what === what)) {
    const last = Math.max(Math.ceil((to / end) * 72) - 1, 0);
    line.fill("─", Math.floor((from / end) * 72), last).fill("┤", last, last + 1);
  }
  console.log(`${what.padEnd(12)}${line.join("")}`);
}
const busy = spans.filter(({ what }) => what === "tensorflow").reduce((sum, { from, to }) => sum + to - from, 0);
console.log(
  `${prompts.length} texts scored in ${end.toFixed(0)} ms, of which TensorFlow computed ${((100 * busy) / end).toFixed(0)} % of the time`,
);
await rewardModel.dispose();
