import { readGolden } from "@cai/testing";
import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { policyDiagnostics, valueDiagnostics } from "./diagnostics.ts";
import { bytes, expectClose, floats, type Rows, shapeOf, tensorOf } from "./golden.fixture.ts";
import { policyLoss, valueLoss } from "./tfjs.ts";

interface LossCase {
  readonly name: string;
  readonly inputs: Readonly<Record<"oldLogprobs" | "values" | "vpreds" | "logprobs" | "mask" | "advantages" | "returns", Rows>>;
  readonly params: {
    readonly cliprange: number;
    readonly clipRangeValue: number;
    readonly vfCoef: number;
    readonly ratioThreshold: number;
  };
  readonly expected: {
    readonly pgLoss: number;
    readonly vfLossTimesCoef: number;
    readonly stats: Readonly<Record<"policy/approxkl" | "policy/clipfrac" | "val/clipfrac", number>>;
    readonly ratio: Rows;
    readonly gradLogprobs: Rows;
    readonly gradVpreds: Rows;
  };
}

const { loss: cases } = readGolden<{ loss: LossCase[] }>("trl_ppo_steps.json");
// TRL drops a batch whose mean ratio is above its threshold: it sets both losses to 0. This package does not.
const kept = cases.filter(({ expected }) => expected.pgLoss !== 0);
const policyOf = ({ inputs, params }: LossCase) => ({
  oldLogprobs: floats(inputs.oldLogprobs),
  advantages: floats(inputs.advantages),
  mask: bytes(inputs.mask),
  clipLow: params.cliprange,
});
const valuesOf = ({ inputs, params }: LossCase) => ({
  oldValues: floats(inputs.values),
  returns: floats(inputs.returns),
  mask: bytes(inputs.mask),
  clip: params.clipRangeValue,
});

test.each(kept)("TRL's $name: losses and gradients", (one) => {
  const { inputs, params, expected } = one;
  const shape = shapeOf(inputs.mask);
  const policy = (newLogprobs: tf.Tensor) => policyLoss({ newLogprobs, ...policyOf(one), shape });
  const value = (newValues: tf.Tensor) => tf.mul(valueLoss({ newValues, ...valuesOf(one), shape }), params.vfCoef);
  expectClose(policy(tensorOf(inputs.logprobs)).dataSync()[0]!, expected.pgLoss);
  expectClose(value(tensorOf(inputs.vpreds)).dataSync()[0]!, expected.vfLossTimesCoef);
  expectClose(tf.grad(policy)(tensorOf(inputs.logprobs)).dataSync(), expected.gradLogprobs);
  expectClose(tf.grad(value)(tensorOf(inputs.vpreds)).dataSync(), expected.gradVpreds);
});

test.each(cases)("TRL's $name: approximate KL, clip fractions and mean ratio", (one) => {
  const { inputs, params, expected } = one;
  const diagnostics = policyDiagnostics({ newLogprobs: floats(inputs.logprobs), ...policyOf(one) });
  expectClose(diagnostics.approxKl, expected.stats["policy/approxkl"]);
  expectClose(diagnostics.clipFraction, expected.stats["policy/clipfrac"]);
  expectClose(valueDiagnostics({ newValues: floats(inputs.vpreds), ...valuesOf(one) }).clipFraction, expected.stats["val/clipfrac"]);
  const ratios = expected.ratio.flat().filter((_, index) => inputs.mask.flat()[index] === 1);
  expect(diagnostics.ratioMean / (ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length)).toBeCloseTo(1, 5);
  expect(diagnostics.ratioMean > params.ratioThreshold).toBe(!kept.includes(one));
});
