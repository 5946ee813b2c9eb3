import "@tensorflow/tfjs";
import { createTokenizer } from "@cai/tokenizer";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { createPolicy } from "./create-policy.ts";

const config = { model_type: "gpt2", vocab_size: 8, n_positions: 16, n_embd: 4, n_layer: 2, n_head: 2, eos_token_id: 2 };
const tokenizer = createTokenizer({ tokenizerJson: { model: { type: "BPE", vocab: { a: 0, b: 1, "<end>": 2 }, merges: [] } } });

beforeAll(async () => {
  await tf.setBackend("cpu");
});

test("a policy is made from its configuration, and the seed decides its weights", async () => {
  const policies = await Promise.all([7, 7, 8].map((seed) => createPolicy({ config, seed, tokenizer })));
  const [first, same, other] = policies.map(({ identity }) => identity);
  expect(first).toMatchObject({ source: "", sha256: same!.sha256 });
  expect(other!.sha256).not.toBe(first!.sha256);
  expect(policies[0]).toMatchObject({ vocabSize: 8, contextLength: 16, eosTokenIds: [2] });
  expect([...policies[0]!.parameters.get("transformer.ln_f.weight")!.value.dataSync()]).toEqual([1, 1, 1, 1]);
  for (const policy of policies) policy.dispose();
});

test("an id for each row of the model is the most that a tokenizer may have", async () => {
  await expect(createPolicy({ config: { ...config, vocab_size: 2 }, seed: 7, tokenizer })).rejects.toMatchObject({
    code: "bad-config",
    message: "config: the tokenizer has 3 ids, the model's vocab_size is 2: use the model's own tokenizer",
  });
});

test.each([null, undefined, 3, "gpt2", []])("a configuration that is %o is refused", async (config) => {
  await expect(createPolicy({ config: config as never, seed: 7, tokenizer })).rejects.toMatchObject({ code: "bad-config" });
});
