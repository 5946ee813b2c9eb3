import "@tensorflow/tfjs";
import type { SequenceBatch } from "@cai/contracts";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { referenceLogprobs } from "./reference-logprobs.ts";

const tokens = (ids: number[], mask: number[]) => ({ ids: Int32Array.from(ids), mask: Uint8Array.from(mask), shape: [3, 1] as const });
const batch: SequenceBatch = { prompts: tokens([1, 2, 3], [1, 1, 1]), responses: tokens([4, 5, 6], [1, 0, 1]) };
const here = (passes: number[] = []) => ({
  logprobs({ responses }: SequenceBatch, { temperature }: { readonly temperature: number }) {
    passes.push(responses.shape[0]);
    return tf.tidy(() => tf.div(tf.neg(tf.tensor2d([...responses.ids], [...responses.shape])), temperature));
  },
});

test("a reference that is here is asked so many rows at a time; there is 0 at padding, and no tensor stays", async () => {
  const passes: number[] = [];
  const before = tf.memory().numTensors;
  const logprobs = await referenceLogprobs(here(passes), batch, { temperature: 2, rowsAtOnce: 2 });
  expect([logprobs, passes]).toEqual([Float32Array.of(-2, 0, -3), [2, 1]]);
  expect(tf.memory().numTensors).toBe(before);
});

test("one that computes elsewhere gives the numbers itself, and is told how", async () => {
  const asked: unknown[] = [];
  const elsewhere = {
    logprobs: () => expect.unreachable("its tensors"),
    evaluateLogprobs: async (...given: unknown[]) => {
      asked.push(...given);
      return Float32Array.of(1, 2, 3);
    },
  };
  const options = { temperature: 2, rowsAtOnce: 2 };
  expect(await referenceLogprobs(elsewhere, batch, options)).toEqual(Float32Array.of(1, 2, 3));
  expect(asked).toEqual([batch, options]);
});

test("nobody is asked once the signal says so", async () => {
  const signal = AbortSignal.abort(new Error("stopped"));
  await expect(referenceLogprobs(here(), batch, { temperature: 1, rowsAtOnce: 1, signal })).rejects.toThrow("stopped");
});
