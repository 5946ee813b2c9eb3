import { type CausalPolicy, loadPolicy } from "@cai/policy";
import { completionBatch } from "@cai/rollouts";
import { tinyLlama } from "@cai/testing";
import { onEachBackend } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readTokens } from "./read-tokens.ts";

onEachBackend(() => {
  let policy: CausalPolicy;
  beforeAll(async () => {
    policy = await loadPolicy(tinyLlama);
  });
  afterAll(() => policy.dispose());

  /** Seventy tokens: more than logits are made for at a time. */
  const ids = Int32Array.from({ length: 70 }, (_, place) => 5 + ((place * 37) % 400));

  /** log softmax of the logits after each token, in float64. */
  function byHand(): number[][] {
    const batch = completionBatch([{ promptIds: ids.slice(0, 1), completionIds: ids.slice(1) }]);
    const logits = tf.tidy(() => policy.logits(policy.hiddenStates(batch)).squeeze([0]).arraySync() as number[][]);
    return logits.map((row) => {
      const sum = Math.log(row.reduce((all, logit) => all + Math.exp(logit), 0));
      return row.map((logit) => logit - sum);
    });
  }

  test("each token has its own log-probability and the likeliest ones in its place, and nothing is left behind", async () => {
    const before = tf.memory().numTensors;
    const tokens = await readTokens(policy, { promptIds: ids.slice(0, 40), ids: ids.slice(40), echo: true, top: 3 });
    expect(tf.memory().numTensors).toBe(before);
    expect(tokens.map(({ id }) => id)).toEqual([...ids]);
    expect(tokens[0]).toMatchObject({ logprob: null, top: [] });
    for (const [place, row] of byHand().entries()) {
      const { id, logprob, top } = tokens[place + 1]!;
      expect(logprob).toBeCloseTo(row[id]!, 3);
      const likeliest = row.toSorted((a, b) => b - a).slice(0, 3);
      expect(top).toHaveLength(3);
      for (const [rank, one] of top.entries()) expect(one.logprob).toBeCloseTo(likeliest[rank]!, 3);
    }
  });

  test("an answer's tokens have the same numbers without its prompt's", async () => {
    const parts = { promptIds: ids.slice(0, 40), ids: ids.slice(40), top: 1 };
    const echoed = await readTokens(policy, { ...parts, echo: true });
    const alone = await readTokens(policy, { ...parts, echo: false });
    expect(alone).toHaveLength(30);
    for (const [place, { logprob, text }] of alone.entries()) {
      expect(logprob).toBeCloseTo(echoed[40 + place]!.logprob!, 3);
      if (place > 0) expect(text).toBe(echoed[40 + place]!.text);
    }
  });

  test("no tokens, and one that nothing predicts, are read without the model", async () => {
    expect(await readTokens(policy, { promptIds: ids, ids: new Int32Array(0), echo: false, top: 2 })).toEqual([]);
    const [only] = await readTokens(policy, { promptIds: ids.slice(0, 1), ids: new Int32Array(0), echo: true, top: 2 });
    expect(only).toMatchObject({ id: ids[0], logprob: null, top: [] });
  });
});
