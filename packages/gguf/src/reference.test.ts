import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { dequantizers } from "./dequantize.ts";
import { openGguf } from "./open.ts";
import { quantizers } from "./quantize.ts";

// Written by llama.cpp's own Python package (gguf 0.19.0 on PyPI): random blocks, and beside each tensor in float32 what it makes of them.
const file = await openGguf(fileURLToPath(new URL("golden/reference.gguf", import.meta.url)));

test("the reference's metadata are read", () => {
  expect(Object.fromEntries(file.metadata)).toEqual({
    "general.architecture": "llama",
    "llama.block_count": 2,
    "tokenizer.ggml.tokens": ["a", "Ġb", "ü"],
    "llama.rope.freq_base": 10_000,
    "tokenizer.ggml.add_bos_token": false,
  });
});

test.each(["F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q4_K", "Q6_K"])("%s is dequantised to the reference's very numbers", async (dtype) => {
  expect(file.tensors.get(dtype)).toMatchObject({ dtype, shape: file.tensors.get(`${dtype}.expected`)!.shape });
  const [values, expected] = [await file.readFloat32(dtype), await file.readFloat32(`${dtype}.expected`)];
  expect(values.length).toBe(expected.length);
  expect(values.findIndex((value, i) => value !== expected[i])).toBe(-1);
});

test("Q8_0 is quantised to the reference's very blocks", async () => {
  const stored = quantizers.Q8_0(await file.readFloat32("written"));
  const again = new Float32Array(128);
  dequantizers.Q8_0(stored, again);
  expect(again).toEqual(await file.readFloat32("written.Q8_0"));
});
