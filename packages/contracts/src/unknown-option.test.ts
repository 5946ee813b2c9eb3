import { expect, test } from "vitest";
import { describeUnknownOption } from "./unknown-option.ts";

const known = ["seed", "batchSize", "learningRate", "valueLearningRate", "klCoef"];

test("names that are known are nothing to speak of, nor are those without a value", () => {
  expect(describeUnknownOption({}, known)).toBeUndefined();
  expect(describeUnknownOption({ seed: 1, batchSize: undefined, nonsense: undefined }, known)).toBeUndefined();
});

test.each([
  ["learningrate", "learningRate"],
  ["learning_rate", "learningRate"],
  ["valuelearningRate", "valueLearningRate"],
  ["lerningRat", "learningRate"],
  ["batch-size", "batchSize"],
  ["klCoeff", "klCoef"],
  ["sead", "seed"],
])("%s is taken for %s", (given, meant) => {
  expect(describeUnknownOption({ seed: 1, [given]: 0 }, known)).toBe(`unknown option ${given}: did you mean ${meant}?`);
});

test("where no name is near, all are told", () => {
  expect(describeUnknownOption({ temperature: 1 }, known)).toBe(
    "unknown option temperature: expected one of seed, batchSize, learningRate, valueLearningRate, klCoef",
  );
});

test("a value of null, 0 or false is given all the same", () => {
  for (const value of [null, 0, false]) expect(describeUnknownOption({ sed: value }, known)).toContain("did you mean seed?");
});
