import { defineConfig, mergeConfig } from "vitest/config";
import { common } from "./vitest.config.ts";

// Tests with the real model, which is fetched once and which CI runs where it can be had, and tests of the packages as tarballs; minutes.
export default mergeConfig(
  common,
  defineConfig({ test: { include: ["packages/*/src/**/*.slow.ts", "tools/**/*.slow.ts"], testTimeout: 600_000, maxConcurrency: 2 } }),
);
