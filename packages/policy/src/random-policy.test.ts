import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { decimalTokenizer } from "./decimal-tokenizer.ts";
import { loadPolicy } from "./load-policy.ts";
import { randomPolicy } from "./random-policy.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

test("random:gpt2 has GPT-2's shape, and its source names the seed", async () => {
  const policy = await loadPolicy("random:gpt2", { seed: 7 });
  expect(policy).toMatchObject({ layerCount: 12, hiddenSize: 768, vocabSize: 50257, contextLength: 1024, eosTokenIds: [50256] });
  expect(policy.identity.source).toBe("random:gpt2#7");
  policy.dispose();
});

test("an unknown shape is refused with the known ones", async () => {
  const message = expect.stringContaining("random:gpt2, random:gpt2-medium, random:gpt2-large");
  for (const source of ["random:gpt3", "random:gpt2#x", "gpt2"])
    await expect(randomPolicy(source)).rejects.toMatchObject({ name: "PolicyError", code: "bad-option", message });
});

test("the stand-in tokenizer writes ids as decimal words, and any other word as the end of text", () => {
  const tokenizer = decimalTokenizer(300);
  expect(tokenizer).toMatchObject({ vocabSize: 300, eosTokenId: 299 });
  expect([...tokenizer.encode("15 27 299 0 129 300 word")]).toEqual([15, 27, 299, 0, 129, 299, 299]);
  expect(tokenizer.decode([15, 27, 299])).toBe("15 27 299");
  expect(tokenizer.decode([15, 27, 299], { skipSpecialTokens: true })).toBe("15 27");
});
