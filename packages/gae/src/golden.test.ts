import { expectClose, readGolden } from "@cai/testing";
import { test } from "vitest";
import { computeGae } from "./gae.ts";
import { maskedMean, maskedVariance } from "./masked.ts";
import { whiten } from "./whiten.ts";

interface Golden<Inputs extends string, Params, Expected extends string> {
  readonly name: string;
  readonly inputs: Readonly<Record<Inputs, number[][]>>;
  readonly params: Params;
  readonly expected: Readonly<Record<Expected, number[][]>>;
}
type StatsCase = Omit<Golden<"x" | "mask", { eps: number }, "whitened" | "whitenedKeepMean">, "expected"> & {
  readonly expected: {
    readonly mean: number | null;
    readonly varUnbiased: number | null;
    readonly varBiased: number | null;
    readonly whitened: (number | null)[][];
    readonly whitenedKeepMean: (number | null)[][];
  };
};
type GaeCase = Golden<"rewards" | "values" | "mask" | "dones", { gamma: number; lambda: number }, "advantages" | "returns">;
type TrlCase = Golden<"rewards" | "values" | "mask", { gamma: number; lambda: number; whitenRewards: boolean }, "advantages" | "returns">;

const { cases } = readGolden<{ cases: { group: string }[] }>("vectors.json");
const { computeAdvantages } = readGolden<{ computeAdvantages: TrlCase[] }>("trl_ppo_steps.json");
const ofGroup = <Case>(group: string) => cases.filter((one) => one.group === group) as unknown as Case[];
const floats = (rows: number[][]) => Float32Array.from(rows.flat());
const bytes = (rows: number[][]) => Uint8Array.from(rows.flat());
const shapeOf = (rows: number[][]) => [rows.length, rows[0]!.length] as const;

test.each(ofGroup<StatsCase>("masked-stats"))("golden masked-stats $name", ({ inputs, params, expected }) => {
  const masked = { x: floats(inputs.x), mask: bytes(inputs.mask) };
  // null is undefined in mathematics: there stands what the docstrings promise.
  const mean = expected.mean ?? 0;
  const whitened = expected.whitened.flat().map((number) => number ?? 0);
  const whitenedKeepMean = expected.whitenedKeepMean.flat().map((number, i) => number ?? mean * masked.mask[i]!);
  expectClose([maskedMean(masked)], [mean], { tolerance: 1e-9 });
  expectClose([maskedVariance(masked)], [expected.varUnbiased ?? 0], { tolerance: 1e-9 });
  expectClose([maskedVariance({ ...masked, unbiased: false })], [expected.varBiased ?? 0], { tolerance: 1e-9 });
  expectClose(whiten({ ...masked, epsilon: params.eps }), whitened, { tolerance: 1e-6 });
  expectClose(whiten({ ...masked, epsilon: params.eps, keepMean: true }), whitenedKeepMean, { tolerance: 1e-6 });
});

test.each(ofGroup<GaeCase>("gae"))("golden gae $name", ({ inputs, params, expected }) => {
  const { advantages, returns } = computeGae({
    rewards: floats(inputs.rewards),
    values: floats(inputs.values),
    mask: bytes(inputs.mask),
    dones: inputs.dones && bytes(inputs.dones),
    shape: shapeOf(inputs.mask),
    ...params,
  });
  expectClose(advantages, floats(expected.advantages), { tolerance: 1e-6 });
  expectClose(returns, floats(expected.returns), { tolerance: 1e-6 });
});

test.each(computeAdvantages)("TRL's $name", ({ inputs, params, expected }) => {
  const mask = bytes(inputs.mask);
  const shape = shapeOf(inputs.mask);
  let rewards = floats(inputs.rewards);
  let values = floats(inputs.values);
  let flowing = mask;
  if (params.whitenRewards) {
    // TRL whitens the padding too (rewards of 0 there become something else) and lets it flow back into the row's last tokens.
    const mean = maskedMean({ x: rewards, mask });
    const scale = 1 / Math.sqrt(maskedVariance({ x: rewards, mask }) + 1e-8);
    expectClose(
      whiten({ x: rewards, mask, keepMean: true }),
      rewards.map((reward) => (reward - mean) * scale + mean),
      { tolerance: 1e-6, mask },
    );
    rewards = rewards.map((reward, i) => (reward * mask[i]! - mean) * scale + mean);
    values = values.map((value, i) => value * mask[i]!);
    flowing = new Uint8Array(mask.length).fill(1);
  }
  const { advantages, returns } = computeGae({ rewards, values, mask: flowing, shape, gamma: params.gamma, lambda: params.lambda });
  expectClose(whiten({ x: advantages, mask }), floats(expected.advantages), { tolerance: 5e-6, mask });
  expectClose(returns, floats(expected.returns), { tolerance: 5e-6, mask });
});
