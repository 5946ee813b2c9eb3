import { prepareBackend } from "@cai/backend";
import { addLora, CausalPolicy, createPolicy, loadLora, loadPolicy } from "@cai/policy";
import { goldenAdapter } from "@cai/testing";
import { separateValueModel, ValueHead } from "@cai/value-head";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import type { PPOTrainerOptions } from "./ppo-parts.ts";
import { PPOTrainer } from "./ppo-trainer.ts";
import { lowIdReward, tinyModel, tinyPrompts } from "./tiny-run.fixture.ts";

const native = (await prepareBackend()).name === "tensorflow";

const numbersOf = async (policy: CausalPolicy) =>
  new Map(await Promise.all([...policy.parameters].map(async ([name, { value }]) => [name, await value.data<"float32">()] as const)));

/** One step on the policy; gives the names of the weights that changed. */
async function changedBy(policy: CausalPolicy, options: Partial<PPOTrainerOptions>): Promise<string[]> {
  const trainer = await PPOTrainer.create({
    policy,
    rewardModel: lowIdReward,
    batchSize: 2,
    maxNewTokens: 4,
    learningRate: 1e-3,
    ...options,
  });
  const before = await numbersOf(policy);
  await trainer.trainStep(tinyPrompts.slice(0, 2));
  trainer.dispose();
  const after = await numbersOf(policy);
  return [...before.keys()].filter((name) => !Buffer.from(before.get(name)!.buffer).equals(Buffer.from(after.get(name)!.buffer)));
}

test("layers that one trainer freezes are another's to train", async () => {
  const policy = await loadPolicy(tinyModel);
  const frozen = /wte|wpe|h\.0\./;
  expect((await changedBy(policy, { frozenLayers: 1 })).filter((name) => frozen.test(name))).toEqual([]);
  expect([...policy.parameters.values()].every(({ trainable }) => trainable)).toBe(true);
  const changed = await changedBy(policy, {});
  expect([...policy.parameters.keys()].filter((name) => !changed.includes(name))).toEqual([]);

  const own = policy.parameters.get("transformer.ln_f.bias")!;
  own.trainable = false;
  expect(await changedBy(policy, { frozenLayers: 1 })).not.toContain(own.name);
  expect(own.trainable).toBe(false);
  policy.dispose();
});

test("a trunk with an output matrix of its own gives values, and the matrix has no part in the training", async () => {
  const { parts } = await loadPolicy(tinyModel);
  const untied = { ...parts.config, tie_word_embeddings: false };
  const trunk = await createPolicy({ config: untied, seed: 3, tokenizer: parts.tokenizer });
  const policy = await createPolicy({ config: untied, seed: 4, tokenizer: parts.tokenizer });
  const head = ValueHead.create({ hiddenSize: 32, weight: new Float32Array(32).fill(0.1) });
  const valueModel = separateValueModel({ trunk, head });
  const before = await numbersOf(trunk);
  expect(await changedBy(policy, { valueModel })).toContain("lm_head.weight");
  const after = await numbersOf(trunk);
  const changed = [...before.keys()].filter((name) => before.get(name)!.join() !== after.get(name)!.join());
  expect([...trunk.parameters.keys()].filter((name) => !changed.includes(name))).toEqual(["lm_head.weight"]);
  for (const one of [policy, valueModel]) one.dispose();
});

// Written by PEFT: what an adapter replaces, and what DoRA and biases add to it, is trained, also where blocks are computed again.
test.each(["gpt2-dora-rslora", "gpt2-bias-all", "gpt2-lora-bias", "gpt2-saved-output"])(
  "all of the adapter %s is trained",
  async (kind) => {
    const base = await loadPolicy(tinyModel);
    for (const recompute of [false, true]) {
      const loaded = await loadLora(base, goldenAdapter(kind));
      const policy = new CausalPolicy({ ...loaded.parts, recompute });
      const changed = await changedBy(policy, {});
      expect([...policy.parameters.keys()].filter((name) => !changed.includes(name))).toEqual([]);
      policy.dispose();
    }
    base.dispose();
  },
);

test.runIf(native)("with an adapter and few tokens a pass, every ratio before the first update is exactly 1", async () => {
  // Matrices that are large enough for the products of few rows.
  const { parts } = await loadPolicy(tinyModel);
  const config = { ...parts.config, n_embd: 256, n_head: 4 };
  for (const targets of ["all-linear", ["c_attn"], ["mlp.c_proj"]]) {
    const base = await createPolicy({ config, seed: 5, tokenizer: parts.tokenizer });
    const policy = addLora(base, { rank: 4, targets });
    base.dispose();
    for (const { name, shape, value, assign } of policy.parameters.values())
      if (name.endsWith("lora_B.weight"))
        assign(
          tf.tensor(
            Float32Array.from({ length: value.size }, (_, i) => Math.sin(i) / 8),
            [...shape],
          ),
        );
    const options = { batchSize: 2, maxNewTokens: 4, minibatchSize: 2, microbatchSize: 1, epochs: 1, learningRate: 1e-3 };
    const trainer = await PPOTrainer.create({ policy, rewardModel: lowIdReward, ...options });
    const { metrics } = await trainer.trainStep(["a", "b"]);
    expect(metrics["policy/ratio"], String(targets)).toBe(1);
    expect(metrics["policy/ratio_var"], String(targets)).toBe(0);
    trainer.dispose();
    policy.dispose();
  }
});
