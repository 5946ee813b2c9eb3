import { Command } from "commander";
import { expect, test } from "vitest";
import { addLabelWorkersFlags, labelWorkersNames, resolveLabelWorkers, resolvePipelineWorkers } from "./label-flags.ts";

const redis = "redis://127.0.0.1:6379";

test("every name has its flag", () => {
  const flags = addLabelWorkersFlags(new Command(), "judge").options.map((option) => option.attributeName());
  expect(flags).toEqual([...labelWorkersNames]);
});

test("without workers questions go in slices where that is asked for; with workers, always", () => {
  expect(resolveLabelWorkers({})).toEqual({ workers: undefined, rowsPerJob: undefined });
  expect(resolveLabelWorkers({ rowsPerJob: 3 })).toEqual({ workers: undefined, rowsPerJob: 3 });
  expect(resolveLabelWorkers({ workers: redis })).toEqual({ workers: redis, rowsPerJob: 8 });
});

test("of a pipeline the file says who is asked, and must", () => {
  const flags = { workers: redis, rowsPerJob: undefined };
  expect(resolvePipelineWorkers(flags, { feedback: "./judge" })).toEqual({ workers: redis, rowsPerJob: 8 });
  expect(resolvePipelineWorkers({ ...flags, workers: undefined }, {})).toEqual({ workers: undefined, rowsPerJob: undefined });
  expect(() => resolvePipelineWorkers({ ...flags, workers: undefined, rowsPerJob: 4 }, {})).toThrow("--rows-per-job is for the model");
  expect(() => resolvePipelineWorkers(flags, { feedback: "./judge", feedbackCache: "answers" })).toThrow("give it to cai worker");
});

test.each([
  [{ rowsPerJob: "3" }, 'rowsPerJob is "3"'],
  [{ workers: "redis://…@127.0.0.1" }, "without its secrets"],
  [{ workers: redis, feedbackCache: "answers" }, "give it to cai worker"],
])("%j is refused", (given, message) => {
  expect(() => resolveLabelWorkers(given)).toThrow(message);
});
