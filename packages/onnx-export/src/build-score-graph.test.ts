import { createPolicy } from "@cai/policy";
import { createTokenizer } from "@cai/tokenizer";
import "@tensorflow/tfjs";
import { leftPadded } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { beforeAll, expect, test } from "vitest";
import { buildScoreGraph } from "./build-score-graph.ts";
import { modelOf } from "./onnx-decoder.fixture.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const vocab = Object.fromEntries(Array.from({ length: 48 }, (_, id) => [`t${id}`, id]));
const tokenizer = createTokenizer({ tokenizerJson: { model: { type: "BPE", vocab, merges: [] } } });
const texts = [[3, 1, 4, 1, 5, 9], [2, 6, 5], [8]];

const small = {
  vocab_size: 48,
  hidden_size: 12,
  intermediate_size: 20,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  max_position_embeddings: 64,
};

/** Rows of ids as the graph takes them, padded with an id that means something elsewhere. */
function padded(side: "left" | "right", rows: readonly (readonly number[])[]) {
  const columns = Math.max(...rows.map(({ length }) => length));
  const fill = (row: readonly number[], value: number) => Array<number>(columns - row.length).fill(value);
  const place = (row: readonly number[], pad: readonly number[]) => (side === "left" ? [...pad, ...row] : [...row, ...pad]);
  const int64 = (values: readonly number[]) => new Tensor("int64", BigInt64Array.from(values, BigInt), [rows.length, columns]);
  return {
    input_ids: int64(rows.flatMap((row) => place(row, fill(row, 7)))),
    attention_mask: int64(rows.flatMap((row) => place(Array(row.length).fill(1), fill(row, 0)))),
  };
}

test.each([
  ["gpt2", { model_type: "gpt2", vocab_size: 48, n_positions: 64, n_embd: 12, n_layer: 2, n_head: 3 }],
  [
    "llama",
    {
      model_type: "llama",
      vocab_size: 48,
      hidden_size: 12,
      intermediate_size: 20,
      num_hidden_layers: 2,
      num_attention_heads: 6,
      num_key_value_heads: 2,
      max_position_embeddings: 64,
    },
  ],
  ["qwen3", { ...small, model_type: "qwen3", head_dim: 4 }],
  ["gemma3_text", { ...small, model_type: "gemma3_text", head_dim: 4, sliding_window: 64 }],
])("%s: scores equal w·h at each text's last token, with padding on either side or none", async (_, config) => {
  const policy = await createPolicy({ config: { ...config, initializer_range: 0.3 }, seed: 3, tokenizer });
  const score = Float32Array.from({ length: 12 }, (_, i) => Math.sin(1 + 2 * i));
  const nothing = { ids: new Int32Array(3), mask: new Uint8Array(3), shape: [3, 1] } as const;
  const wanted = tf.tidy(() => {
    const last = policy.lastHiddenStates({ prompts: leftPadded(texts), responses: nothing });
    return tf.reshape(tf.matMul(last, tf.tensor2d(score, [12, 1])), [-1]).arraySync() as number[];
  });
  expect(new Set(wanted.map((value) => value.toFixed(2))).size).toBe(3);
  const scoresOf = async (quantize: boolean, feeds: ReturnType<typeof padded>) => {
    const session = await InferenceSession.create(buildScoreGraph({ ...modelOf(policy), score, quantize }).toBytes());
    expect(session.inputNames).toEqual(["input_ids", "attention_mask"]);
    const { logits } = await session.run(feeds);
    await session.release();
    expect(logits!.dims[1]).toBe(1);
    return [...(logits!.data as Float32Array)];
  };
  for (const side of ["left", "right"] as const) {
    const found = await scoresOf(false, padded(side, texts));
    for (const [row, value] of found.entries()) expect(value).toBeCloseTo(wanted[row]!, 4);
  }
  const alone = await scoresOf(false, padded("left", [texts[1]!]));
  expect(alone[0]).toBeCloseTo(wanted[1]!, 4);
  // Seven bits of a weight and eight of an input are ±1 % of the largest; some of it cancels in sums, and some adds up over the layers.
  const deviation = (values: readonly number[]) => Math.hypot(...values);
  const int8 = await scoresOf(true, padded("right", texts));
  expect(deviation(int8.map((value, row) => value - wanted[row]!)) / deviation(wanted)).toBeLessThan(0.1);
  policy.dispose();
});

test("a score that is no number is refused by name", async () => {
  const config = { model_type: "gpt2", vocab_size: 48, n_positions: 64, n_embd: 12, n_layer: 1, n_head: 3 };
  const policy = await createPolicy({ config, seed: 3, tokenizer });
  const score = new Float32Array(12).fill(Number.NaN, 5, 6);
  expect(() => buildScoreGraph({ ...modelOf(policy), score })).toThrow(
    "score.weight: number 5 is NaN; only finite weights can be exported",
  );
  policy.dispose();
});
