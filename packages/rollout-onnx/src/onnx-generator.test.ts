import { keptOf, type SamplingOptions } from "@cai/contracts";
import { addLora, type CausalPolicy, createPolicy, loadPolicy } from "@cai/policy";
import { goldenModels, leftPadded } from "@cai/testing";
import { createTokenizer } from "@cai/tokenizer";
import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OnnxGenerator } from "./onnx-generator.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const ragged = leftPadded([[3, 1, 4, 1, 5, 9, 2, 6], [5, 3], [5], [8, 9, 7, 9, 3]]);
const sampled: SamplingOptions = { draws: { seed: 5, stream: "test", step: 3, firstSample: 2 }, maxNewTokens: 24, temperature: 1 };

describe.each(goldenModels)("$name", ({ folder, expected: { greedy } }) => {
  let policy: CausalPolicy;
  let float32: OnnxGenerator;
  let int8: OnnxGenerator;
  beforeAll(async () => {
    policy = await loadPolicy(folder);
    float32 = await OnnxGenerator.create({ policy });
    int8 = await OnnxGenerator.create({ policy, precision: "int8" });
  });
  afterAll(async () => {
    await float32.dispose();
    await int8.dispose();
    policy.dispose();
  });

  test("greedy ids of ragged prompts in float32 are the policy's, which are transformers'", async () => {
    const prompts = leftPadded(greedy.prompts);
    const sampling = { ...sampled, maxNewTokens: greedy.newTokens, temperature: 0 };
    const generation = await float32.generate(prompts, sampling);
    const wanted = await policy.generate(prompts, sampling);
    expect(generation.responses).toEqual(wanted.responses);
    expect(generation.finishReasons).toEqual(wanted.finishReasons);
    for (const [row, continuation] of greedy.continuations.entries()) {
      const [, columns] = generation.responses.shape;
      expect([...generation.responses.ids.subarray(row * columns, row * columns + continuation.length)]).toEqual(continuation);
    }
  });

  test.each([
    { temperature: 1 },
    { temperature: 0.7, minNewTokens: 6 },
    { temperature: 1.3, topK: 7, topP: 0.9, stopTokenIds: [3, 17, 40, 99] },
    { temperature: 1, minNewTokens: 3, stopTokenIds: Array.from({ length: 200 }, (_, id) => id) },
  ])("with %o the same tokens are drawn as by the policy, with the same log-probabilities", async (options) => {
    const sampling = { ...sampled, ...options };
    const generation = await float32.generate(ragged, sampling);
    const wanted = await policy.generate(ragged, sampling);
    expect(generation.responses).toEqual(wanted.responses);
    expect(generation.finishReasons).toEqual(wanted.finishReasons);
    for (const [index, logprob] of wanted.behaviourLogprobs.entries()) expect(generation.behaviourLogprobs[index]).toBeCloseTo(logprob, 4);
  });

  test("rows that end leave the batch, and the others go on as if alone", async () => {
    const stopTokenIds = Array.from({ length: 60 }, (_, id) => 8 * id);
    for (const generator of [float32, int8]) {
      const { responses, behaviourLogprobs, finishReasons } = await generator.generate(ragged, { ...sampled, stopTokenIds });
      const lengths = finishReasons.map((_, row) => rowOf(responses.mask, row, responses.shape).reduce((sum, valid) => sum + valid, 0));
      expect(new Set(lengths).size).toBeGreaterThan(2);
      const prompt = [8, 9, 7, 9, 3];
      const draws = { ...sampled.draws, firstSample: sampled.draws.firstSample! + 3 };
      const alone = await generator.generate(leftPadded([prompt]), { ...sampled, stopTokenIds, draws });
      expect([...alone.responses.ids]).toEqual(rowOf(responses.ids, 3, responses.shape).slice(0, lengths[3]));
      expect(alone.finishReasons[0]).toBe(finishReasons[3]);
      for (const [column, logprob] of alone.behaviourLogprobs.entries())
        expect(rowOf(behaviourLogprobs, 3, responses.shape)[column]).toBeCloseTo(logprob, 4);
    }
  });

  test("what top-k and top-p kept is recorded where that is asked for, and is what the log-probabilities are of", async () => {
    for (const filter of [{ topK: 5 }, { topP: 0.8 }]) {
      const asked = { ...sampled, ...filter, recordKeptTokens: true };
      const { keptTokens } = await policy.generate(ragged, asked);
      expect((await float32.generate(ragged, asked)).keptTokens).toEqual(keptTokens);
      expect((await float32.generate(ragged, { ...asked, recordKeptTokens: false })).keptTokens).toBeUndefined();
      const drawn = await int8.generate(ragged, asked);
      drawn.responses.mask.forEach((valid, cell) => {
        const kept = keptOf(drawn.keptTokens!, cell);
        if (valid === 1) expect(kept).toContain(drawn.responses.ids[cell]);
        else expect(kept.length).toBe(0);
      });
    }
    expect((await float32.generate(ragged, { ...sampled, recordKeptTokens: true })).keptTokens).toBeUndefined();
  });

  test("int8 draws from a distribution near the policy's, and says which", async () => {
    const { responses, behaviourLogprobs } = await int8.generate(ragged, { ...sampled, maxNewTokens: 40, minNewTokens: 40 });
    const logprobs = tf.tidy(() => {
      const hidden = policy.hiddenStates({ prompts: ragged, responses });
      return policy.tokenLogprobs(hidden, responses, { temperature: 1 }).logprobs.dataSync();
    });
    const differences = behaviourLogprobs.map((logprob, index) => Math.abs(logprob - logprobs[index]!));
    const mean = differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
    expect(mean).toBeGreaterThan(1e-4);
    expect(mean).toBeLessThan(0.3);
  });

  test("new weights are used from the next call on, whether sessions were kept or not", async () => {
    const own = await loadPolicy(folder);
    const generator = await OnnxGenerator.create({ policy: own });
    const greedily: SamplingOptions = { ...sampled, temperature: 0 };
    const agree = async () =>
      expect((await generator.generate(ragged, greedily)).responses).toEqual((await own.generate(ragged, greedily)).responses);
    const before = await generator.generate(ragged, greedily);
    for (let again = 0; again < 3; again++) await agree();
    const names = [...own.parameters.keys()];
    for (const name of [names[0]!, names.find((one) => one.includes("1.") && own.parameters.get(one)!.shape.length === 2)!]) {
      const parameter = own.parameters.get(name)!;
      parameter.assign(
        tf.tidy(() => tf.add(tf.mul(parameter.value, -0.5), tf.sin(tf.reshape(tf.range(0, parameter.value.size), parameter.value.shape)))),
      );
      await agree();
      await agree();
    }
    expect((await generator.generate(ragged, greedily)).responses).not.toEqual(before.responses);
    await generator.dispose();
    own.dispose();
  });

  test("an adapter is in the weights, and its updates are brought over", async () => {
    const base = await loadPolicy(folder);
    const adapted = addLora(base, { rank: 2, alpha: 4, targets: "all-linear", seed: 1 });
    const generator = await OnnxGenerator.create({ policy: adapted });
    const before = await generator.generate(ragged, sampled);
    expect(before.responses).toEqual((await base.generate(ragged, sampled)).responses);
    for (const parameter of adapted.parameters.values())
      parameter.assign(tf.tidy(() => tf.mul(tf.sin(tf.reshape(tf.range(1, 1 + parameter.value.size), parameter.value.shape)), 0.2)));
    const after = await generator.generate(ragged, sampled);
    expect(after.responses).toEqual((await adapted.generate(ragged, sampled)).responses);
    expect(after.responses).not.toEqual(before.responses);
    await generator.dispose();
    adapted.dispose();
    base.dispose();
  });

  test("calls that come at once are answered one after the other", async () => {
    const [one, two] = await Promise.all([
      float32.generate(ragged, sampled),
      float32.generate(ragged, { ...sampled, draws: { ...sampled.draws, step: 4 } }),
    ]);
    expect(one).toEqual(await float32.generate(ragged, sampled));
    expect(two.responses).not.toEqual(one.responses);
  });

  test("an abort ends the loop with the signal's reason, and the generator goes on", async () => {
    const controller = new AbortController();
    const sampling = { ...sampled, maxNewTokens: 110, minNewTokens: 110, signal: controller.signal };
    const aborted = float32.generate(ragged, sampling);
    setTimeout(() => controller.abort(new Error("enough")), 10);
    await expect(aborted).rejects.toThrow("enough");
    await expect(float32.generate(ragged, sampling)).rejects.toThrow("enough");
    expect((await float32.generate(ragged, sampled)).responses.shape[0]).toBe(4);
  });
});

