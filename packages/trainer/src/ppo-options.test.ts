import { readFileSync } from "node:fs";
import { type OptionSpec, TrainingError } from "@cai/training";
import { expect, test } from "vitest";
import { hyperparameterTable, resolveHyperparameters } from "./ppo-options.ts";

test("the defaults are the documented ones", () => {
  expect(resolveHyperparameters({})).toMatchObject({
    learningRate: 1e-5,
    clipRange: 0.2,
    klCoef: 0.1,
    gamma: 0.99,
    lambda: 0.95,
    valueLossCoef: 0.5,
    maxGradNorm: 1,
    epochs: 4,
    steps: 100,
    batchSize: 4,
    maxNewTokens: 150,
    checkpointEvery: 10,
  });
});

test("every default survives JSON, so that config.json gives the same run back", () => {
  const resolved = resolveHyperparameters({});
  expect(resolveHyperparameters(JSON.parse(JSON.stringify(resolved)))).toEqual(resolved);
});

test.each([
  [{ learningRate: 0 }, /learningRate is 0; expected at least 1e-37/],
  [{ learningRate: Number.NaN }, /learningRate is NaN; expected a finite number/],
  [{ learningRate: Number.POSITIVE_INFINITY }, /learningRate is Infinity; expected a finite number/],
  [{ batchSize: 2.5 }, /batchSize is 2.5; expected a whole number/],
  [{ lambda: 1.5 }, /lambda is 1.5; expected at most 1/],
  [{ klEstimator: "k4" as "k3" }, /klEstimator is "k4"; expected one of k1, k2, k3, abs/],
  [{ steps: "many" as unknown as number }, /steps is "many"; expected a number/],
  [{ minNewTokens: 10, maxNewTokens: 5 }, /minNewTokens 10 exceeds maxNewTokens 5/],
  [{ batchSize: 8, minibatchSize: 3 }, /batchSize 8 is not a multiple of minibatchSize 3/],
  [{ batchSize: 8, microbatchSize: 3 }, /a minibatch of 8 rows is not a multiple of microbatchSize 3/],
  [{ dualClip: 0.5 }, /dualClip is 0.5; expected more than 1, or 0/],
  [{ learningrate: 1 } as object, /unknown option learningrate: did you mean learningRate\?/],
  [{ klController: "adaptive" as const, klHorizon: 3, batchSize: 15 }, /klHorizon is 3; expected more than 3, a fifth of a step's 15 rows/],
  [
    { weightDecay: 100, learningRate: 0.01, valueLearningRate: 0 },
    /weightDecay 100 times the learning rate 0.01 is 1; expected less than 1/,
  ],
  [{ weightDecay: 200, valueLearningRate: 0.01 }, /weightDecay 200 times the learning rate 0.01 is 2/],
  [{ aggregation: "constant" as const }, /wants aggregationDivisor/],
])("%o is refused, saying what was given and what is allowed", (given, message) => {
  const resolve = () => resolveHyperparameters(given);
  expect(resolve).toThrow(message);
  try {
    resolve();
  } catch (error) {
    expect(TrainingError.isInstance(error) && error.code).toBe("invalid-option");
  }
});

/** What values an option takes, in words. */
function allowed({ default: fallback, min, max, exclusiveMin, integer, zeroIsOff, choices }: OptionSpec<unknown>): string {
  if (choices !== undefined) return choices.join(", ");
  if (typeof fallback === "boolean") return "true, false";
  const bounds = [min !== undefined && `${exclusiveMin ? ">" : "≥"} ${min}`, max !== undefined && `≤ ${max}`].filter(Boolean).join(", ");
  return `${zeroIsOff ? "0; " : ""}${integer ? "whole, " : ""}${bounds}`;
}

test("docs/options.md has the table of all options as it is", () => {
  const specs = Object.entries(hyperparameterTable) as [string, OptionSpec<unknown>][];
  const rows = [["option", "default", "allowed", "meaning"]].concat(
    specs.map(([name, spec]) => [`\`${name}\``, String(spec.default), allowed(spec), spec.describe]),
  );
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |\n`;
  const [head, ...body] = rows.map(line);
  const table = [head, line(widths.map((width) => "-".repeat(width))), ...body].join("");
  expect(readFileSync(new URL("../../../docs/options.md", import.meta.url), "utf8")).toContain(table);
});
