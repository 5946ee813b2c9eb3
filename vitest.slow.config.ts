import { defineConfig, mergeConfig } from "vitest/config";
import fast from "./vitest.config.ts";

// Tests with the real model, which is fetched once and which CI runs where it can be had, and tests of the packages as tarballs; minutes.
const slow = mergeConfig(fast, defineConfig({ test: { testTimeout: 600_000 } }));
slow.test.include = ["packages/*/src/**/*.slow.ts", "tools/**/*.slow.ts"];
export default slow;
