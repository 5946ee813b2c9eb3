import { expect, test } from "vitest";
import { curvesOf } from "./curves.js";

const run = { steps: [1, 2, 3], seconds: [2, 4, 9], columns: new Map([["loss", [4, -1, 2]]]) };

test("values and curve over steps or seconds", () => {
  expect(curvesOf([run], "loss", { axis: "steps", smoothing: 0, log: false })).toEqual([
    [
      [1, 2, 3],
      [4, -1, 2],
      [4, -1, 2],
    ],
  ]);
  const [[x, values, curve] = []] = curvesOf([run], "loss", { axis: "seconds", smoothing: 0.5, log: false });
  expect([x, values, curve]).toEqual([
    [2, 4, 9],
    [4, -1, 2],
    [4, 1 / 1.5, 2.5 / 1.75],
  ]);
});

test("what has no logarithm is a gap", () => {
  const [[, values] = []] = curvesOf([run], "loss", { axis: "steps", smoothing: 0, log: true });
  expect(values).toEqual([4, null, 2]);
});
