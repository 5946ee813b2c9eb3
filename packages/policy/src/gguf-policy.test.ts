import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CaiError } from "@cai/contracts";
import { GgufError, openGguf, writeGguf } from "@cai/gguf";
import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { goldenModels, tinyGpt2 } from "../../../tools/golden-models.fixture.ts";
import { editedGguf, roundTrip, tinyLlama } from "./gguf.fixture.ts";
import { ggufExportMetadata } from "./gguf-export-metadata.ts";
import { loadPolicy } from "./load-policy.ts";
import { temporaryFolder } from "./model-folder.fixture.ts";
import type { CausalPolicy } from "./policy.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const textsOf = ({ tokenizer }: CausalPolicy) => [...tokenizer.encode("It's 1984,\n the old  house <|endoftext|>")];

describe.each(goldenModels)("$name", ({ folder }) => {
  test("comes back from a file in float32 with the same weights, tokenizer and ends of text", async () => {
    const policy = await loadPolicy(folder);
    const { again, path } = await roundTrip(policy);
    expect(again.identity).toEqual({ source: path, sha256: policy.identity.sha256 });
    expect(textsOf(again)).toEqual(textsOf(policy));
    expect(again).toMatchObject({ eosTokenIds: policy.eosTokenIds, contextLength: policy.contextLength, vocabSize: policy.vocabSize });
    policy.dispose();
    again.dispose();
  });

  test("becomes a folder in Hugging Face layout when it is saved", async () => {
    const policy = await loadPolicy(folder);
    const { again } = await roundTrip(policy);
    const saved = await temporaryFolder();
    await again.save(saved);
    again.dispose();
    const fromFolder = await loadPolicy(saved);
    expect(fromFolder.identity.sha256).toBe(policy.identity.sha256);
    expect(textsOf(fromFolder)).toEqual(textsOf(policy));
    expect(fromFolder.eosTokenIds).toEqual(policy.eosTokenIds);
    fromFolder.dispose();
    policy.dispose();
  });
});

