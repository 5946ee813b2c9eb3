import type { TokenBatch } from "@cai/contracts";
import { type CausalPolicy, createPolicy, loadPolicy } from "@cai/policy";
import { familyModels, goldenModels, leftPadded } from "@cai/testing";
import { createTokenizer } from "@cai/tokenizer";
import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildDecodeGraph } from "./build-decode-graph.ts";
import { modelOf, OnnxDecoder } from "./onnx-decoder.fixture.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const llamaLike = { vocab_size: 48, hidden_size: 12, intermediate_size: 20, num_hidden_layers: 2, max_position_embeddings: 64 };
const scaling = { rope_type: "llama3", factor: 4, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 16 };

test.each([
  [
    "biases, untied output, scaled rotary positions, three query heads to a key",
    {
      ...llamaLike,
      model_type: "llama",
      num_attention_heads: 3,
      num_key_value_heads: 1,
      attention_bias: true,
      mlp_bias: true,
      rope_scaling: scaling,
    },
  ],
  ["as many key heads as query heads, unsaid", { ...llamaLike, model_type: "llama", num_attention_heads: 2, tie_word_embeddings: true }],
  ["Qwen2", { ...llamaLike, model_type: "qwen2", num_attention_heads: 6, num_key_value_heads: 2, head_dim: 4, hidden_size: 24 }],
  [
    "Mistral with heads wider than the model",
    { ...llamaLike, model_type: "mistral", num_attention_heads: 2, num_key_value_heads: 1, head_dim: 10, sliding_window: null },
  ],
  [
    "GPT-2 with an inner layer of its own width",
    { model_type: "gpt2", vocab_size: 48, n_positions: 64, n_embd: 12, n_layer: 1, n_head: 3, n_inner: 7 },
  ],
  [
    "GPT-2 with an output of its own",
    { model_type: "gpt2", vocab_size: 48, n_positions: 64, n_embd: 12, n_layer: 1, n_head: 3, tie_word_embeddings: false },
  ],
])("%s: logits equal TensorFlow.js's, and int8 ones come near", async (_, config) => {
  const tokenizer = createTokenizer({ tokenizerJson: { model: { type: "BPE", vocab: vocabOf(48), merges: [] } } });
  const policy = await createPolicy({ config: { ...config, initializer_range: 0.3 }, seed: 3, tokenizer });
  let seed = 1;
  // Also what starts as zeros and ones.
  for (const parameter of policy.parameters.values()) {
    if (parameter.shape.length === 1)
      parameter.assign(
        tf.add(
          parameter.value,
          tf.tidy(() => tf.sin(tf.range(seed, seed + parameter.shape[0]!))),
        ),
      );
    seed += 7;
  }
  const prompts = leftPadded([
    [3, 1, 4, 1, 5, 9],
    [2, 6, 5],
  ]);
  const responses = leftPadded([[8], [9]]);
  const wanted = tf.tidy(() => policy.logits(policy.hiddenStates({ prompts, responses })).arraySync()) as number[][][];
  for (const quantize of [false, true]) {
    const found = await readOnce(buildDecodeGraph({ ...modelOf(policy), quantize }).toBytes(), [
      [3, 1, 4, 1, 5, 9],
      [2, 6, 5],
    ]);
    const errors = wanted.flatMap(([row], index) => row!.map((logit, id) => (logit - found[index]!.at(-1)![id]!) ** 2));
    const squares = wanted.flat(2).map((logit) => logit ** 2);
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    expect(Math.sqrt(sum(errors) / sum(squares))).toBeLessThan(quantize ? 0.1 : 1e-5);
  }
  policy.dispose();
});

test("a weight that is no number is refused by name", async () => {
  const policy = await loadPolicy(goldenModels[0].folder);
  const model = modelOf(policy);
  const name = "transformer.h.1.mlp.c_fc.weight";
  const spoilt = new Map(model.weights).set(name, model.weights.get(name)!.slice().fill(Number.NaN, 5, 6));
  for (const quantize of [false, true])
    expect(() => buildDecodeGraph({ ...model, weights: spoilt, quantize })).toThrow(
      expect.objectContaining({ code: "not-finite", message: `${name}: number 5 is NaN; only finite weights can be exported` }),
    );
  policy.dispose();
});

