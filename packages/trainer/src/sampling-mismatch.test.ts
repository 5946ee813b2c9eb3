import { prepareBackend } from "@cai/backend";
import type { Generator } from "@cai/contracts";
import { loadPolicy } from "@cai/policy";
import { beforeAll, describe, expect, test } from "vitest";
import type { PPOTrainerOptions } from "./ppo-parts.ts";
import { samplingMismatch } from "./sampling-mismatch.ts";
import { disposeTrainer, tinyModel, tinyPrompts, tinyTrainer } from "./tiny-run.fixture.ts";

beforeAll(() => prepareBackend());

test("a cap of 0 is none, and the metrics have TRL's names", () => {
  const responses = { ids: new Int32Array(2), mask: Uint8Array.of(1, 1), shape: [1, 2] } as const;
  const given = { responses, behaviourLogprobs: Float32Array.of(-9, -1) };
  const { weights, metrics } = samplingMismatch(given, Float32Array.of(-1, -1), { correction: "token-truncate", cap: 0 });
  expect([...weights]).toEqual([Math.exp(8), 1]);
  expect(metrics).toEqual({
    "sampling/sampling_logp_difference/mean": 4,
    "sampling/sampling_logp_difference/max": 8,
    "sampling/capped_fraction": 0,
  });
});

/** One step of a trainer whose responses come from an engine that says they were `less` likely, all of them. */
async function stepOf(less: number, options: Partial<PPOTrainerOptions>, drawsAsPolicy = false) {
  const policy = await loadPolicy(tinyModel);
  const generator: Generator = {
    drawsAsPolicy,
    metrics: () => ({ "engine/less": less }),
    async generate(prompts, sampling) {
      const drawn = await policy.generate(prompts, sampling);
      return { ...drawn, behaviourLogprobs: drawn.behaviourLogprobs.map((logprob, i) => logprob - less * drawn.responses.mask[i]!) };
    },
  };
  const weight = policy.parameters.get("transformer.ln_f.bias")!;
  const before = await weight.value.data();
  const trainer = await tinyTrainer({ policy, generator, valueLossCoef: 0, ...options });
  const { metrics } = await trainer.trainStep(tinyPrompts);
  const hasMoved = Buffer.compare(Buffer.from((await weight.value.data()).buffer), Buffer.from(before.buffer)) !== 0;
  disposeTrainer(trainer);
  return { metrics, hasMoved };
}

describe("PPO on responses of another engine", () => {
  test("logs by how much their log-probabilities differ", async () => {
    const { metrics } = await stepOf(0.5, {});
    expect(metrics["sampling/sampling_logp_difference/mean"]).toBeCloseTo(0.5, 4);
    expect(metrics["sampling/sampling_logp_difference/max"]).toBeCloseTo(0.5, 4);
    expect(metrics["sampling/capped_fraction"]).toBe(0); // exp(0.5) is below 2
  });

  test("of its own engine they are rounding, and nothing is capped", async () => {
    const trainer = await tinyTrainer();
    const { metrics } = await trainer.trainStep(tinyPrompts);
    expect(metrics["sampling/sampling_logp_difference/max"]).toBeLessThan(1e-4);
    expect(metrics["sampling/capped_fraction"]).toBe(0);
    disposeTrainer(trainer);
  });

  test.each([
    ["token-truncate", 1, true],
    ["token-mask", 1, false],
    ["sequence-truncate", 1, true],
    ["sequence-mask", 1, false],
  ] as const)("%s: what is above the cap counts as the cap, or for nothing", async (importanceCorrection, capped, moves) => {
    const { metrics, hasMoved } = await stepOf(1, { importanceCorrection, importanceCap: 1.5 }); // e¹ a token, more a sequence
    expect(metrics["sampling/capped_fraction"]).toBe(capped);
    expect(hasMoved).toBe(moves);
  });

  test("a sequence is judged as a whole: what no token exceeds, their product does", async () => {
    const cap = { importanceCap: 1.5 }; // tokens weigh e^0.3 = 1.35, sequences of 6 e^1.8
    const length = { minNewTokens: 6, maxNewTokens: 6 };
    const byToken = await stepOf(0.3, { ...cap, ...length, importanceCorrection: "token-mask" });
    expect([byToken.metrics["sampling/capped_fraction"], byToken.hasMoved]).toEqual([0, true]);
    const bySequence = await stepOf(0.3, { ...cap, ...length, importanceCorrection: "sequence-mask" });
    expect([bySequence.metrics["sampling/capped_fraction"], bySequence.hasMoved]).toEqual([1, false]);
  });
});

test("a generator that draws as the policy does gets no importance weights; what it tells of a step stands in the metrics", async () => {
  const lossOf = async (drawsAsPolicy: boolean) => (await stepOf(8, { epochs: 1 }, drawsAsPolicy)).metrics;
  const [weighted, plain] = [await lossOf(false), await lossOf(true)];
  expect(plain["sampling/capped_fraction"]).toBe(0);
  expect(weighted["sampling/capped_fraction"]).toBe(1);
  expect(plain["engine/less"]).toBe(8);
});
