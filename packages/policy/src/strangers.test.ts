import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CaiError } from "@cai/contracts";
import { SafetensorsError } from "@cai/safetensors";
import { temporaryFolder } from "@cai/testing";
import { TokenizerError } from "@cai/tokenizer";
import "@tensorflow/tfjs";
import { goldenModels, tinyGpt2 } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { PolicyError } from "./error.ts";
import { loadPolicy } from "./load/load-policy.ts";

type Json = Record<string, unknown>;
type Header = Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;

beforeAll(async () => {
  await tf.setBackend("cpu");
});

async function copyOf(folder: string): Promise<string> {
  const copy = await temporaryFolder();
  for (const name of ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"])
    await cp(join(folder, name), join(copy, name));
  return copy;
}

/** Loads and, where that works, generates: the answer is tokens or an error that was thrown on purpose, and nothing stays in memory. */
async function expectPolicyOrRefusal(folder: string): Promise<void> {
  const before = tf.memory().numTensors;
  try {
    const policy = await loadPolicy(folder);
    try {
      const prompts = { ids: Int32Array.of(5, 6), mask: Uint8Array.of(1, 1), shape: [1, 2] as const };
      const { responses } = await policy.generate(prompts, {
        draws: { seed: 1, stream: "strangers", step: 0 },
        maxNewTokens: 2,
        temperature: 1,
      });
      expect(responses.shape[0]).toBe(1);
    } catch (error) {
      expect(error).toSatisfy((one) => CaiError.isInstance(one));
    } finally {
      policy.dispose();
    }
  } catch (error) {
    expect(error).toSatisfy((one) => [PolicyError, SafetensorsError, TokenizerError].some((type) => type.isInstance(one)), String(error));
  }
  expect(tf.memory().numTensors).toBe(before);
}

const strangeNumbers = [0, -1, 1, 2, 3, 7, 16, 64, 0.5, 1e-320, 2 ** 31, 2 ** 32 + 1, 2 ** 53 - 1, 2 ** 53, 1e308];
const strangeValues = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>(...strangeNumbers) },
  fc.constantFrom<unknown>(
    null,
    undefined,
    true,
    false,
    "",
    "32",
    [],
    [0],
    [2 ** 53],
    {},
    { rope_type: "llama3" },
    { type: "linear", factor: 0 },
  ),
  fc.constantFrom("gpt2", "llama", "mistral", "qwen2", "linear", "llama3", "gelu_new", "silu"),
);
const otherFields = [
  "sliding_window",
  "use_sliding_window",
  "rope_parameters",
  "partial_rotary_factor",
  "tie_word_embeddings",
  "__proto__",
];

test.each(goldenModels)("$name with any fields of its configuration changed is refused, or a policy that works", async ({ folder }) => {
  const copy = await copyOf(folder);
  const config = JSON.parse(await readFile(join(folder, "config.json"), "utf8")) as Json;
  const field = fc.constantFrom(...Object.keys(config), ...otherFields);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(field, strangeValues), { minLength: 1, maxLength: 3 }), async (changes) => {
      await writeFile(join(copy, "config.json"), JSON.stringify({ ...config, ...Object.fromEntries(changes) }));
      await expectPolicyOrRefusal(copy);
    }),
    { numRuns: 150 },
  );
});

test.each(goldenModels)("$name with each number of its configuration out of all proportion is refused or works", async ({ folder }) => {
  const copy = await copyOf(folder);
  const config = JSON.parse(await readFile(join(folder, "config.json"), "utf8")) as Json;
  for (const field of Object.keys(config).filter((name) => typeof config[name] === "number" || config[name] === null))
    for (const value of [2 ** 31, 2 ** 53 - 1]) {
      await writeFile(join(copy, "config.json"), JSON.stringify({ ...config, [field]: value }));
      await expectPolicyOrRefusal(copy);
    }
});

test("weights with any bytes of their header changed, or cut anywhere, are refused, or a policy that works", async () => {
  const copy = await copyOf(tinyGpt2);
  const original = await readFile(join(tinyGpt2, "model.safetensors"));
  const headerEnd = 8 + Number(original.readBigUInt64LE(0));
  const at = fc.oneof(fc.nat(7), fc.nat(headerEnd - 1));
  const byte = fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('0123456789-.eE,:[]{}"\\FBU')));
  const length = fc.oneof({ weight: 3, arbitrary: fc.constant(original.length) }, fc.nat(original.length + 8), fc.nat(headerEnd));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(at, byte), { maxLength: 3 }), length, async (changes, length) => {
      const bytes = Buffer.concat([original, Buffer.alloc(8)]).subarray(0, length);
      for (const [at, byte] of changes) if (at < length) bytes[at] = byte;
      await writeFile(join(copy, "model.safetensors"), bytes);
      await expectPolicyOrRefusal(copy);
    }),
    { numRuns: 150 },
  );
});

const name = "transformer.h.0.attn.c_attn.weight";
const lies: [lie: string, edit: (header: Header) => void, message: RegExp][] = [
  ["a size", (header) => Object.assign(header[name]!, { shape: [32, 2 ** 40] }), /shape \[32, 1099511627776\] of F32 takes/],
  [
    "a size and its offsets",
    (header) => Object.assign(header[name]!, { shape: [2 ** 40], data_offsets: [0, 2 ** 42] }),
    /overlaps|cut short/,
  ],
  ["an offset", (header) => shift(header[name]!, 4), /gap|overlaps/],
  ["an offset that overlaps", (header) => shift(header[name]!, -4), /overlaps/],
  ["an offset before the data", (header) => Object.assign(header[name]!, { data_offsets: [-8, 12280] }), /not two non-negative integers/],
  ["a dtype of another size", (header) => Object.assign(header[name]!, { dtype: "F16" }), /of F16 takes 6144/],
  ["a dtype of the same size", (header) => Object.assign(header[name]!, { dtype: "I32" }), /is I32, expected F32, F16, BF16/],
  ["a dtype that nobody knows", (header) => Object.assign(header[name]!, { dtype: "Q4" }), /dtype "Q4" is unknown/],
  ["a shape of the same size", (header) => header[name]!.shape.reverse(), /has shape \[96,32\], config.json wants \[32,96\]/],
  ["a name", (header) => renameKey(header, name, `${name}s`), /is no weight of the model/],
];

function shift(entry: Header[string], by: number): void {
  entry.data_offsets = entry.data_offsets.map((offset) => offset + by) as [number, number];
}

function renameKey(header: Header, from: string, to: string): void {
  header[to] = header[from]!;
  delete header[from];
}

test.each(lies)("a header that lies about %s is refused with the file and the tensor", async (_, edit, message) => {
  const folder = await copyOf(tinyGpt2);
  const path = join(folder, "model.safetensors");
  const original = await readFile(path);
  const headerEnd = 8 + Number(original.readBigUInt64LE(0));
  const header = JSON.parse(original.toString("utf8", 8, headerEnd)) as Header;
  edit(header);
  const json = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  await writeFile(path, Buffer.concat([prefix, json, original.subarray(headerEnd)]));
  const error = await loadPolicy(folder).then(
    () => expect.unreachable(),
    (error: Error) => error,
  );
  expect(error.message).toMatch(message);
  expect(error.message).toContain(path);
  expect(error.message).toMatch(/tensor "transformer\./);
});
