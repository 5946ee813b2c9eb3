import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { goldenAdapter, goldenAdapters, goldenClassifier, goldenPath, readGolden, repositoryPath } from "./golden.ts";

test("what it names is there", () => {
  expect(existsSync(goldenPath("tiny-reward/model.onnx"))).toBe(true);
  expect(readGolden<{ cases: unknown[] }>("vectors.json").cases.length).toBeGreaterThan(0);
  expect(goldenAdapters.filter((kind) => !existsSync(join(goldenAdapter(kind), "adapter_config.json")))).toEqual([]);
  expect(goldenAdapters).toContain("gpt2-adapter");
  expect(existsSync(join(goldenClassifier("two-labels"), "config.json"))).toBe(true);
  expect(readdirSync(repositoryPath("packages"))).toContain("testing");
});
