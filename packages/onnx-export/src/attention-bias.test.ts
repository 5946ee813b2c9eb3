import { GraphBuilder } from "@cai/onnx-graph";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { attentionBias } from "./attention-bias.ts";

/** The bias `[1, 1, groupSize · tokens, mask.length]` as text, a line a query: o may be seen, · not. */
async function seen(mask: readonly number[], tokens: number, groupSize = 1): Promise<string[]> {
  const builder = new GraphBuilder();
  const inputIds = builder.input("input_ids", "int64", ["batch", "tokens"]);
  const attentionMask = builder.input("attention_mask", "int64", ["batch", "all"]);
  builder.output(attentionBias(builder, { inputIds, attentionMask, groupSize }), "float32", ["batch", 1, "queries", "all"]);
  const session = await InferenceSession.create(builder.toBytes());
  const row = (values: readonly number[]) => new Tensor("int64", BigInt64Array.from(values, BigInt), [1, values.length]);
  const result = await session.run({ input_ids: row(Array(tokens).fill(0)), attention_mask: row(mask) });
  const [bias] = Object.values(result) as [Tensor];
  await session.release();
  expect(bias.dims).toEqual([1, 1, groupSize * tokens, mask.length]);
  const text = Array.from(bias.data as Float32Array, (value) => (value === 0 ? "o" : value === Math.fround(-1e9) ? "·" : "?")).join("");
  return text.match(new RegExp(`.{${mask.length}}`, "g")) ?? [];
}

test("a token sees itself and what came before it, and no padding", async () => {
  expect(await seen([0, 1, 1], 3)).toEqual(["···", "·o·", "·oo"]);
});

test("over cached columns, the queries are the last ones", async () => {
  expect(await seen([0, 1, 1, 1, 1], 2)).toEqual(["·ooo·", "·oooo"]);
  expect(await seen([1, 1, 1], 1)).toEqual(["ooo"]);
});

test("query heads that share a key repeat the rows", async () => {
  expect(await seen([1, 1], 2, 2)).toEqual(["o·", "oo", "o·", "oo"]);
});
