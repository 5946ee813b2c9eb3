/**
 * Trains the embedded reward: how warm or hostile a text's wording is. Labels come from word lists, the model learns from token ids, and
 * its scale from the untrained policy's responses, whose scores get standard deviation 1. Every draw comes from the seed.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepareBackend } from "@cai/backend";
import { AdamW, learningRateAt } from "@cai/optim";
import { permutation } from "@cai/random";
import { OnnxRewardModel } from "@cai/reward-model";
import { loadTokenizer } from "@cai/tokenizer";
import * as tf from "@tensorflow/tfjs-core";
import { rewardDirectory } from "./asset-folders.ts";
import { type Corpus, loadCorpus } from "./corpus.ts";
import { loadLexicon } from "./lexicon.ts";
import { rewardGraph } from "./reward-graph.ts";
import { createRewardParameters, rewardBatch, rewardForward } from "./reward-network.ts";
import { type LabelledText, labelledTexts } from "./reward-texts.ts";
import { untrainedTexts } from "./untrained-texts.ts";

const seed = 1;
const passes = 8;
const batchSize = 256;
const peakLearningRate = 5e-3;
const weightDecay = 0.01;
const bound = 3;

await prepareBackend({ prefer: "native" });
const tokenizer = await loadTokenizer(rewardDirectory);
const encode = (text: string) => tokenizer.encode(text);
const lexicon = loadLexicon();
const corpus = loadCorpus();
const parameters = createRewardParameters({ vocabSize: tokenizer.vocabSize, seed });
const optimizer = new AdamW({ parameters: parameters.values(), weightDecay });

const heldOut = labelledTexts({ sentences: sentences("heldOut"), lexicon, encode, seed, stream: "held-out texts", replaceWords: false });
const labelDeviation = standardDeviation(heldOut.map(({ label }) => label));
for (let pass = 0; pass < passes; pass++) {
  const texts = labelledTexts({ sentences: sentences("train"), lexicon, encode, seed, stream: `texts ${pass}`, replaceWords: true });
  const order = permutation({ seed, stream: "text order", counters: [pass], length: texts.length });
  const stepsInPass = Math.floor(texts.length / batchSize);
  let total = 0;
  for (let step = 0; step < stepsInPass; step++) {
    const batch = Array.from(order.subarray(step * batchSize, (step + 1) * batchSize), (index) => texts[index]!);
    const learningRate = learningRateAt({
      schedule: "cosine",
      base: peakLearningRate,
      step: pass * stepsInPass + step,
      totalSteps: passes * stepsInPass,
      warmupSteps: 20,
    });
    total += trainStep(batch, learningRate);
  }
  console.log(`pass ${pass + 1}/${passes}: mean squared error ${(total / stepsInPass).toFixed(4)}`);
}

const scores = predict(heldOut.map(({ ids }) => ids));
const labels = heldOut.map(({ label }) => label / labelDeviation);
const clear = labels.flatMap((label, index) => (Math.abs(label) >= 0.5 ? [Math.sign(label) === Math.sign(scores[index]!)] : []));
console.log(`held-out texts: ${labels.length}, correlation with the labels ${correlation(scores, labels).toFixed(3)}`);
console.log(
  `right sign where the label is at least half a deviation from 0: ${(clear.filter(Boolean).length / clear.length).toFixed(3)} of ${clear.length}`,
);

const untrained = predict((await untrainedTexts("train.jsonl")).map(encode));
let gain = 1;
for (let i = 0; i < 50; i++) gain /= standardDeviation(untrained.map((score) => bound * Math.tanh((gain * score) / bound)));
writeFileSync(join(rewardDirectory, "model.onnx"), rewardGraph({ parameters, gain, bound }));
const config = {
  model_type: "warmth",
  num_labels: 1,
  id2label: { 0: "warmth" },
  vocab_size: tokenizer.vocabSize,
  pad_token_id: tokenizer.padTokenId,
};
writeFileSync(join(rewardDirectory, "config.json"), `${JSON.stringify(config, null, 2)}\n`);
await checkGraph(heldOut.slice(0, batchSize).map(({ ids }) => ids));

/** The file must answer what the network answers. */
async function checkGraph(texts: readonly Int32Array[]): Promise<void> {
  const rewardModel = await OnnxRewardModel.load(rewardDirectory);
  const responses = texts.map((ids) => tokenizer.decode(ids));
  const answers = await rewardModel.score({ prompts: texts.map(() => ""), responses, promptIds: texts, responseIds: texts });
  await rewardModel.dispose();
  const differences = predict(texts).map((score, index) => Math.abs(bound * Math.tanh((gain * score) / bound) - answers[index]!));
  const largest = Math.max(...differences);
  console.log(`gain ${gain.toFixed(3)}; largest difference between network and ONNX file ${largest.toExponential(1)}`);
  if (!(largest < 1e-4)) throw new Error("the ONNX file does not compute what was trained");
}

function sentences(part: keyof Corpus): string[] {
  return corpus[part].flatMap((speech) => speech.sentences);
}

function trainStep(texts: readonly LabelledText[], learningRate: number): number {
  const batch = rewardBatch(texts.map(({ ids }) => ids));
  const all = [...parameters.values()];
  const { value, grads } = tf.tidy(() => {
    const targets = tf.tensor1d(texts.map(({ label }) => label / labelDeviation));
    const loss = () => tf.mean(tf.square(tf.sub(rewardForward(parameters, batch), targets))) as tf.Scalar;
    return tf.valueAndGrads(loss)(all.map((parameter) => parameter.value));
  });
  optimizer.step({ gradients: new Map(all.map(({ name }, index) => [name, grads[index]!])), learningRate });
  const loss = value.dataSync()[0]!;
  tf.dispose([value, ...grads]);
  return loss;
}

function predict(texts: readonly Int32Array[]): number[] {
  const result: number[] = [];
  for (let start = 0; start < texts.length; start += batchSize) {
    const scores = rewardForward(parameters, rewardBatch(texts.slice(start, start + batchSize)));
    result.push(...scores.dataSync());
    scores.dispose();
  }
  return result;
}

function standardDeviation(numbers: readonly number[]): number {
  const mean = numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  return Math.sqrt(numbers.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (numbers.length - 1));
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = a.reduce((sum, one, index) => sum + (one - meanA) * (b[index]! - meanB), 0) / (a.length - 1);
  return covariance / (standardDeviation(a) * standardDeviation(b));
}
