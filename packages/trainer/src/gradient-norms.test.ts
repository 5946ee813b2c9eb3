import { prepareBackend } from "@cai/backend";
import { addLora, type CausalPolicy, loadPolicy } from "@cai/policy";
import type { ParameterNorm } from "@cai/training";
import { beforeAll, expect, test } from "vitest";
import { type AlgorithmName, algorithms } from "./algorithms.ts";
import { lowIdReward, tinyModel, tinyPrompts } from "./tiny-run.fixture.ts";

beforeAll(() => prepareBackend());

async function adaptedPolicy(): Promise<CausalPolicy> {
  const base = await loadPolicy(tinyModel);
  const adapted = await addLora(base, { rank: 2 });
  base.dispose();
  return adapted;
}

/** One step, and the norms of the gradients of each of its updates. */
async function stepWithNorms(algorithm: AlgorithmName, policy: CausalPolicy, options: object) {
  const parts = { policy, rewardModel: lowIdReward };
  const trainer = await algorithms[algorithm].create({ ...parts, batchSize: 4, maxNewTokens: 6, learningRate: 1e-3, seed: 5, ...options });
  const updates: { step: number; update: number; norms: ParameterNorm[] }[] = [];
  const { metrics } = await trainer.trainStep(tinyPrompts.slice(0, 4), {
    async onGradients({ step, update, norms }) {
      updates.push({ step, update, norms: await norms() });
    },
  });
  trainer.dispose();
  policy.dispose();
  return { metrics, updates };
}

test.each([
  ["ppo", "all weights", () => loadPolicy(tinyModel), { epochs: 1 }],
  ["ppo", "an adapter", adaptedPolicy, { epochs: 1 }],
  ["grpo", "all weights", () => loadPolicy(tinyModel), { numGenerations: 2 }],
  ["rloo", "an adapter", adaptedPolicy, { numGenerations: 2 }],
  ["reinforce++", "all weights", () => loadPolicy(tinyModel), { numGenerations: 2 }],
] as const)("%s on %s: the squares of the gradients' norms add up to that of grad_norm", async (algorithm, _, open, options) => {
  const { metrics, updates } = await stepWithNorms(algorithm, await open(), options);
  expect(updates.map(({ step, update }) => [step, update])).toEqual([[1, 0]]);
  const ofPolicy = updates[0]!.norms.filter(({ optimizer }) => optimizer === 0);
  const total = Math.sqrt(ofPolicy.reduce((sum, { norm }) => sum + norm ** 2, 0));
  expect(total).toBeGreaterThan(0);
  expect(total / metrics.grad_norm!).toBeCloseTo(1, 5);
  const others = updates[0]!.norms.filter(({ optimizer }) => optimizer > 0).map(({ name }) => name);
  expect(others).toEqual(algorithm === "ppo" ? ["v_head.weight", "v_head.bias"] : []);
});

test("each update of a step is told, with the blocks that its parameters belong to", async () => {
  const { updates } = await stepWithNorms("ppo", await loadPolicy(tinyModel), { epochs: 2, minibatchSize: 2 });
  expect(updates.map(({ update }) => update)).toEqual([0, 1, 2, 3]);
  expect(new Set(updates[0]!.norms.map(({ layer }) => layer))).toEqual(new Set([-1, 0, 1, 2, Number.POSITIVE_INFINITY]));
});
