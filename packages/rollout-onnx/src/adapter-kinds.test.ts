import { loadLora, loadPolicy } from "@cai/policy";
import { goldenAdapter, leftPadded, tinyGpt2, tinyLlama } from "@cai/testing";
import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { OnnxGenerator } from "./onnx-generator.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const prompts = leftPadded([
  [3, 1, 4, 1, 5],
  [5, 3],
]);
const sampling = { draws: { seed: 5, stream: "test", step: 3 }, maxNewTokens: 8 };

// Written by PEFT.
test.each([
  ["gpt2-dora-rslora", "base_model.model.transformer.h.1.mlp.c_fc.lora_magnitude_vector"],
  ["gpt2-lora-bias", "base_model.model.transformer.h.0.attn.c_attn.lora_B.bias"],
  ["gpt2-saved-output", "base_model.model.lm_head.weight"],
  ["llama-tied-embedding", "base_model.model.model.embed_tokens.weight"],
])("%s draws as the policy does, also once it was trained on", async (kind, trained) => {
  const base = await loadPolicy(kind.startsWith("gpt2") ? tinyGpt2 : tinyLlama);
  const policy = await loadLora(base, goldenAdapter(kind));
  const generator = await OnnxGenerator.create({ policy });
  const expectSame = async () => {
    const [drawn, wanted] = [await generator.generate(prompts, sampling), await policy.generate(prompts, sampling)];
    expect(drawn.responses).toEqual(wanted.responses);
    for (const [index, logprob] of wanted.behaviourLogprobs.entries()) expect(drawn.behaviourLogprobs[index]).toBeCloseTo(logprob, 4);
    return wanted.behaviourLogprobs;
  };
  const before = await expectSame();
  const { value, shape, assign } = policy.parameters.get(trained)!;
  assign(
    tf.tidy(() =>
      tf.add(
        value,
        tf.tensor(
          Float32Array.from({ length: value.size }, (_, i) => Math.sin(i) / 4),
          [...shape],
        ),
      ),
    ),
  );
  expect(await expectSame()).not.toEqual(before);
  await generator.dispose();
  for (const one of [base, policy]) one.dispose();
});
