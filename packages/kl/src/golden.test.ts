import { expectClose, readGolden } from "@cai/testing";
import { test } from "vitest";
import { adaptiveKlController } from "./controller.ts";
import type { KlEstimator } from "./estimators.ts";
import { fullKl } from "./full-kl.ts";
import { shapeRewards } from "./shape-rewards.ts";
import { tokenKl } from "./token-kl.ts";

type Nested = number | Nested[];
interface EstimatorCase {
  readonly name: string;
  readonly inputs: Readonly<Record<"logp" | "refLogp", Nested> & Partial<Record<"logits" | "refLogits", Nested>>>;
  readonly params: { readonly logRatioClamp?: number; readonly outputClamp?: number };
  readonly expected: Readonly<Record<string, Nested>>;
}
interface RewardsCase {
  readonly name: string;
  readonly inputs: Readonly<Record<"logp" | "refLogp" | "mask" | "scores", Nested>>;
  readonly params: { readonly beta: number; readonly estimator: KlEstimator };
  readonly expected: Readonly<Record<"nonScoreRewards" | "rewards", Nested>>;
}
interface ControllerCase {
  readonly name: string;
  readonly inputs: { readonly observedKl: number[] };
  readonly params: { readonly beta0: number; readonly target: number; readonly horizon: number; readonly n: number };
  readonly expected: { readonly beta: number[] };
}
interface TrlCase {
  readonly name: string;
  readonly inputs: Readonly<Record<"scores" | "mask" | "logprobs" | "refLogprobs" | "logits" | "refLogits", Nested>>;
  readonly params: { readonly klPenalty: "kl" | "abs" | "mse" | "full"; readonly klCoef: number };
  readonly expected: Readonly<Record<"rewards" | "nonScoreReward" | "kl", Nested>>;
}

const { cases } = readGolden<{ cases: { group: string }[] }>("vectors.json");
const trl = readGolden<{
  computeRewards: TrlCase[];
  adaptiveKl: { params: ControllerCase["params"]; observedKl: number[]; beta: number[] };
}>("trl_ppo_steps.json");
const ofGroup = <Case>(group: string) => cases.filter((one) => one.group === group) as unknown as Case[];
const flat = (nested: Nested): number[] => (typeof nested === "number" ? [nested] : nested.flatMap(flat));
const floats = (nested: Nested) => Float32Array.from(flat(nested));
const shapeOf = (nested: Nested): number[] => (typeof nested === "number" ? [] : [nested.length, ...shapeOf(nested[0]!)]);

test.each(ofGroup<EstimatorCase>("kl"))("golden kl $name", ({ inputs, params, expected }) => {
  const found: Record<string, Float32Array> = {};
  if (inputs.logits !== undefined) {
    Object.assign(found, fullKl({ logits: floats(inputs.logits), refLogits: floats(inputs.refLogits!), shape: shapeOf(inputs.logits) }));
  } else {
    const logprobs = floats(inputs.logp);
    const mask = new Uint8Array(logprobs.length).fill(1);
    for (const estimator of ["k1", "k2", "k3", "abs"] as const) {
      found[estimator] = tokenKl({ logprobs, refLogprobs: floats(inputs.refLogp), mask, estimator, ...params });
    }
  }
  for (const [quantity, numbers] of Object.entries(expected)) expectClose(found[quantity]!, flat(numbers), { tolerance: 1e-6 });
});

test.each(ofGroup<RewardsCase>("reward-shaping"))("golden reward-shaping $name", ({ inputs, params, expected }) => {
  const mask = Uint8Array.from(flat(inputs.mask));
  const { rewards, nonScoreRewards } = shapeRewards({
    kl: tokenKl({ logprobs: floats(inputs.logp), refLogprobs: floats(inputs.refLogp), mask, estimator: params.estimator }),
    scores: floats(inputs.scores),
    mask,
    shape: shapeOf(inputs.mask) as [number, number],
    coefficient: params.beta,
  });
  expectClose(nonScoreRewards, flat(expected.nonScoreRewards), { tolerance: 1e-6 });
  expectClose(rewards, flat(expected.rewards), { tolerance: 1e-6 });
});

const controllerCases = [
  ...ofGroup<ControllerCase>("adaptive-kl"),
  { name: "adaptiveKl of TRL", inputs: trl.adaptiveKl, params: trl.adaptiveKl.params, expected: trl.adaptiveKl },
];
test.each(controllerCases)("golden adaptive-kl $name", ({ inputs, params, expected }) => {
  const controller = adaptiveKlController({ coefficient: params.beta0, target: params.target, horizon: params.horizon });
  const coefficients = inputs.observedKl.map((kl) => {
    controller.update({ kl, samples: params.n });
    return controller.coefficient;
  });
  expectClose(coefficients, expected.beta, { tolerance: 1e-12 });
});

test.each(trl.computeRewards)("TRL's $name", ({ inputs, params, expected }) => {
  const mask = Uint8Array.from(flat(inputs.mask));
  const estimators = { kl: "k1", abs: "abs", mse: "k2" } as const;
  const kl =
    params.klPenalty === "full"
      ? fullKl({ logits: floats(inputs.logits), refLogits: floats(inputs.refLogits), shape: shapeOf(inputs.logits) }).kl
      : tokenKl({
          logprobs: floats(inputs.logprobs),
          refLogprobs: floats(inputs.refLogprobs),
          mask,
          estimator: estimators[params.klPenalty],
        });
  const shape = shapeOf(inputs.mask) as [number, number];
  const { rewards, nonScoreRewards } = shapeRewards({ kl, scores: floats(inputs.scores), mask, shape, coefficient: params.klCoef });
  expectClose(kl, flat(expected.kl), { tolerance: 1e-6, mask });
  expectClose(nonScoreRewards, flat(expected.nonScoreReward), { tolerance: 1e-6, mask });
  expectClose(rewards, flat(expected.rewards), { tolerance: 1e-6, mask });
});
