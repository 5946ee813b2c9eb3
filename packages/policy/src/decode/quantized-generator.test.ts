import { fileURLToPath } from "node:url";
import type { SamplingOptions } from "@cai/contracts";
import { goldenModels, leftPadded, tinyGpt2 } from "@cai/testing";
import { onEachBackend } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { loadPolicy } from "../load/load-policy.ts";
import { addLora } from "../lora/add-lora.ts";
import { loadLora } from "../lora/load-lora.ts";
import type { CausalPolicy } from "../policy.ts";
import { quantizedGenerator } from "./quantized-generator.ts";

const prompts = leftPadded([[5, 6, 7], [8], [9, 10]]);
const sampling: SamplingOptions = { draws: { seed: 7, stream: "quantized", step: 0 }, maxNewTokens: 12 };

/** How far log-probabilities lie from the policy's own over the same tokens: of the first token of each row, and of any. */
async function distances(policy: CausalPolicy): Promise<{ first: number; any: number }> {
  const { responses, behaviourLogprobs } = await quantizedGenerator({ policy }).generate(prompts, sampling);
  const own = tf.tidy(() => policy.tokenLogprobs(policy.hiddenStates({ prompts, responses }), responses, { temperature: 1 }).logprobs);
  const far = own.dataSync().map((logprob, cell) => (responses.mask[cell] === 1 ? Math.abs(logprob - behaviourLogprobs[cell]!) : 0));
  own.dispose();
  return { first: Math.max(...far.filter((_, cell) => cell % responses.shape[1] === 0)), any: Math.max(...far) };
}

/** Adds to every number of these parameters, unevenly. */
function stir(policy: CausalPolicy, end: string, size: number): void {
  for (const { name, value, assign } of policy.parameters.values())
    if (name.endsWith(end))
      assign(
        tf.tidy(() =>
          tf.add(
            value,
            tf.tensor(
              Float32Array.from({ length: value.size }, (_, i) => Math.sin(i + name.length) * size),
              value.shape,
            ),
          ),
        ),
      );
}

onEachBackend(() => {
  describe.each(goldenModels)("$name", ({ folder }) => {
    test("log-probabilities lie within 0.1 of the policy's, those of the first tokens within 1e-4, with an adapter too", async () => {
      const policy = await loadPolicy(folder);
      const adapted = addLora(policy, { rank: 2 });
      stir(adapted, "lora_B.weight", 0.05);
      for (const one of [policy, adapted]) {
        const { first, any } = await distances(one);
        expect(first).toBeLessThan(1e-4);
        expect(any).toBeGreaterThan(1e-5);
        expect(any).toBeLessThan(0.1);
      }
      policy.dispose();
    });
  });

  test.each(["gpt2-dora-rslora", "gpt2-lora-bias", "gpt2-saved-output"])(
    "%s is rounded with the weights, whatever it does to them",
    async (kind) => {
      const policy = await loadPolicy(tinyGpt2);
      const before = tf.memory().numTensors;
      const adapted = await loadLora(policy, fileURLToPath(new URL(`../lora/golden/${kind}`, import.meta.url)));
      const { first, any } = await distances(adapted);
      expect(first).toBeLessThan(1e-4);
      expect(any).toBeGreaterThan(1e-5);
      expect(any).toBeLessThan(0.1);
      adapted.dispose();
      expect(tf.memory().numTensors).toBe(before);
      policy.dispose();
    },
  );

  test("weights that changed since the last call are the ones that draw", async () => {
    const policy = await loadPolicy(tinyGpt2);
    const generator = quantizedGenerator({ policy });
    const before = await generator.generate(prompts, sampling);
    expect(await generator.generate(prompts, sampling)).toEqual(before);
    stir(policy, "c_fc.weight", 0.3);
    const after = await generator.generate(prompts, sampling);
    expect(after).not.toEqual(before);
    expect(await quantizedGenerator({ policy }).generate(prompts, sampling)).toEqual(after);
    policy.dispose();
  });

  test("no tensor is left behind, also when drawing is aborted", async () => {
    const policy = await loadPolicy(tinyGpt2);
    const before = tf.memory().numTensors;
    await quantizedGenerator({ policy }).generate(prompts, sampling);
    const stop = new AbortController();
    setImmediate(() => stop.abort(new Error("enough")));
    await expect(quantizedGenerator({ policy }).generate(prompts, { ...sampling, signal: stop.signal })).rejects.toThrow("enough");
    expect(tf.memory().numTensors).toBe(before);
    policy.dispose();
  });
});
