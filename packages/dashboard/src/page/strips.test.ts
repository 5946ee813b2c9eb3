import { expect, test } from "vitest";
import type { InspectedToken } from "../inspection.ts";
import { changeOf, differenceStrip, endsOf, extentOf, heatOf, numberOf, strips, stripsOf } from "./strips.js";

const token: InspectedToken = { id: 1, text: "a", logprob: Math.log(0.25), advantage: -2, ratio: 2, alternatives: [] };
const strip = (name: string) => strips.find((one) => one.name === name)!;

test("strips without a number in any token are left out, as those of a value head where there is none", () => {
  const names = (tokens: InspectedToken[]) =>
    stripsOf([{ metrics: {}, gradients: [], rows: [{ prompt: "", promptTokens: [], tokens }] }]).map(({ name }) => name);
  expect(names([token])).toEqual(["probability", "advantage", "ratio"]);
  expect(names([token, { ...token, value: 1, kl: -1, reward: 0 }])).toEqual(strips.map(({ name }) => name));
});

test("a probability's colour is as strong as it is large", () => {
  const probability = strip("probability");
  expect(extentOf(probability, [0.25])).toBe(1);
  expect(heatOf(probability, numberOf(probability, token), 1)).toEqual({ side: "share", strength: expect.closeTo(0.25) });
  expect(endsOf(probability, 1)).toEqual([0, 1]);
});

test("a signed number's colour tells its side, and grows with the root up to the largest of all", () => {
  const advantage = strip("advantage");
  const extent = extentOf(advantage, [-2, 0.5, undefined]);
  expect(extent).toBe(2);
  expect(heatOf(advantage, -2, extent)).toEqual({ side: "minus", strength: 1 });
  expect(heatOf(advantage, 0.5, extent)).toEqual({ side: "plus", strength: 0.5 });
  expect(heatOf(advantage, 0, extent)).toEqual({ side: "none", strength: 0 });
  expect(endsOf(advantage, extent)).toEqual([-2, 2]);
});

test("half a ratio is as strong as twice one", () => {
  const ratio = strip("ratio");
  const extent = extentOf(ratio, [0.5, 1, 1.5]);
  expect(heatOf(ratio, 0.5, extent)).toEqual({ side: "minus", strength: 1 });
  expect(heatOf(ratio, 2, extent)).toEqual({ side: "plus", strength: 1 });
  expect(heatOf(ratio, 1, extent).side).toBe("none");
  expect(endsOf(ratio, extent)).toEqual([expect.closeTo(0.5), expect.closeTo(2)]);
});

test("what is missing or not finite has no colour; where all are in the middle none has", () => {
  expect(numberOf(strip("value"), token)).toBeUndefined();
  expect(numberOf(strip("advantage"), { ...token, advantage: Number.NaN })).toBeUndefined();
  expect(heatOf(strip("value"), undefined, 1)).toEqual({ side: "none", strength: 0 });
  expect(heatOf(strip("reward"), 0, 0)).toEqual({ side: "none", strength: 0 });
});

test("a change is the number after less the one before, with 0 in the middle whatever the strip's own is", () => {
  const ratio = strip("ratio");
  expect(changeOf(ratio, token, { ...token, ratio: 1.5 })).toBe(-0.5);
  expect(changeOf(ratio, token, undefined)).toBeUndefined();
  expect(heatOf(differenceStrip(ratio), -0.5, 0.5)).toEqual({ side: "minus", strength: 1 });
});
