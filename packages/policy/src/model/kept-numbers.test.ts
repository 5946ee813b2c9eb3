import { recordForward } from "@cai/kernels";
import { familyModels, goldenModels, leftPadded, rightPadded } from "@cai/testing";
import { onBackends } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { createPolicy } from "../load/create-policy.ts";
import { loadPolicy } from "../load/load-policy.ts";
import { addLora } from "../lora/add-lora.ts";
import type { CausalPolicy } from "../policy.ts";
import { keptNumbers } from "./kept-numbers.ts";

/** Numbers that a forward pass over so many tokens keeps for its way back, by tfjs's count. */
function keptByTape(policy: CausalPolicy, tokens: number): number {
  const response = Array.from({ length: tokens }, (_, i) => i % 7); // the prompt's only token is read too, the response's last one is not
  const batch = { prompts: leftPadded([[1]]), responses: rightPadded([response]) };
  const before = tf.memory().numBytes;
  const tape = recordForward(() => ({ states: policy.hiddenStates(batch) }));
  const kept = (tf.memory().numBytes - before) / 4;
  tape.dispose();
  return kept;
}

describe.each([...goldenModels, ...familyModels])("$name", ({ folder }) => {
  onBackends(["tensorflow"], () => {
    test.each([0, 3])("a block keeps as many numbers of a token as are counted, with an adapter of rank %i", async (rank) => {
      const { config, tokenizer } = await loadPolicy(folder).then(({ parts }) => parts);
      const ofLayers = async (layers: number) => {
        const sizes = "n_layer" in config ? { n_layer: layers } : { num_hidden_layers: layers, layer_types: undefined };
        const base = await createPolicy({ config: { ...config, ...sizes }, seed: 1, tokenizer });
        return rank === 0 ? base : addLora(base, { rank });
      };
      const [three, two] = [await ofLayers(3), await ofLayers(2)];
      const growth = (tokens: number) => keptByTape(three, tokens) - keptByTape(two, tokens);
      const { architecture } = three.parts;
      // tfjs counts what shares memory again: in each block the angles that all of them turn by.
      const angles = architecture.rotaryFrequencies === undefined ? 0 : 2 * architecture.attention.headSize;
      expect((growth(12) - growth(8)) / 4).toBe(keptNumbers(architecture, () => rank)[1]! + angles);
    });
  });
});
