import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { dequantizers } from "./dequantize.ts";
import { dtypes } from "./dtype.ts";
import { openGguf } from "./open.ts";
import { quantizers } from "./quantize.ts";

// By tools/gguf/make-tensors.py, with llama.cpp's own Python package: random blocks, and beside each tensor in float32 what it makes of them.
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

const bits = (values: Float32Array) => [...new Uint32Array(values.buffer)];

test.each(Object.keys(dtypes).filter((dtype) => dtype !== "F32"))("%s is dequantised to the reference's very bits", async (dtype) => {
  expect(file.tensors.get(dtype)).toMatchObject({ dtype, shape: file.tensors.get(`${dtype}.expected`)!.shape });
  const [values, expected] = [await file.readFloat32(dtype), await file.readFloat32(`${dtype}.expected`)];
  expect(new Set(values).size).toBeGreaterThan(2);
  expect(bits(values)).toEqual(bits(expected));
});

test("Q8_0 is quantised to the reference's very blocks", async () => {
  const stored = quantizers.Q8_0(await file.readFloat32("written"));
  const again = new Float32Array(128);
  dequantizers.Q8_0(stored, again);
  expect(again).toEqual(await file.readFloat32("written.Q8_0"));
});
