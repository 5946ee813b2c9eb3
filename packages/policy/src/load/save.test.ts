import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openSafetensors } from "@cai/safetensors";
import { temporaryFolder } from "@cai/testing";
import "@tensorflow/tfjs";
import { goldenModels, tinyGpt2 } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { modelFolder } from "../model-folder.fixture.ts";
import { decimalTokenizer } from "../random/decimal-tokenizer.ts";
import { createPolicy } from "./create-policy.ts";
import { loadPolicy } from "./load-policy.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

test.each(goldenModels)(
  "what transformers wrote as $name is saved again with the same bytes, into folders made on the way",
  async ({ folder: written }) => {
    const policy = await loadPolicy(written);
    const folder = join(await temporaryFolder(), "runs", "first", "final");
    await policy.save(folder);
    policy.dispose();
    const names = ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"];
    expect((await readdir(folder)).sort()).toEqual(names);
    for (const name of names.slice(1))
      expect((await readFile(join(folder, name))).equals(await readFile(join(written, name))), name).toBe(true);
    const config = async (directory: string) => JSON.parse(await readFile(join(directory, "config.json"), "utf8"));
    expect(await config(folder)).toEqual(await config(written));
  },
);

test("weights are saved in float32 under Hugging Face's names, whatever they were loaded from", async () => {
  const halves = await modelFolder({
    config: { torch_dtype: "float16", dtype: "bfloat16" },
    edit(tensors) {
      for (const [name, tensor] of [...tensors]) {
        tensors.delete(name);
        tensors.set(name.replace("transformer.", ""), { ...tensor, dtype: "F16" });
      }
    },
  });
  const policy = await loadPolicy(halves);
  const folder = await temporaryFolder();
  await policy.save(folder);
  const saved = await openSafetensors(join(folder, "model.safetensors"));
  expect(saved.metadata).toEqual({ format: "pt" });
  expect([...saved.names]).toEqual([...policy.parameters.keys()].sort());
  expect(new Set([...saved.tensors.values()].map(({ dtype }) => dtype))).toEqual(new Set(["F32"]));
  await saved.close();
  expect(JSON.parse(await readFile(join(folder, "config.json"), "utf8"))).toMatchObject({
    torch_dtype: "float32",
    dtype: "float32",
    n_embd: 32,
  });
  const again = await loadPolicy(folder);
  expect(again.identity.sha256).toBe(policy.identity.sha256);
  policy.dispose();
  again.dispose();
});

test("new values are what is saved, over an older save", async () => {
  const policy = await loadPolicy(tinyGpt2);
  const folder = await temporaryFolder();
  await policy.save(folder);
  const bias = policy.parameters.get("transformer.ln_f.bias")!;
  bias.assign(tf.fill([32], 0.25));
  await policy.save(folder);
  policy.dispose();
  const saved = await openSafetensors(join(folder, "model.safetensors"));
  expect([...(await saved.readFloat32("transformer.ln_f.bias"))]).toEqual(Array(32).fill(0.25));
  await saved.close();
  expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("a policy made from nothing is saved with its tokenizer and its ends of text, and loads again", async () => {
  const policy = await createPolicy({
    config: { model_type: "gpt2", vocab_size: 12, n_positions: 8, n_embd: 4, n_layer: 1, n_head: 1 },
    seed: 7,
    tokenizer: decimalTokenizer(12),
  });
  const folder = await temporaryFolder();
  await policy.save(folder);
  const again = await loadPolicy(folder);
  expect(again.identity.sha256).toBe(policy.identity.sha256);
  expect(again.eosTokenIds).toEqual([11]);
  expect([...again.tokenizer.encode("3 10")]).toEqual([3, 10]);
  policy.dispose();
  again.dispose();
});

test("a folder that can't be made is refused by name", async () => {
  const file = join(await temporaryFolder(), "file");
  await writeFile(file, "");
  const policy = await loadPolicy(tinyGpt2);
  await expect(policy.save(join(file, "final"))).rejects.toMatchObject({ code: "cannot-write", message: expect.stringContaining(file) });
  policy.dispose();
});
