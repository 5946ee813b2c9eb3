/**
 * Pretrains the embedded policy from nothing: next-token prediction on State of the Union addresses. Every draw comes from the seed.
 * The policy is written every few minutes, so that a run that was stopped still leaves a usable one.
 */
import { prepareBackend } from "@cai/backend";
import type { SequenceBatch } from "@cai/contracts";
import { AdamW, clipFactor, globalNorm, learningRateAt } from "@cai/optim";
import { createPolicy } from "@cai/policy";
import { loadTokenizer } from "@cai/tokenizer";
import * as tf from "@tensorflow/tfjs-core";
import { policyDirectory } from "./asset-folders.ts";
import { firstModernYear, loadCorpus } from "./corpus.ts";
import { heldOutLoss } from "./held-out-loss.ts";
import { tokenizeSpeeches, trainingRows } from "./training-rows.ts";
import { writePolicy } from "./write-policy.ts";

const seed = 1;
const totalSteps = 3000; // of 32 × 127 predicted tokens
const batchSize = 32;
const peakLearningRate = 3e-3;
const warmupSteps = 100;
const weightDecay = 0.1; // of matrices only
const stepsBetweenCheckpoints = 250;
const modernRepeats = 3;

const config = {
  activation_function: "gelu_new",
  architectures: ["GPT2LMHeadModel"],
  attn_pdrop: 0,
  bos_token_id: 0,
  embd_pdrop: 0,
  eos_token_id: 0,
  initializer_range: 0.04,
  layer_norm_epsilon: 1e-5,
  model_type: "gpt2",
  n_embd: 192,
  n_head: 4,
  n_inner: null,
  n_layer: 4,
  n_positions: 128,
  pad_token_id: 0,
  resid_pdrop: 0,
  scale_attn_weights: true,
  torch_dtype: "float16",
  vocab_size: 4096,
};

await prepareBackend({ prefer: "native" });
const tokenizer = await loadTokenizer(policyDirectory);
const endOfText = tokenizer.eosTokenId!;
const corpus = loadCorpus();
const encode = (text: string) => tokenizer.encode(text);
const speeches = tokenizeSpeeches(corpus.train, encode);
const heldOut = tokenizeSpeeches(corpus.heldOut, encode);
const policy = await createPolicy({ config, seed, tokenizer });
const parameters = [...policy.parameters.values()];
const optimizers = [
  new AdamW({ parameters: parameters.filter(({ shape }) => shape.length > 1), beta2: 0.95, weightDecay }),
  new AdamW({ parameters: parameters.filter(({ shape }) => shape.length === 1), beta2: 0.95 }),
];
console.log(`${parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)} parameters`);

let rows: Int32Array[] = [];
let pass = 0;
const start = performance.now();
for (let step = 1; step <= totalSteps; step++) {
  if (rows.length < batchSize)
    rows = trainingRows({ speeches, rowLength: config.n_positions, endOfText, seed, pass: pass++, modernRepeats });
  const loss = await trainStep(rows.splice(0, batchSize), step);
  if (step % 20 === 0) {
    const tokensPerSecond = (step * batchSize * (config.n_positions - 1)) / ((performance.now() - start) / 1000);
    console.log(`step ${step}/${totalSteps} pass ${pass} loss ${loss.toFixed(3)} ${tokensPerSecond.toFixed(0)} tokens/s`);
  }
  if (step % stepsBetweenCheckpoints === 0 || step === totalSteps) {
    await writePolicy({ directory: policyDirectory, policy, config });
    const modern = await heldOutLoss({ policy, speeches: heldOut.filter(({ year }) => year >= firstModernYear), endOfText });
    console.log(`step ${step}: held-out, from ${firstModernYear} on: ${describe(modern)}`);
  }
}
console.log(`held-out, all years: ${describe(await heldOutLoss({ policy, speeches: heldOut, endOfText }))}`);

/** One AdamW update on the mean loss of these rows; returns that loss. */
async function trainStep(batchRows: readonly Int32Array[], step: number): Promise<number> {
  const batch = nextTokenBatch(batchRows);
  const { value, grads } = tf.tidy(() =>
    tf.valueAndGrads(() => {
      const { logprobs } = policy.tokenLogprobs(policy.hiddenStates(batch), batch.responses, { temperature: 1 });
      return tf.neg(tf.mean(logprobs)) as tf.Scalar;
    })(parameters.map((parameter) => parameter.value)),
  );
  const gradients = new Map(parameters.map(({ name }, index) => [name, grads[index]!]));
  const scale = clipFactor({ norm: await globalNorm(grads), maxNorm: 1 });
  const learningRate = learningRateAt({
    schedule: "cosine",
    base: peakLearningRate,
    step: step - 1,
    totalSteps,
    warmupSteps,
    minimum: 0.02 * peakLearningRate,
  });
  for (const optimizer of optimizers) optimizer.step({ gradients, learningRate, scale });
  const loss = (await value.data())[0]!;
  tf.dispose([value, ...grads]);
  return loss;
}

/** Rows of equal length: the first token is given, every further one is predicted. */
function nextTokenBatch(batchRows: readonly Int32Array[]): SequenceBatch {
  const columns = config.n_positions - 1;
  const ids = new Int32Array(batchRows.length * columns);
  for (const [index, row] of batchRows.entries()) ids.set(row.subarray(1), index * columns);
  const ones = (length: number) => new Uint8Array(length).fill(1);
  return {
    prompts: { ids: Int32Array.from(batchRows, (row) => row[0]!), mask: ones(batchRows.length), shape: [batchRows.length, 1] },
    responses: { ids, mask: ones(ids.length), shape: [batchRows.length, columns] },
  };
}

function describe({ perToken, perWord }: { readonly perToken: number; readonly perWord: number }): string {
  const perplexity = (nats: number) => Math.exp(nats).toFixed(1);
  return `${perToken.toFixed(3)} nats a token (perplexity ${perplexity(perToken)}), ${perWord.toFixed(3)} a word (${perplexity(perWord)})`;
}