test("weights that are no finite numbers are refused by name, and taken again once they are", async () => {
  const policy = await loadPolicy(goldenModels[0].folder);
  const [name] = [...policy.parameters.keys()].filter((one) => one.includes("h.1.mlp.c_fc.weight"));
  const parameter = policy.parameters.get(name!)!;
  const good = tf.clone(parameter.value);
  for (const precision of ["float32", "int8"] as const) {
    const generator = await OnnxGenerator.create({ policy, precision });
    const spoilt = good.dataSync().slice().fill(Number.NaN, 7, 8);
    parameter.assign(tf.tensor(spoilt, parameter.value.shape));
    await expect(generator.generate(ragged, sampled)).rejects.toMatchObject({
      name: "RolloutError",
      code: "not-finite",
      message: `${name}: number 7 is NaN; responses can't be drawn with such weights`,
    });
    parameter.assign(tf.clone(good));
    expect((await generator.generate(ragged, sampled)).responses.shape[0]).toBe(4);
    await generator.dispose();
  }
  policy.dispose();
});

test("prompts and options are refused as the policy refuses them, and a generator that was disposed of says so", async () => {
  const policy = await loadPolicy(goldenModels[0].folder);
  const generator = await OnnxGenerator.create({ policy });
  await expect(generator.generate(ragged, { ...sampled, maxNewTokens: 1000 })).rejects.toMatchObject({
    name: "PolicyError",
    code: "too-long",
  });
  await expect(generator.generate(leftPadded([[9999]]), sampled)).rejects.toMatchObject({ name: "PolicyError" });
  await expect(generator.generate(ragged, { ...sampled, temperature: -1 })).rejects.toMatchObject({ name: "SamplingError" });
  await expect(generator.generate(ragged, { ...sampled, onToken: () => true })).rejects.toMatchObject({
    code: "bad-option",
    message: expect.stringContaining("use the policy itself"),
  });
  const underWay = expect(generator.generate(ragged, sampled)).rejects.toMatchObject({ name: "RolloutError" });
  await generator.dispose();
  await underWay;
  await expect(generator.generate(ragged, sampled)).rejects.toMatchObject({ code: "disposed" });
  const tokenizer = createTokenizer({ tokenizerJson: { model: { type: "BPE", vocab: { a: 0 }, merges: [] } } });
  const odd = await createPolicy({
    config: { model_type: "gpt2", vocab_size: 1, n_positions: 8, n_embd: 12, n_layer: 1, n_head: 1 },
    seed: 1,
    tokenizer,
  });
  await expect(OnnxGenerator.create({ policy: odd })).rejects.toMatchObject({
    code: "unsupported-model",
    message: expect.stringMatching(/12 numbers.*multiples of 8/),
  });
  odd.dispose();
  await expect(OnnxGenerator.create({ policy, threads: 0 })).rejects.toMatchObject({ code: "bad-option" });
  policy.dispose();
});

