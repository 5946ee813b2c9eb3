// A trace of rewards being scored in ONNX Runtime while TensorFlow computes in the same process.
import { prepareBackend } from "@cai/backend";
import { demoPrompts, demoRewardDirectory } from "@cai/demo";
import { OnnxRewardModel } from "@cai/reward-model";
import * as tf from "@tensorflow/tfjs-core";

await prepareBackend();
const rewardModel = await OnnxRewardModel.load(demoRewardDirectory, { threads: 1, batchSize: 400 });
const prompts = (await demoPrompts({ split: "train" })).flatMap((prompt) => Array(12).fill(prompt.repeat(6)) as string[]);
const request = { prompts, responses: prompts, promptIds: [], responseIds: [] };

const a = tf.fill([300, 300], 0.5);
/** Seconds that ten matrix products take. */
function multiply(): { from: number; to: number } {
  const from = performance.now();
  for (let i = 0; i < 10; i++) tf.tidy(() => tf.matMul(a, a).dataSync()[0]);
  return { from, to: performance.now() };
}
const median = (spans: readonly { from: number; to: number }[]) =>
  spans.map(({ from, to }) => to - from).sort((x, y) => x - y)[Math.floor(spans.length / 2)]!;
const alone = Array.from({ length: 20 }, multiply);

let scoring = true;
const began = performance.now();
const scored = rewardModel.score(request).finally(() => {
  scoring = false;
});
const beside: { from: number; to: number }[] = [];
while (scoring) {
  beside.push(multiply());
  await new Promise((resolve) => setImmediate(resolve));
}
await scored;
const end = performance.now();

const draw = (spans: readonly { from: number; to: number }[]) =>
  Array.from({ length: 72 }, (_, column) => {
    const [left, right] = [0, 1].map((side) => began + ((column + side) / 72) * (end - began));
    return spans.some(({ from, to }) => from < right! && to > left!) ? "█" : "·";
  }).join("");
console.log(`onnxruntime ${draw([{ from: began, to: end }])}`);
console.log(`tensorflow  ${draw(beside)}`);
console.log(
  `${prompts.length} texts were scored in ${(end - began).toFixed(0)} ms; meanwhile TensorFlow made ${10 * beside.length} products,`,
);
console.log(`ten in ${median(beside).toFixed(1)} ms, where ten alone take ${median(alone).toFixed(1)} ms.`);
await rewardModel.dispose();