describe("a file that doesn't fit together", () => {
  const vector = (...numbers: number[]) => ({ shape: [numbers.length], values: Float32Array.from(numbers) });

  test.each<[what: string, code: string, message: RegExp, change: Parameters<typeof editedGguf>[0]]>([
    [
      "another architecture",
      "unsupported-config",
      /general\.architecture is mamba; supported: llama, qwen2, gpt2/,
      { metadata: { "general.architecture": "mamba" } },
    ],
    ["no architecture", "bad-config", /general\.architecture is missing/, { metadata: { "general.architecture": undefined } }],
    [
      "no size",
      "bad-config",
      /llama\.embedding_length is missing, expected a positive number/,
      { metadata: { "llama.embedding_length": undefined } },
    ],
    [
      "a size that is a text",
      "bad-config",
      /llama\.attention\.head_count is four, expected/,
      { metadata: { "llama.attention.head_count": "four" } },
    ],
    [
      "more blocks than tensors",
      "bad-config",
      /llama\.block_count is 4000000000, the file has 20 tensors/,
      { metadata: { "llama.block_count": { uint32: 4e9 } } },
    ],
    [
      "more blocks than there are",
      "missing-tensor",
      /tensor "blk\.2\.attn_norm\.weight" is missing/,
      { metadata: { "llama.block_count": { uint32: 3 } } },
    ],
    ["experts", "unsupported-config", /llama\.expert_count is 8; supported: 0/, { metadata: { "llama.expert_count": { uint32: 8 } } }],
    [
      "heads that its rows don't hold",
      "bad-config",
      /4 heads of 4000000000 numbers are said to be in tensor "blk\.0\.attn_q\.weight", which has 32 rows/,
      {
        metadata: Object.fromEntries(
          ["attention.key_length", "attention.value_length", "rope.dimension_count"].map((key) => [`llama.${key}`, { uint32: 4e9 }]),
        ),
      },
    ],
    [
      "half-rotated heads",
      "unsupported-config",
      /llama\.rope\.dimension_count is 4; supported: 8/,
      { metadata: { "llama.rope.dimension_count": { uint32: 4 } } },
    ],
    [
      "another scaling",
      "unsupported-config",
      /llama\.rope\.scaling\.type is yarn; supported: none, linear/,
      { metadata: { "llama.rope.scaling.type": "yarn" } },
    ],
    [
      "divisors of its own",
      "unsupported-config",
      /tensor "rope_freqs\.weight" scales positions/,
      { edit: (tensors) => tensors.set("rope_freqs.weight", vector(1, 2, 1, 2)) },
    ],
    [
      "divisors that are no numbers",
      "unsupported-config",
      /tensor "rope_freqs\.weight"/,
      { edit: (tensors) => tensors.set("rope_freqs.weight", vector(1, Number.NaN, 8, 8)) },
    ],
    ["no embedding", "bad-config", /tensor "token_embd\.weight" is missing/, { edit: (tensors) => tensors.delete("token_embd.weight") }],
    [
      "a tensor too few",
      "missing-tensor",
      /tensor "blk\.1\.ffn_up\.weight" is missing/,
      { edit: (tensors) => tensors.delete("blk.1.ffn_up.weight") },
    ],
    [
      "a tensor too many",
      "unknown-tensor",
      /tensor "blk\.0\.attn_rot\.weight" is no weight/,
      { edit: (tensors) => tensors.set("blk.0.attn_rot.weight", vector(1)) },
    ],
    [
      "another shape",
      "shape-mismatch",
      /tensor "blk\.0\.ffn_down\.weight" has shape \[64,32\], the metadata want \[32,64\]/,
      { edit: (tensors) => tensors.set("blk.0.ffn_down.weight", { ...tensors.get("blk.0.ffn_down.weight")!, shape: [64, 32] }) },
    ],
    [
      "NaN",
      "not-finite",
      /tensor "output_norm\.weight" holds NaN at element 3/,
      { edit: (tensors) => tensors.get("output_norm.weight")!.values.fill(Number.NaN, 3, 4) },
    ],
    [
      "an end of text outside of the vocabulary",
      "bad-config",
      /eos_token_id/,
      { metadata: { "tokenizer.ggml.eot_token_id": { uint32: 512 } } },
    ],
  ])("by %s is refused with its name, and nothing stays in memory", async (_, code, message, change) => {
    const path = await editedGguf(change);
    const before = tf.memory().numTensors;
    const error: unknown = await loadPolicy(path).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "PolicyError", code, message: expect.stringMatching(message) });
    expect((error as Error).message).toContain(path);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("by a tokenizer of more ids than the embedding has rows is refused", async () => {
    const tokens = ["a", "b", "ab", ...Array.from({ length: 597 }, (_, id) => `token ${id}`)];
    const path = await editedGguf({
      metadata: {
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": { int32s: tokens.map(() => 1) },
        "tokenizer.ggml.merges": ["a b"],
      },
    });
    await expect(loadPolicy(path)).rejects.toThrow("the tokenizer has 600 ids, the model's vocab_size is 512");
  });

  test("a tied output is left out where a file holds it as well", async () => {
    const policy = await loadPolicy(tinyGpt2);
    const { path, again } = await roundTrip(policy);
    const file = await openGguf(path);
    const names = [...file.tensors.keys()];
    const values = await Promise.all(names.map(async (name) => [name, await file.readFloat32(name)] as const));
    await file.close();
    const all = new Map([...values, ["output.weight", new Map(values).get("token_embd.weight")!]]);
    await writeGguf(path, {
      metadata: ggufExportMetadata(policy.parts, "F32"),
      entries: [...all.keys()].map((name) => {
        const { shape } = file.tensors.get(name === "output.weight" ? "token_embd.weight" : name)!;
        return { name, dtype: "F32", shape };
      }),
      data: (name) => all.get(name)!,
    });
    const withOutput = await loadPolicy(path);
    expect(withOutput.identity.sha256).toBe(policy.identity.sha256);
    for (const one of [policy, again, withOutput]) one.dispose();
  });
});

test("any damage to a header gives a policy or an error thrown on purpose, and nothing stays in memory", async () => {
  const policy = await loadPolicy(tinyLlama);
  const { path, again } = await roundTrip(policy);
  const honest = await readFile(path);
  const metadataLength = honest.indexOf("tokenizer.ggml.tokens");
  const damaged = join(await temporaryFolder(), "model.gguf");
  const before = tf.memory().numTensors;
  const anywhere = fc.record({ at: fc.nat(metadataLength), bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(anywhere, { minLength: 1, maxLength: 2 }), async (damages) => {
      const bytes = Buffer.from(honest);
      for (const { at, bytes: lie } of damages) bytes.set(lie, at);
      await writeFile(damaged, bytes);
      try {
        (await loadPolicy(damaged)).dispose();
      } catch (error) {
        expect(error).toSatisfy((one) => CaiError.isInstance(one));
        expect((error as Error).message).toContain(damaged);
      }
      expect(tf.memory().numTensors).toBe(before);
    }),
    { numRuns: 200 },
  );
  policy.dispose();
  again.dispose();
});

test("a file that is not there, or is no GGUF file, is an error of the reader with its name", async () => {
  const path = join(await temporaryFolder(), "none.gguf");
  await expect(loadPolicy(path)).rejects.toSatisfy((error) => GgufError.isInstance(error) && error.message.includes(path));
});
