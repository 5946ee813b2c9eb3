import type { SamplingOptions } from "@cai/contracts";
import { leftPadded, tinyGpt2 } from "@cai/testing";
import { onWebGpu } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { loadPolicy } from "../load/load-policy.ts";
import { addLora } from "../lora/add-lora.ts";
import { quantizedGenerator } from "./quantized-generator.ts";

const prompts = leftPadded([[5, 6, 7], [8], [9, 10]]);
const sampling: SamplingOptions = { draws: { seed: 7, stream: "halves", step: 0 }, maxNewTokens: 4 };

await onWebGpu(() => {
  test("weights in half precision draw with log-probabilities near the policy's own, the first of each text's as the policy itself", async () => {
    const policy = await loadPolicy(tinyGpt2);
    const before = tf.memory().numTensors;
    const { responses, behaviourLogprobs } = await quantizedGenerator({ policy, precision: "float16" }).generate(prompts, sampling);
    expect(tf.memory().numTensors).toBe(before);
    const { logprobs } = tf.tidy(() => policy.tokenLogprobs(policy.hiddenStates({ prompts, responses }), responses, { temperature: 1 }));
    const own = await logprobs.data();
    const far = own.map((logprob, cell) => (responses.mask[cell] === 1 ? Math.abs(logprob - behaviourLogprobs[cell]!) : 0));
    expect(Math.max(...far.filter((_, cell) => cell % responses.shape[1] === 0))).toBeLessThan(1e-4);
    expect(Math.max(...far)).toBeGreaterThan(1e-6);
    expect(Math.max(...far)).toBeLessThan(5e-3); // 0.1 with integers of 8 bits
    logprobs.dispose();

    const adapted = addLora(policy, { rank: 2 });
    const withAdapter = await quantizedGenerator({ policy: adapted, precision: "float16" }).generate(prompts, sampling);
    expect(withAdapter.responses.ids).toEqual(responses.ids); // an adapter that was not trained adds nothing
    policy.dispose();
  }, 300_000);
});
