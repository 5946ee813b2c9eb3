import { expect, test } from "vitest";
import measured from "./measured.json" with { type: "json" };
import { bestRows, type Case, cases, partsOf, scenarioOf } from "./scenarios.ts";

const caseOf = (name: string): Case => cases.find((one) => one.name === name)!;
const [lora, full, folder] = [caseOf("LoRA, Redis"), caseOf("all weights, Redis"), caseOf("all weights, folder")];
const ahead = caseOf("LoRA, Redis, one step ahead");
const choice = { workers: 64, rowsPerJob: 4, learner: 16 };

test("the parts of a step are all of it", () => {
  const { step, ...parts } = partsOf(scenarioOf(measured, full, choice));
  expect(Object.values(parts).reduce((sum, seconds) => sum + seconds, 0)).toBeCloseTo(step, 9);
});

test("through one server every worker waits for all others' weights, and not where each reads for itself", () => {
  const weightsOf = (one: Case, workers: number) => partsOf(scenarioOf(measured, one, { ...choice, workers })).weights;
  expect(weightsOf(full, 64)).toBeGreaterThan(4 * weightsOf(full, 8));
  expect(weightsOf(folder, 64)).toBeLessThan(1.1 * weightsOf(folder, 8));
  expect(weightsOf(lora, 8)).toBeLessThan(weightsOf(full, 8) / 10);
});

test("a step ahead is never slower, and a faster learner neither", () => {
  const secondsOf = (one: Case, learner: number) => bestRows(measured, one, { workers: 8, learner }).stepSeconds;
  expect(secondsOf(ahead, 16)).toBeLessThanOrEqual(secondsOf(lora, 16));
  expect(secondsOf(lora, 16)).toBeLessThan(secondsOf(lora, 1));
});
