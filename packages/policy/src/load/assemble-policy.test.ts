import "@tensorflow/tfjs";
import { createTokenizer } from "@cai/tokenizer";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test, vi } from "vitest";
import { architectureOf } from "../families/registry.ts";
import { assemblePolicy } from "./assemble-policy.ts";
import { buildParameters } from "./build-parameters.ts";

const config = { model_type: "gpt2", vocab_size: 8, n_positions: 16, n_embd: 4, n_layer: 1, n_head: 2, eos_token_id: 2 };
const tokenizer = createTokenizer({ tokenizerJson: { model: { type: "BPE", vocab: { a: 0, b: 1, "<end>": 2 }, merges: [] } } });
const parts = { architecture: architectureOf(config, "here"), tokenizer, config, where: "here", source: "mine" };
const zeros = () => buildParameters(parts.architecture, { where: "here", fill: (_, values) => void values.fill(0) });

beforeAll(async () => {
  await tf.setBackend("cpu");
});

test("the parts become a policy, whose identity is its source and the hash of its weights", async () => {
  const policy = await assemblePolicy({ ...parts, parameters: zeros });
  expect(policy.identity).toEqual({ source: "mine", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(policy).toMatchObject({ vocabSize: 8, eosTokenIds: [2], tokenizer, parts: { config, generationConfig: undefined } });
  policy.dispose();
});

test("a generation configuration says where texts end, and its text is kept", async () => {
  const text = '{ "eos_token_id": [1, 3] }';
  const policy = await assemblePolicy({ ...parts, generationConfig: { text, json: JSON.parse(text) }, parameters: zeros });
  expect(policy.eosTokenIds).toEqual([1, 3]);
  expect(policy.parts.generationConfig).toBe(text);
  policy.dispose();
});

test("what does not fit the architecture is refused before there are weights", async () => {
  const parameters = vi.fn(zeros);
  const small = architectureOf({ ...config, vocab_size: 2 }, "here");
  await expect(assemblePolicy({ ...parts, architecture: small, parameters })).rejects.toMatchObject({
    code: "bad-config",
    message: "here: the tokenizer has 3 ids, the model's vocab_size is 2: use the model's own tokenizer",
  });
  await expect(assemblePolicy({ ...parts, config: { ...config, eos_token_id: 8 }, parameters })).rejects.toMatchObject({
    code: "bad-config",
    message: "here: eos_token_id is 8, expected ids within 0 … 7",
  });
  expect(parameters).not.toHaveBeenCalled();
});
