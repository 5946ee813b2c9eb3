import { tinyGpt2 } from "@cai/testing";
import { onBackends } from "@cai/testing/tensors";
import { expect, test } from "vitest";
import { loadPolicy } from "./load/load-policy.ts";
import { addLora } from "./lora/add-lora.ts";
import { CausalPolicy } from "./policy.ts";

onBackends(["cpu"], () => {
  test("bytes are those of the shapes", async () => {
    const policy = await loadPolicy(tinyGpt2);
    const { hiddenSize: H, layerCount: L, vocabSize: V, attention } = policy.parts.architecture;
    const numbers = [...policy.parameters.values()].reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
    const block = 8 * H + 2 * 4 * H + attention.headCount + 4; // GPT-2: eight values of H numbers, the MLP's two of 4·H, and its norms' and heads' own
    expect(policy.memory).toEqual({
      weights: 4 * numbers,
      trained: 4 * numbers,
      keptToken: 4 * L * block,
      keptTokenRecomputing: 4 * (L * H + block),
      logits: 4 * V,
      mostLogits: 256e6,
      cachedToken: 4 * L * 2 * H,
    });
    expect(new CausalPolicy({ ...policy.parts, recompute: true }).memory.keptToken).toBe(4 * (L * H + block));

    const adapted = addLora(policy, { rank: 2 });
    const adapter = 4 * L * 2 * (H + 3 * H + H + H + H + 4 * H + 4 * H + H); // two matrices of rank 2 for each of a block's four layers
    expect(adapted.memory).toMatchObject({
      weights: 4 * numbers + adapter,
      trained: adapter,
      keptToken: 4 * L * (block + 4 * 2),
      mostLogits: 32e6,
    });
    policy.dispose();
  });
});
