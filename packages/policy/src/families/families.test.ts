import { familyModels, leftPadded, temporaryFolder } from "@cai/testing";
import { onEachBackend } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { loadPolicy } from "../load/load-policy.ts";
import { addLora } from "../lora/add-lora.ts";
import { loadLora } from "../lora/load-lora.ts";
import { mergeLora } from "../lora/merge-lora.ts";
import { CausalPolicy } from "../policy.ts";

const greedily = { draws: { seed: 0, stream: "greedy", step: 0 }, maxNewTokens: 8, temperature: 0 };

describe.each(familyModels)("$name", ({ folder, batch, expected }) => {
  /** The mean negative log-probability of the response tokens, and its gradients. */
  function learn(policy: CausalPolicy): { loss: number; gradients: ReadonlyMap<string, Float32Array> } {
    const mask = tf.tensor(Float32Array.from(batch.responses.mask), [...batch.responses.shape]);
    const parameters = [...policy.parameters].filter(([, { trainable }]) => trainable);
    const { value, grads } = tf.valueAndGrads(() => {
      const { logprobs } = policy.tokenLogprobs(policy.hiddenStates(batch), batch.responses, { temperature: 1 });
      return tf.neg(tf.div(tf.sum(tf.mul(logprobs, mask)), tf.sum(mask)));
    })(parameters.map(([, parameter]) => parameter.value));
    const loss = value.dataSync<"float32">()[0]!;
    const gradients = new Map(parameters.map(([name], index) => [name, grads[index]!.dataSync<"float32">()]));
    tf.dispose([value, mask, ...grads]);
    return { loss, gradients };
  }

  const logitsOf = (policy: CausalPolicy) => tf.tidy(() => policy.logits(policy.hiddenStates(batch)).dataSync<"float32">());
  const largestDifference = (a: Float32Array, b: Float32Array) => a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);

  onEachBackend(() => {
    test.each([false, true])("the gradient of every weight is PyTorch's, with blocks computed again: %s", async (recompute) => {
      const loaded = await loadPolicy(folder);
      const { loss, gradients } = learn(new CausalPolicy({ ...loaded.parts, recompute }));
      expect(loss).toBeCloseTo(expected.loss, 4);
      expect([...gradients.keys()].sort()).toEqual(Object.keys(expected.gradients).sort());
      for (const [name, { absoluteSum, first }] of Object.entries(expected.gradients)) {
        const gradient = gradients.get(name)!;
        expect(gradient.reduce((sum, slope) => sum + Math.abs(slope), 0) / absoluteSum, name).toBeCloseTo(1, 4);
        for (const [index, slope] of first.entries())
          expect(Math.abs(gradient[index]! - slope), name).toBeLessThan(2e-6 + 1e-4 * Math.abs(slope));
      }
      loaded.dispose();
    });
  });

  test("saved, it is the same model", async () => {
    const policy = await loadPolicy(folder);
    const saved = await temporaryFolder();
    await policy.save(saved);
    const again = await loadPolicy(saved);
    expect(again.identity.sha256).toBe(policy.identity.sha256);
    expect(logitsOf(again)).toEqual(logitsOf(policy));
    for (const one of [policy, again]) one.dispose();
  });

  test("an adapter of all linear layers is trained, saved, loaded and merged", async () => {
    const base = await loadPolicy(folder);
    const policy = addLora(base, { rank: 2, seed: 3 });
    const layers = [...policy.parameters.keys()].filter((name) => name.includes("layers.0.") && name.includes("lora_A"));
    expect(layers.map((name) => name.split(".").at(-3))).toEqual([
      "q_proj",
      "k_proj",
      "v_proj",
      "o_proj",
      "gate_proj",
      "up_proj",
      "down_proj",
    ]);
    expect(logitsOf(policy)).toEqual(logitsOf(base));
    for (const [name, gradient] of learn(policy).gradients) {
      const parameter = policy.parameters.get(name)!;
      parameter.assign(
        tf.tidy(() =>
          tf.sub(
            parameter.value,
            tf.tensor(
              gradient.map((slope) => 0.5 * slope),
              [...parameter.shape],
            ),
          ),
        ),
      );
    }
    expect(learn(policy).loss).toBeLessThan(expected.loss - 1e-3);

    const saved = await temporaryFolder();
    await policy.save(saved);
    const loaded = await loadLora(base, saved);
    expect(logitsOf(loaded)).toEqual(logitsOf(policy));
    const merged = await mergeLora(policy);
    expect(largestDifference(logitsOf(merged), logitsOf(policy))).toBeLessThan(1e-4);
    const prompts = leftPadded(expected.greedy.prompts);
    expect((await merged.generate(prompts, greedily)).responses).toEqual((await policy.generate(prompts, greedily)).responses);
    for (const one of [policy, loaded, merged, base]) one.dispose();
  });
});
