import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CaiError } from "@cai/contracts";
import { GgufError, openGguf, type WrittenValue, writeGguf } from "@cai/gguf";
import { temporaryFolder } from "@cai/testing";
import "@tensorflow/tfjs";
import { goldenModels, tinyGpt2 } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { loadPolicy } from "../load/load-policy.ts";
import type { CausalPolicy } from "../policy.ts";
import { ggufExportMetadata } from "./export-metadata.ts";
import { editedGguf, roundTrip, tinyLlama } from "./gguf.fixture.ts";

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
      /general\.architecture is mamba; supported: gpt2, llama, qwen2/,
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
      { metadata: { "llama.rope.scaling.type": "yarn", "llama.rope.scaling.factor": { float32: 4 } } },
    ],
    [
      "an unknown scaling",
      "unsupported-config",
      /llama\.rope\.scaling\.type is longrope; supported: none, linear/,
      { metadata: { "llama.rope.scaling.type": "longrope" } },
    ],
    [
      "a factor below 0",
      "bad-config",
      /llama\.rope\.scaling\.factor is -2, expected a positive number/,
      { metadata: { "llama.rope.scaling.factor": { float32: -2 } } },
    ],
    [
      "a scale of its attention",
      "unsupported-config",
      /llama\.rope\.scaling\.attn_factor is 1\.5; supported: 1/,
      { metadata: { "llama.rope.scaling.attn_factor": { float32: 1.5 } } },
    ],
    [
      "two scalings",
      "unsupported-config",
      /positions are scaled twice: linearly by 2, and by tensor "rope_freqs\.weight"/,
      {
        metadata: { "llama.rope.scale_linear": { float32: 2 } },
        edit: (tensors) => tensors.set("rope_freqs.weight", vector(1, 1, 1, 1)),
      },
    ],
    [
      "frequencies of another base",
      "unsupported-config",
      /tensor "blk\.1\.attn_rot_embd\.weight" has other frequencies than rope\.freq_base 10000 gives/,
      { edit: (tensors) => tensors.set("blk.1.attn_rot_embd.weight", vector(1, 0.2, 0.04, 0.008)) },
    ],
    [
      "attention to what comes",
      "unsupported-config",
      /llama\.attention\.causal is false; supported: true/,
      { metadata: { "llama.attention.causal": false } },
    ],
    [
      "layers that differ",
      "unsupported-config",
      /llama\.attention\.head_count_kv is \[2, 1\]: models whose layers differ are not supported/,
      { metadata: { "llama.attention.head_count_kv": { int32s: [2, 1] } } },
    ],
    [
      "more layers than blocks",
      "bad-config",
      /llama\.feed_forward_length has 3 entries, llama\.block_count is 2/,
      { metadata: { "llama.feed_forward_length": { int32s: [64, 64, 64] } } },
    ],
    [
      "layers of no size",
      "bad-config",
      /llama\.feed_forward_length is \[64, 0\], expected positive numbers/,
      { metadata: { "llama.feed_forward_length": { int32s: [64, 0] } } },
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
  ])("by %s is refused with its name, and nothing stays in memory", async (_, code, message, change) => {
    const path = await editedGguf(change);
    const before = tf.memory().numTensors;
    const error: unknown = await loadPolicy(path).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "PolicyError", code, message: expect.stringMatching(message) });
    expect((error as Error).message).toContain(path);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("by an end of text outside of the vocabulary is refused with its key", async () => {
    const path = await editedGguf({ metadata: { "tokenizer.ggml.eot_token_id": { uint32: 512 } } });
    await expect(loadPolicy(path)).rejects.toThrow(`${path}: tokenizer.ggml.eot_token_id is 512, expected an id within 0 … 511`);
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

describe("what a file says by saying nothing", () => {
  const frequenciesOf = async (change: Parameters<typeof editedGguf>[0]) => {
    const policy = await loadPolicy(await editedGguf(change));
    const frequencies = [...policy.parts.architecture.rotaryFrequencies![0]!];
    policy.dispose();
    return frequencies;
  };
  /** Heads of 8 numbers: 10000^(−i / 4), divided. */
  const dividedBy = (factor: number) => [1, 0.1, 0.01, 0.001].map((frequency) => Math.fround(frequency / factor));
  const factor = { "llama.rope.scaling.factor": { float32: 4 } };

  test.each<[what: string, metadata: Record<string, WrittenValue>, factor: number]>([
    ["a factor without a type is linear", factor, 4],
    ["so is one under the older key", { "llama.rope.scale_linear": { float32: 2.5 } }, 2.5],
    ["the newer key goes before", { ...factor, "llama.rope.scale_linear": { float32: 2 } }, 4],
    ["a factor of 0 is none", { "llama.rope.scaling.factor": { float32: 0 }, "llama.rope.scale_linear": { float32: 2 } }, 1],
    ["the type none makes a factor one of nothing", { ...factor, "llama.rope.scaling.type": "none" }, 1],
    ["a type without a factor scales nothing", { "llama.rope.scaling.type": "linear" }, 1],
    ["nor does yarn without one", { "llama.rope.scaling.type": "yarn", "llama.rope.scaling.attn_factor": { float32: 1 } }, 1],
  ])("%s", async (_, metadata, divisor) => {
    expect(await frequenciesOf({ metadata })).toEqual(dividedBy(divisor));
  });

  test("frequencies beside the base that they follow from are no weight", async () => {
    const edit: Parameters<typeof editedGguf>[0]["edit"] = (tensors) =>
      ["blk.0.attn_rot_embd.weight", "blk.1.attn_rot_embd"].map((name) =>
        tensors.set(name, { shape: [4], values: Float32Array.of(1, 0.1, 0.00999, 0.001) }),
      );
    expect(await frequenciesOf({ edit })).toEqual(dividedBy(1));
  });

  test("numbers may stand for each layer where they are all the same", async () => {
    const policy = await loadPolicy(tinyLlama);
    const lists = { "attention.head_count": [4, 4], "attention.head_count_kv": [2, 2], feed_forward_length: [64, 64] };
    const metadata = Object.fromEntries(Object.entries(lists).map(([key, int32s]) => [`llama.${key}`, { int32s }]));
    const again = await loadPolicy(await editedGguf({ metadata }));
    expect(again.identity.sha256).toBe(policy.identity.sha256);
    policy.dispose();
    again.dispose();
  });

  test("biases that some layers lack are 0 there", async () => {
    const policy = await loadPolicy(
      await editedGguf({ edit: (tensors) => tensors.set("blk.1.attn_v.bias", { shape: [16], values: new Float32Array(16).fill(0.5) }) }),
    );
    const biases = [...policy.parameters].filter(([name]) => name.endsWith(".bias"));
    expect(biases).toHaveLength(8);
    for (const [name, { value }] of biases)
      expect(new Set(await value.data()), name).toEqual(new Set([name === "model.layers.1.self_attn.v_proj.bias" ? 0.5 : 0]));
    policy.dispose();
  });

  test("turns end with tokens that are known by their texts", async () => {
    const policy = await loadPolicy(tinyLlama);
    const tokens = policy.parts.tokenizer.files!;
    const { model } = JSON.parse(tokens.get("tokenizer.json")!);
    const texts: string[] = [];
    for (const [token, id] of Object.entries(model.vocab as Record<string, number>)) texts[id] = token;
    const renamed = [texts[510]!, texts[511]!];
    const merges = (model.merges as string[]).filter((merge) => !renamed.includes(merge.replace(" ", "")));
    const again = await loadPolicy(
      await editedGguf({
        metadata: { "tokenizer.ggml.tokens": texts.with(511, "<|eot_id|>").with(510, "<|im_end|>"), "tokenizer.ggml.merges": merges },
      }),
    );
    expect(again.eosTokenIds).toEqual([...policy.eosTokenIds, 510, 511]);
    const saved = await temporaryFolder();
    await again.save(saved);
    const fromFolder = await loadPolicy(saved);
    expect(fromFolder.eosTokenIds).toEqual(again.eosTokenIds);
    for (const one of [policy, again, fromFolder]) one.dispose();
  });
});

test("a file with SentencePiece's tokens becomes a policy, a folder and a file again", async () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
  const known = ["<unk>", "<s>", "</s>", ...bytes, "▁", "a", "b", "▁a"];
  const tokens = Array.from({ length: 512 }, (_, id) => known[id] ?? `[PAD${id}]`);
  const types = tokens.map((_, id) => (id === 0 ? 2 : id < 3 ? 3 : id < 259 ? 6 : id < known.length ? 1 : 5));
  const path = await editedGguf({
    metadata: {
      "tokenizer.ggml.model": "llama",
      "tokenizer.ggml.pre": "default",
      "tokenizer.ggml.tokens": tokens,
      "tokenizer.ggml.token_type": { int32s: types },
      "tokenizer.ggml.scores": { float32s: tokens.map((token, id) => (token === "▁a" ? -1 : -id)) },
      "tokenizer.ggml.merges": undefined,
      ...Object.fromEntries(["bos", "eos", "eot", "padding"].map((role) => [`tokenizer.ggml.${role}_token_id`, undefined])),
      "tokenizer.ggml.add_bos_token": undefined,
      "tokenizer.ggml.add_eos_token": undefined,
      "tokenizer.ggml.add_space_prefix": undefined,
    },
  });
  const policy = await loadPolicy(path);
  const saved = await temporaryFolder();
  await policy.save(saved);
  const { again } = await roundTrip(policy);
  const fromFolder = await loadPolicy(saved);
  for (const one of [policy, again, fromFolder]) {
    expect(one.eosTokenIds).toEqual([2]);
    expect([...one.tokenizer.encode("a b\n")]).toEqual([1, 262, 259, 261, 3 + 10]);
    expect(one.identity.sha256).toBe(policy.identity.sha256);
  }
  for (const one of [policy, again, fromFolder]) one.dispose();
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
