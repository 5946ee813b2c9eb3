import { expect, test } from "vitest";
import { inspectionLines } from "./inspection-lines.ts";

test("tokens go down, what the step made of each across, and the bar shows the advantage", () => {
  const token = { id: 1, logprob: Math.log(0.25), kl: -Math.LN2, value: 0.5, reward: -0.1, ratio: 1.25 };
  const rows = [
    {
      prompt: "Once\nupon",
      promptTokens: [],
      score: 1.5,
      tokens: [
        { ...token, text: " a", advantage: 2, alternatives: [{ id: 2, text: " the", probability: 0.5 }] },
        { ...token, text: "\n", advantage: -1, alternatives: [] },
      ],
    },
  ];
  const original = { metrics: {}, rows, gradients: [] };
  expect(inspectionLines({ step: 3, from: 2, original })).toEqual([
    "step 3, made again from the checkpoint of step 2",
    "",
    "› Once upon   (+1.50)",
    "token      p     kl  value  reward  advantage                     ratio  instead",
    '" a"   0.250  −0.69  +0.50   −0.10      +2.00          │████████  1.250  " the" 0.50',
    '"\\n"   0.250  −0.69  +0.50   −0.10      −1.00      ████│          1.250',
  ]);
  const both = inspectionLines({
    ...{ step: 3, from: 0, original: { metrics: {}, rows: [], gradients: [] }, set: { klCoef: 0 }, other: original },
    differences: [{ name: "objective/kl_coef", was: 0.2, is: 0 }],
  });
  expect(both.slice(-3)).toEqual(["with klCoef 0:", "                   as it was  so", "objective/kl_coef        0.2   0"]);
});

test("gradients go up the model with a bar each, beside those of the other making", () => {
  const gradients = [
    { layer: "embedding", norm: 0.5, optimizer: 0 },
    { layer: "block 0", norm: 2, optimizer: 0 },
    { layer: "value head", norm: Number.NaN, optimizer: 1 },
  ];
  const original = { metrics: {}, rows: [], gradients };
  const other = { ...original, gradients: [{ layer: "block 0", norm: 1.25, optimizer: 0 }] };
  expect(inspectionLines({ step: 3, from: 2, original, set: { klCoef: 0 }, other })).toEqual([
    "step 3, made again from the checkpoint of step 2",
    "",
    "gradient of the first update, before clipping",
    "            norm              so",
    "embedding    0.5  ██",
    "block 0        2  ████████  1.25",
    "value head   NaN",
    "",
    "with klCoef 0: no number of the step differs",
  ]);
});
