import { fileURLToPath } from "node:url";
import { expectClose, familyModels, goldenModels, leftPadded, tinyGpt2, tinyLlama } from "@cai/testing";
import { onNativeKernels } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { loadPolicy } from "../load/load-policy.ts";
import { addLora } from "../lora/add-lora.ts";
import { loadLora } from "../lora/load-lora.ts";
import { currentWeight } from "../lora/merged-values.ts";
import { CausalModel } from "../model/causal-model.ts";
import type { CausalPolicy } from "../policy.ts";
import { DecodeSession, type DecodingModel } from "./decode-session.ts";

const prompts = leftPadded([[5, 6, 7], [8], [9, 10]]);

function modelOf({ parts }: CausalPolicy): CausalModel {
  const weight = (name: string) => currentWeight(parts, name);
  return new CausalModel({ architecture: parts.architecture, weight, isTrained: () => false, adapter: parts.adapter?.lora });
}

/** The logits of each step while texts go on and end, [A · V] each. */
function stepsOf(model: DecodingModel): Float32Array[] {
  const session = new DecodeSession({ model, prompts, maxNewTokens: 4 });
  const logits = () => {
    const next = session.nextLogits();
    const numbers = next.dataSync<"float32">().slice();
    next.dispose();
    return numbers;
  };
  const steps = [logits()];
  for (const texts of [[0, 1, 2], [0, 1, 2], [1, 2], [2]]) {
    session.append(
      Int32Array.from(texts),
      Int32Array.from(texts, (text) => 11 + text),
    );
    steps.push(logits());
  }
  session.dispose();
  return steps;
}

function expectOneOperation(policy: CausalPolicy, { isOne = true } = {}): void {
  const model = modelOf(policy);
  const passes: unknown[] = [];
  const whole = {
    forward: (tokens: Parameters<CausalModel["forward"]>[0]) => model.forward(tokens),
    logits: <Rank extends tf.Tensor>(hidden: Rank) => model.logits(hidden),
    tokenPass(attention: Parameters<CausalModel["tokenPass"]>[0]) {
      passes.push(model.tokenPass(attention));
      return passes[0] as ReturnType<CausalModel["tokenPass"]>;
    },
  };
  const { tokenPass: _, ...stepwise } = whole;
  const expected = stepsOf(stepwise);
  stepsOf(whole).forEach((logits, step) => {
    expectClose(logits, expected[step]!, { tolerance: 2e-5 });
  });
  expect(passes.map((pass) => pass !== undefined)).toEqual([isOne]);
}

/** Makes an adapter's update other than 0. */
function stir(policy: CausalPolicy): void {
  for (const { name, value, assign } of policy.parameters.values())
    if (name.endsWith("lora_B.weight")) assign(tf.tidy(() => tf.add(value, tf.fill(value.shape, 0.05))));
}

onNativeKernels(() => {
  test.each([...goldenModels, ...familyModels])("$name: a token's pass as one operation gives what its steps give", async ({ folder }) => {
    const policy = await loadPolicy(folder);
    const before = tf.memory().numTensors;
    expectOneOperation(policy);
    expect(tf.memory().numTensors).toBe(before);
    const adapted = addLora(policy, { rank: 2 });
    stir(adapted);
    expectOneOperation(adapted);
    policy.dispose();
  });

  test.each([
    { kind: "gpt2-lora-bias", folder: tinyGpt2 },
    { kind: "gpt2-saved-output", folder: tinyGpt2 },
    { kind: "llama-rslora-patterns", folder: tinyLlama },
    { kind: "llama-saved-modules", folder: tinyLlama },
  ])("$kind: with all that an adapter does", async ({ kind, folder }) => {
    const policy = await loadPolicy(folder);
    expectOneOperation(await loadLora(policy, fileURLToPath(new URL(`../lora/golden/${kind}`, import.meta.url))));
    policy.dispose();
  });

  test("an adapter that scales columns keeps its steps", async () => {
    const policy = await loadPolicy(tinyGpt2);
    const adapted = await loadLora(policy, fileURLToPath(new URL("../lora/golden/gpt2-dora-rslora", import.meta.url)));
    expectOneOperation(adapted, { isOne: false });
    policy.dispose();
  });
});
