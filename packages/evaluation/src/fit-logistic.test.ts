import { normals } from "@cai/random";
import { expect, test } from "vitest";
import { fitLogistic, type LogisticRow, sigmoid, solve } from "./fit-logistic.ts";

test("a share alone has the logit as its intercept", () => {
  const rows = [1, 1, 1, 0].map((target) => ({ features: [1], target, weight: 1 }));
  expect(fitLogistic(rows, 1e-12)[0]).toBeCloseTo(Math.log(3), 8);
});

test("soft targets and weights are as good as repeated rows", () => {
  const repeated = [1, 1, 1, 0, 0].map((target) => ({ features: [1, target], target, weight: 1 }));
  const soft = [
    { features: [1, 1], target: 1, weight: 3 },
    { features: [1, 0], target: 0, weight: 2 },
  ];
  const [a, b] = [fitLogistic(repeated, 0.1), fitLogistic(soft, 0.1)];
  for (const [i, value] of a.entries()) expect(value).toBeCloseTo(b[i]!, 10);
});

test("at the minimum the gradient is 0, also where the classes can be told apart without fail", () => {
  const numbers = normals({ seed: 5, stream: "rows", counters: [], count: 120 });
  const rows: LogisticRow[] = Array.from({ length: 40 }, (_, i) => {
    const features = [1, numbers[3 * i]!, 30 * numbers[3 * i + 1]!];
    return { features, target: features[1]! + features[2]! > 0 ? 1 : 0, weight: 1 };
  });
  const ridge = 0.01;
  const fitted = fitLogistic(rows, ridge);
  const gradient = fitted.map(
    (value, i) =>
      ridge * value +
      rows.reduce((sum, { features, target }) => {
        const logit = features.reduce((total, feature, j) => total + feature * fitted[j]!, 0);
        return sum + (sigmoid(logit) - target) * features[i]!;
      }, 0),
  );
  for (const slope of gradient) expect(Math.abs(slope)).toBeLessThan(1e-6);
});

test("a system with a zero in its corner is solved by another pivot", () => {
  expect(
    solve(
      [
        [0, 2],
        [3, 1],
      ],
      [4, 5],
    ),
  ).toEqual([1, 2]);
});
