import { expect, test } from "vitest";
import { type DpoLossType, dpoLoss, dpoLossTypes } from "./dpo-loss.ts";
import { expectSlopesByFiniteDifferences } from "./finite-differences.fixture.ts";

const log = Math.log;
/** The policy gives the chosen answer three times the reference's probability, the rejected one the same. */
const ahead = { chosen: [-10], rejected: [-12], refChosen: [-10 - log(3)], refRejected: [-12] };
const tokens = { chosenTokens: [4], rejectedTokens: [2] };

test("sigmoid: a lead of log 3 wins three times of four", () => {
  const { loss, slopes, diagnostics } = dpoLoss({ ...ahead, beta: 1 });
  expect(loss).toBeCloseTo(log(4 / 3), 12);
  expect(slopes.chosen[0]).toBeCloseTo(-0.25, 7);
  expect(slopes.rejected[0]).toBeCloseTo(0.25, 7);
  expect(diagnostics).toEqual({
    chosenReward: expect.closeTo(log(3), 12),
    rejectedReward: 0,
    rewardMargin: expect.closeTo(log(3), 12),
    rewardAccuracy: 1,
    chosenLogps: -10,
    rejectedLogps: -12,
  });
});

test("where policy and reference agree the loss is log 2, and half of β pulls", () => {
  const { loss, slopes, diagnostics } = dpoLoss({ chosen: [-3], rejected: [-5], refChosen: [-3], refRejected: [-5], beta: 0.1 });
  expect(loss).toBeCloseTo(log(2), 12);
  expect(slopes.chosen[0]).toBeCloseTo(-0.05, 7);
  expect(diagnostics.rewardAccuracy).toBe(0);
});

test("label smoothing: sigmoid weighs both orders, robust subtracts the wrong one", () => {
  const conservative = dpoLoss({ ...ahead, beta: 1, labelSmoothing: 0.25 });
  expect(conservative.loss).toBeCloseTo(-0.75 * log(0.75) - 0.25 * log(0.25), 12);
  expect(conservative.slopes.chosen[0]).toBeCloseTo(0, 12); // the lead is what the labels say
  const robust = dpoLoss({ ...ahead, beta: 1, labelSmoothing: 0.25, lossType: "robust" });
  expect(robust.loss).toBeCloseTo((-0.75 * log(0.75) + 0.25 * log(0.25)) / 0.5, 12);
  expect(robust.slopes.chosen[0]).toBeCloseTo(-(0.75 * 0.25 + 0.25 * 0.75) / 0.5, 7);
});

test("robust is right on average: over labels of which a share is flipped it is what sigmoid is on clean ones", () => {
  const smoothing = 0.2;
  const clean = dpoLoss({ ...ahead, beta: 1 });
  const noisy = dpoLoss({ ...ahead, beta: 1, lossType: "robust", labelSmoothing: smoothing, probability: [1 - smoothing] });
  expect(noisy.loss).toBeCloseTo(clean.loss, 12);
  expect(noisy.slopes.chosen[0]).toBeCloseTo(clean.slopes.chosen[0]!, 7);
});

test("a soft label weighs both orders, as label smoothing does for sigmoid", () => {
  expect(dpoLoss({ ...ahead, beta: 1, probability: [0.75] }).loss).toBe(dpoLoss({ ...ahead, beta: 1, labelSmoothing: 0.25 }).loss);
});

test("ipo: the mean lead a token is drawn to 1/2β", () => {
  const { loss, slopes } = dpoLoss({ ...ahead, ...tokens, beta: 2, lossType: "ipo" });
  const distance = log(3) / 4 - 1 / 4;
  expect(loss).toBeCloseTo(distance ** 2, 12);
  expect(slopes.chosen[0]).toBeCloseTo((2 * distance) / 4, 7);
  expect(slopes.rejected[0]).toBeCloseTo((-2 * distance) / 2, 7);
});

test("sigmoid_norm: sigmoid of the mean lead a token", () => {
  const { loss, slopes } = dpoLoss({ ...ahead, ...tokens, beta: 4, lossType: "sigmoid_norm" });
  expect(loss).toBeCloseTo(log(4 / 3), 12);
  expect(slopes.chosen[0]).toBeCloseTo((-4 * 0.25) / 4, 7);
  expect(slopes.rejected[0]).toBeCloseTo((4 * 0.25) / 2, 7);
});

const three = {
  chosen: [-10.2, -3.1, -25],
  rejected: [-9.3, -8.8, -20.5],
  refChosen: [-11, -3.6, -24.2],
  refRejected: [-9, -8.1, -21],
  chosenTokens: [5, 2, 9],
  rejectedTokens: [4, 3, 7],
};

test.each(dpoLossTypes)("the slopes of %s agree with finite differences, with soft and smoothed labels too", (lossType) => {
  const labelSmoothing = lossType === "ipo" ? 0 : 0.1;
  for (const options of [{}, { probability: [0.3, 1, 0.8], labelSmoothing }])
    expectSlopesByFiniteDifferences((chosen, rejected) => dpoLoss({ ...three, chosen, rejected, lossType, beta: 0.5, ...options }), three);
});

test.each(dpoLossTypes)("the parts of %s add up to the whole", (lossType) => {
  const part = (from: number, to: number) =>
    dpoLoss({
      ...(Object.fromEntries(Object.entries(three).map(([name, values]) => [name, values.slice(from, to)])) as typeof three),
      lossType,
      pairs: 3,
    });
  const whole = dpoLoss({ ...three, lossType });
  const [first, second] = [part(0, 2), part(2, 3)];
  expect(first.loss + second.loss).toBeCloseTo(whole.loss, 12);
  expect([...first.slopes.rejected, ...second.slopes.rejected]).toEqual([...whole.slopes.rejected]);
});

test("arrays and options that don't fit are refused", () => {
  const refused = (options: object) => expect(() => dpoLoss({ ...ahead, ...options }));
  refused({ refChosen: [] }).toThrow("refChosen has 0 numbers, chosen 1");
  refused({ beta: 0 }).toThrow("beta is 0");
  refused({ labelSmoothing: 0.5 }).toThrow("labelSmoothing is 0.5");
  refused({ lossType: "ipo", ...tokens, labelSmoothing: 0.1 }).toThrow("ipo has no labelSmoothing");
  refused({ lossType: "ipo" }).toThrow("pass chosenTokens and rejectedTokens");
  refused({ lossType: "kto" as DpoLossType }).toThrow("lossType is kto: pass sigmoid, sigmoid_norm, robust, ipo");
  refused({ probability: [Number.NaN] }).toThrow("probability of pair 0 is NaN");
});
