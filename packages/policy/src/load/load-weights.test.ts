import { rm } from "node:fs/promises";
import { join } from "node:path";
import { onEachBackend } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { architectureOf } from "../families/registry.ts";
import { modelFolder, type StoredTensor, tinyTensors } from "../model-folder.fixture.ts";
import { loadWeights } from "./load-weights.ts";
import { readJsonObject } from "./read-json.ts";
import { WeightsHash } from "./weights-hash.ts";

const dtypes = ["F32", "F16", "BF16", "F64"] as const;
const wpe = "transformer.wpe.weight";

/** The tiny GPT-2's numbers as bfloat16 and float16 both hold them: one bit of sign, four of the exponent, some of the fraction. */
async function roundedTensors(): Promise<Map<string, StoredTensor & { data: Float32Array }>> {
  const rounded = (values: Float32Array) => values.map((value) => Math.round(value * 64) / 64);
  return new Map([...(await tinyTensors())].map(([name, tensor]) => [name, { ...tensor, data: rounded(tensor.data as Float32Array) }]));
}

/** The weights of such a folder in a dtype, read with a thread that hashes them beside it. */
async function load(dtype: (typeof dtypes)[number], stored: ReadonlyMap<string, StoredTensor & { data: Float32Array }>) {
  const folder = await modelFolder({
    edit(tensors) {
      for (const [name, { shape, data }] of stored)
        tensors.set(name, { dtype, shape, data: dtype === "F64" ? Float64Array.from(data) : data });
    },
  });
  const config = await readJsonObject(join(folder, "config.json"));
  return { folder, ...(await loadWeights(folder, architectureOf(config!.json, folder), 0)) };
}

onEachBackend(() => {
  test.each(dtypes)(
    "weights in %s are the file's, and have the hash of their float32 numbers, also once the folder is gone",
    async (dtype) => {
      const stored = await roundedTensors();
      const hash = new WeightsHash();
      for (const [name, { shape, data }] of [...stored].sort(([a], [b]) => (a < b ? -1 : 1))) hash.add({ name, shape, values: data });
      const { folder, parameters, sha256 } = await load(dtype, stored);
      await rm(folder, { recursive: true });
      expect(sha256()).toBe(hash.digest());
      for (const [name, { value, shape }] of parameters) {
        expect(shape, name).toEqual(stored.get(name)!.shape);
        expect(await value.data<"float32">(), name).toEqual(stored.get(name)!.data);
        value.dispose();
      }
    },
  );

  test.each(dtypes)("where weights in %s are damaged, the place is named and nothing stays", async (dtype) => {
    const stored = await roundedTensors();
    stored.get(wpe)!.data[4095] = Infinity;
    const { numTensors } = tf.memory();
    await expect(load(dtype, stored)).rejects.toThrow(`tensor "${wpe}" holds Infinity at element 4095: the weights are damaged`);
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});