test.each([
  [
    "heads of 8, wider than the model, three to a key",
    { model_type: "mistral", hidden_size: 12, num_attention_heads: 3, num_key_value_heads: 1, head_dim: 8, sliding_window: null },
  ],
  ["biases, and an output of its own", { model_type: "qwen2", hidden_size: 16, num_attention_heads: 2, num_key_value_heads: 2 }],
  [
    "heads that are normalised by themselves",
    { model_type: "qwen3", hidden_size: 16, num_attention_heads: 4, num_key_value_heads: 2, head_dim: 8, tie_word_embeddings: true },
  ],
  [
    "embeddings that are scaled, two kinds of positions, gains less 1, queries of another scale",
    {
      model_type: "gemma3_text",
      hidden_size: 16,
      num_attention_heads: 4,
      num_key_value_heads: 2,
      head_dim: 8,
      sliding_window: 64,
      sliding_window_pattern: 2,
      query_pre_attn_scalar: 20,
    },
  ],
])("%s: tokens are the policy's", async (_, config) => {
  const sizes = { vocab_size: 48, intermediate_size: 20, num_hidden_layers: 2, max_position_embeddings: 64, initializer_range: 0.3 };
  const vocab = Object.fromEntries(Array.from({ length: 48 }, (_, id) => [`t${id}`, id]));
  const tokenizer = createTokenizer({ tokenizerJson: { model: { type: "BPE", vocab, merges: [] } } });
  const policy = await createPolicy({ config: { ...sizes, ...config }, seed: 3, tokenizer });
  const generator = await OnnxGenerator.create({ policy });
  const prompts = leftPadded([
    [3, 1, 4, 1, 5],
    [9, 2],
  ]);
  expect((await generator.generate(prompts, sampled)).responses).toEqual((await policy.generate(prompts, sampled)).responses);
  await generator.dispose();
  policy.dispose();
});

function rowOf(values: ArrayLike<number>, row: number, [, columns]: readonly [number, number]): number[] {
  return Array.from({ length: columns }, (_, column) => values[row * columns + column]!);
}
