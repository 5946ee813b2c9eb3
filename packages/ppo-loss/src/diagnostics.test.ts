import fc from "fast-check";
import { expect, test } from "vitest";
import { explainedVariance, policyDiagnostics, valueDiagnostics } from "./diagnostics.ts";
import { bytes, expectClose, floats, goldenCases } from "./golden.fixture.ts";

test("ratios 1/2, 1 and 3/2 with A = 1: mean 1, variance 1/6, one of three clipped", () => {
  const diagnostics = policyDiagnostics({
    newLogprobs: Float32Array.from([0.5, 1, 1.5], Math.log),
    oldLogprobs: new Float32Array(3),
    advantages: new Float32Array([1, 1, 1]),
    mask: new Uint8Array([1, 1, 1]),
  });
  expect(diagnostics.ratioMean).toBeCloseTo(1, 6);
  expect(diagnostics.ratioVariance).toBeCloseTo(1 / 6, 6);
  expect(diagnostics.clipFraction).toBeCloseTo(1 / 3, 9);
  expect(diagnostics.approxKl).toBeCloseTo((Math.log(2) ** 2 + Math.log(1.5) ** 2) / 6, 6);
});

test.each(goldenCases("policy-loss"))("golden case $name: diagnostics", ({ inputs, params, expected }) => {
  const diagnostics = policyDiagnostics({
    newLogprobs: floats(inputs.newLogp),
    oldLogprobs: floats(inputs.oldLogp),
    advantages: floats(inputs.advantages),
    mask: bytes(inputs.mask),
    ...params,
  });
  expectClose(diagnostics.clipFraction, expected.clipfrac);
  expectClose(diagnostics.clipFractionLower, expected.clipfracLower ?? 0);
  if (expected.approxkl !== undefined) expectClose(diagnostics.approxKl, expected.approxkl);
  expectClose(diagnostics.ratioMean, expected.ratioMean!);
});

test.each(goldenCases("value-loss"))("golden case $name: clip fraction", ({ inputs, params, expected }) => {
  const { clipFraction } = valueDiagnostics({
    newValues: floats(inputs.newValues),
    oldValues: floats(inputs.oldValues),
    returns: floats(inputs.returns),
    mask: bytes(inputs.mask),
    clip: params.clip ?? undefined,
  });
  expectClose(clipFraction, expected.clipfrac);
});

test.each(goldenCases("explained-variance"))("golden case $name", ({ inputs, expected }) => {
  const explained = explainedVariance({ values: floats(inputs.values), returns: floats(inputs.returns), mask: bytes(inputs.mask) });
  expectClose(explained, expected.explainedVariance);
});

test("without a valid token everything is 0, never NaN", () => {
  const none = {
    mask: new Uint8Array(2),
    newLogprobs: new Float32Array(2),
    oldLogprobs: new Float32Array(2),
    advantages: new Float32Array(2),
  };
  expect(policyDiagnostics(none)).toEqual({ approxKl: 0, clipFraction: 0, clipFractionLower: 0, ratioMean: 0, ratioVariance: 0 });
  const values = {
    newValues: new Float32Array(2),
    oldValues: new Float32Array(2),
    returns: new Float32Array(2),
    mask: new Uint8Array([1, 0]),
  };
  expect(valueDiagnostics(values)).toEqual({ clipFraction: 0, explainedVariance: 0 });
});

test("padding changes nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.float({ min: -3, max: 3, noNaN: true }), fc.boolean()), { minLength: 1 }), (tokens) => {
      const diagnose = (kept: typeof tokens) =>
        policyDiagnostics({
          newLogprobs: Float32Array.from(kept, ([logprob]) => logprob),
          oldLogprobs: new Float32Array(kept.length),
          advantages: Float32Array.from(kept, ([logprob]) => -logprob),
          mask: Uint8Array.from(kept, ([, valid]) => Number(valid)),
        });
      expect(diagnose(tokens)).toEqual(diagnose(tokens.filter(([, valid]) => valid)));
    }),
  );
});

test("arrays of different lengths are refused", () => {
  expect(() => explainedVariance({ values: new Float32Array(1), returns: new Float32Array(2), mask: new Uint8Array(2) })).toThrow(
    /values has 1 elements, the mask 2/,
  );
});
