import { expect, test } from "vitest";
import { bradleyTerryLoss } from "./bradley-terry-loss.ts";
import { expectSlopesByFiniteDifferences } from "./finite-differences.fixture.ts";

const log = Math.log;
const close = (values: ArrayLike<number>) => Array.from(values, (value) => expect.closeTo(value, 6));

test("a lead of log 3 wins three times of four: loss log 4/3, slopes of a quarter", () => {
  const { loss, slopes, diagnostics } = bradleyTerryLoss({ chosen: [log(3)], rejected: [0] });
  expect(loss).toBeCloseTo(log(4 / 3), 12);
  expect([slopes.chosen[0], slopes.rejected[0]]).toEqual([-0.25, 0.25]);
  const expected = { accuracy: 1, margin: log(3), meanReward: log(3) / 2, minReward: 0, maxReward: log(3) };
  expect(diagnostics).toEqual(expected);
});

test("the loss is a mean over pairs; the second one is a tie, which is not accurate", () => {
  const { loss, slopes, diagnostics } = bradleyTerryLoss({ chosen: [log(3), 1], rejected: [0, 1] });
  expect(loss).toBeCloseTo((log(4 / 3) + log(2)) / 2, 12);
  expect([...slopes.chosen]).toEqual([-0.125, -0.25]);
  expect(diagnostics.accuracy).toBe(0.5);
});

test("a margin is taken off the lead", () => {
  const { loss, slopes } = bradleyTerryLoss({ chosen: [log(6)], rejected: [0], margin: [log(2)] });
  expect(loss).toBeCloseTo(log(4 / 3), 12);
  expect(slopes.chosen[0]).toBeCloseTo(-0.25, 7);
});

test("a soft label is a cross-entropy: there is no slope where the scores say the same", () => {
  const { loss, slopes } = bradleyTerryLoss({ chosen: [log(3)], rejected: [0], probability: [0.75] });
  expect(loss).toBeCloseTo(-0.75 * log(0.75) - 0.25 * log(0.25), 12);
  expect([slopes.chosen[0], slopes.rejected[0]]).toEqual(close([0, 0]));
});

test("a label of 0 says that the rejected answer is the better one", () => {
  const flipped = bradleyTerryLoss({ chosen: [1], rejected: [3], probability: [0] });
  const plain = bradleyTerryLoss({ chosen: [3], rejected: [1] });
  expect(flipped.loss).toBe(plain.loss);
  expect(flipped.slopes.chosen).toEqual(plain.slopes.rejected);
  expect(flipped.diagnostics.accuracy).toBe(1);
});

test("centering adds c·(chosen + rejected)², whose slope is the same for both", () => {
  const { loss, slopes } = bradleyTerryLoss({ chosen: [2], rejected: [2], centerRewardsCoefficient: 0.1 });
  expect(loss).toBeCloseTo(log(2) + 0.1 * 16, 12);
  expect([slopes.chosen[0], slopes.rejected[0]]).toEqual(close([-0.5 + 0.8, 0.5 + 0.8]));
});

test("scores far apart stay finite, and the slope does not round to 0", () => {
  const { loss, slopes } = bradleyTerryLoss({ chosen: [60, -600], rejected: [-20, 600] });
  expect(loss).toBeCloseTo(600, 12);
  expect(slopes.chosen[0]).toBeCloseTo(-Math.exp(-80) / 2, 40);
  expect(slopes.chosen[0]).toBeLessThan(0);
  expect(slopes.chosen[1]).toBe(-0.5);
});

const scores = { chosen: [0.3, -1.2, 2.5], rejected: [0.1, 0.4, -0.7] };

test("with the whole step's pairs as divisor the parts add up to the whole", () => {
  const whole = bradleyTerryLoss({ ...scores, centerRewardsCoefficient: 0.05 });
  const part = (from: number, to: number) =>
    bradleyTerryLoss({
      chosen: scores.chosen.slice(from, to),
      rejected: scores.rejected.slice(from, to),
      centerRewardsCoefficient: 0.05,
      pairs: 3,
    });
  const [first, second] = [part(0, 1), part(1, 3)];
  expect(first.loss + second.loss).toBeCloseTo(whole.loss, 12);
  expect([...first.slopes.chosen, ...second.slopes.chosen]).toEqual([...whole.slopes.chosen]);
});

test("the slopes agree with finite differences", () => {
  for (const options of [{}, { margin: [0.5, -0.2, 1] }, { probability: [0.2, 1, 0.6], margin: [1, 0, 2], centerRewardsCoefficient: 0.3 }])
    expectSlopesByFiniteDifferences((chosen, rejected) => bradleyTerryLoss({ chosen, rejected, ...options }), scores);
});

test("arrays and options that don't fit are refused", () => {
  expect(() => bradleyTerryLoss({ chosen: [1], rejected: [] })).toThrow("rejected has 0 numbers, chosen 1");
  expect(() => bradleyTerryLoss({ ...scores, margin: [1] })).toThrow("margin has 1 numbers, chosen 3");
  expect(() => bradleyTerryLoss({ chosen: [1], rejected: [1], probability: [1.5] })).toThrow("probability of pair 0 is 1.5");
  expect(() => bradleyTerryLoss({ ...scores, centerRewardsCoefficient: -1 })).toThrow("centerRewardsCoefficient is -1");
  expect(() => bradleyTerryLoss({ chosen: [], rejected: [] })).toThrow("pairs is 0");
});
