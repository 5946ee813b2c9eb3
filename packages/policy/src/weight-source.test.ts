import { goldenPath } from "@cai/testing";
import { onEachBackend } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { loadPolicy } from "./load/load-policy.ts";
import { addLora } from "./lora/add-lora.ts";
import { mergeLora } from "./lora/merge-lora.ts";

onEachBackend(() => {
  test("a policy's weights are read by name, and have another version once they are updated", async () => {
    const policy = await loadPolicy(goldenPath("tiny-gpt2"));
    const { weights, parameters } = policy;
    expect(weights.names).toEqual([...parameters.keys()]);
    const [name, other] = weights.names as [string, string];
    expect(weights.shape(name)).toEqual(parameters.get(name)!.shape);
    const before = [weights.version(name), weights.version(other)];
    expect([weights.version(name), weights.version(other)]).toEqual(before);
    const parameter = parameters.get(name)!;
    parameter.assign(tf.fill([...parameter.shape], 3));
    expect(weights.version(name)).not.toBe(before[0]);
    expect(weights.version(other)).toBe(before[1]);
    expect(new Set(await weights.read(name))).toEqual(new Set([3]));
    policy.dispose();
  });

  test("what an adapter adds is in the numbers, and an update of it in the version", async () => {
    const base = await loadPolicy(goldenPath("tiny-llama"));
    const policy = addLora(base, { rank: 2, alpha: 4, targets: ["q_proj"], seed: 1 });
    const name = "model.layers.0.self_attn.q_proj.weight";
    const { weights } = policy;
    const before = weights.version(name);
    for (const parameter of policy.parameters.values()) parameter.assign(tf.fill([...parameter.shape], 0.1));
    expect(weights.version(name)).not.toBe(before);
    const merged = await mergeLora(policy);
    expect(await weights.read(name)).toEqual(await merged.weights.read(name));
    expect(await weights.read(name)).not.toEqual(await base.weights.read(name));
    for (const one of [merged, policy, base]) one.dispose();
  });
});