describe.each([
  ...goldenModels.map((model) => ({ ...model, int8Error: 0.08 })),
  // Heads of eight numbers that are normalised by themselves make more of what was rounded away.
  ...familyModels.map((model) => ({ ...model, int8Error: 0.16 })),
])("$name", ({ folder, batch, expected: { greedy }, int8Error }) => {
  let policy: CausalPolicy;
  let float32: Uint8Array;
  let int8: Uint8Array;
  beforeAll(async () => {
    policy = await loadPolicy(folder);
    float32 = buildDecodeGraph(modelOf(policy)).toBytes();
    int8 = buildDecodeGraph({ ...modelOf(policy), quantize: true }).toBytes();
  });
  afterAll(() => policy.dispose());

  /** The largest difference from TensorFlow.js at the valid response tokens, and the root mean square of it and of the logits. */
  async function difference(read: (decoder: OnnxDecoder) => Promise<Float32Array[][]>, model: Uint8Array) {
    const decoder = await OnnxDecoder.create(model, batch.prompts.shape[0]);
    const found = await read(decoder);
    await decoder.release();
    const wanted = tf.tidy(() => policy.logits(policy.hiddenStates(batch)).arraySync()) as number[][][];
    let [largest, errors, squares] = [0, 0, 0];
    for (const [index, valid] of batch.responses.mask.entries()) {
      const columns = batch.responses.shape[1];
      const [row, column] = [Math.floor(index / columns), index % columns];
      if (valid === 0) continue;
      for (const [id, logit] of wanted[row]![column]!.entries()) {
        const error = Math.abs(logit - found[row]![column]![id]!);
        largest = Math.max(largest, error);
        errors += error ** 2;
        squares += logit ** 2;
      }
    }
    return { largest, relative: Math.sqrt(errors / squares) };
  }

  /** All columns at once; logits are read a column before the response token that they are for. */
  const atOnce = async (decoder: OnnxDecoder) => {
    const logits = await decoder.read(joined(batch.prompts, batch.responses));
    return logits.map((row) => row.slice(batch.prompts.shape[1] - 1, -1));
  };

  /** The prompts, then one token after another over what was cached. */
  const tokenByToken = async (decoder: OnnxDecoder) => {
    const logits = (await decoder.read(batch.prompts)).map((row) => [row.at(-1)!]);
    for (let column = 0; column < batch.responses.shape[1] - 1; column++) {
      const next = await decoder.read(columnOf(batch.responses, column));
      for (const [row, [after]] of next.entries()) logits[row]!.push(after!);
    }
    return logits;
  };

  test("float32 logits of a ragged batch equal TensorFlow.js's to 1e-4, read at once or token by token", async () => {
    expect((await difference(atOnce, float32)).largest).toBeLessThan(1e-4);
    expect((await difference(tokenByToken, float32)).largest).toBeLessThan(1e-4);
  });

  test(`int8 logits differ by at most ${100 * int8Error} % of their root mean square, and as much read token by token in a ragged batch as at once`, async () => {
    const { relative } = await difference(atOnce, int8);
    expect(relative).toBeGreaterThan(1e-3);
    expect(relative).toBeLessThan(int8Error);
    expect((await difference(tokenByToken, int8)).relative).toBeCloseTo(relative, 4);
  });

  test("a row's int8 logits don't depend on the rows beside it", async () => {
    const text = [5, 6, 7];
    const [alone] = await readOnce(int8, [text]);
    const [, , beside] = await readOnce(int8, [[40, 41, 42, 43, 44, 45], [9], text]);
    for (const [column, logits] of alone!.entries())
      for (const [id, logit] of logits.entries()) expect(beside![column + 3]![id]!).toBeCloseTo(logit, 4);
  });

  test("greedy tokens of a ragged batch are transformers', hence the policy's", async () => {
    const { prompts, continuations, newTokens } = greedy;
    const decoder = await OnnxDecoder.create(float32, prompts.length);
    let logits = await decoder.read(leftPadded(prompts));
    const drawn: number[][] = prompts.map(() => []);
    for (let token = 0; token < newTokens; token++) {
      const ids = logits.map((row) => argmax(row.at(-1)!));
      for (const [row, id] of ids.entries()) drawn[row]!.push(id);
      logits = await decoder.read(leftPadded(ids.map((id) => [id])));
    }
    await decoder.release();
    for (const [row, continuation] of continuations.entries()) expect(drawn[row]!.slice(0, continuation.length)).toEqual(continuation);
    const { responses } = await policy.generate(leftPadded(prompts), {
      draws: { seed: 0, stream: "test", step: 0 },
      maxNewTokens: newTokens,
      temperature: 0,
    });
    const columns = responses.shape[1];
    for (const [row, ids] of drawn.entries())
      for (const [column, id] of ids.entries())
        if (responses.mask[row * columns + column] === 1) expect(responses.ids[row * columns + column]).toBe(id);
  });
});

async function readOnce(model: Uint8Array, rows: readonly (readonly number[])[]): Promise<Float32Array[][]> {
  const decoder = await OnnxDecoder.create(model, rows.length);
  const logits = await decoder.read(leftPadded(rows));
  await decoder.release();
  return logits;
}

function argmax(values: Float32Array): number {
  return values.indexOf(values.reduce((largest, value) => Math.max(largest, value)));
}

function vocabOf(size: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: size }, (_, id) => [`t${id}`, id]));
}

function columnOf({ ids, mask, shape: [rows, columns] }: TokenBatch, column: number): TokenBatch {
  const at = (values: ArrayLike<number>) => Array.from({ length: rows }, (_, row) => values[row * columns + column]!);
  return { ids: Int32Array.from(at(ids)), mask: Uint8Array.from(at(mask)), shape: [rows, 1] };
}

function joined(left: TokenBatch, right: TokenBatch): TokenBatch {
  const rows = left.shape[0];
  const columns = left.shape[1] + right.shape[1];
  const join = (of: (batch: TokenBatch) => ArrayLike<number>) =>
    Array.from({ length: rows }, (_, row) =>
      [left, right].flatMap((batch) => Array.from({ length: batch.shape[1] }, (_, column) => of(batch)[row * batch.shape[1] + column]!)),
    ).flat();
  return { ids: Int32Array.from(join(({ ids }) => ids)), mask: Uint8Array.from(join(({ mask }) => mask)), shape: [rows, columns] };
}
