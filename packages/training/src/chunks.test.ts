import { expect, test } from "vitest";
import { consecutiveRuns } from "./chunks.ts";

test("runs are consecutive and the last may be short", () => {
  expect(consecutiveRuns(5, 2)).toEqual([[0, 1], [2, 3], [4]]);
});
