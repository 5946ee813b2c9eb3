import { goldenModels, leftPadded, rightPadded, rowsOf } from "@cai/testing";
import { onEachBackend } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { loadPolicy } from "../load/load-policy.ts";

describe.each(goldenModels)("$name", ({ folder, expected: { greedy } }) => {
  onEachBackend(() => {
    test("greedy decoding over the cache equals reading the whole text for every token, in a ragged batch, and leaves no tensor", async () => {
      const before = tf.memory().numTensors;
      const policy = await loadPolicy(folder);
      const texts = greedy.prompts.map((row) => [...row]);
      for (let token = 0; token < 12; token++) {
        // What follows each whole text: the logits before one more token, which is never read.
        const next = tf.tidy(() => {
          const hidden = policy.hiddenStates({ prompts: leftPadded(texts), responses: rightPadded([[0], [0], [0]]) });
          return tf.argMax(policy.logits(hidden), -1);
        });
        (await next.data()).forEach((id, row) => {
          texts[row]!.push(id);
        });
        next.dispose();
      }
      const draws = { seed: 7, stream: "greedy", step: 0 };
      const { responses } = await policy.generate(leftPadded(greedy.prompts), { draws, maxNewTokens: 12, temperature: 0 });
      expect(rowsOf(responses)).toEqual(texts.map((text, row) => text.slice(greedy.prompts[row]!.length)));
      policy.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });
});
