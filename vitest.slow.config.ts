import { defineConfig, mergeConfig } from "vitest/config";
import fast from "./vitest.config.ts";

// Tests with the real model, which is fetched once; about a minute, and CI runs them where the model can be had.
const slow = mergeConfig(fast, defineConfig({ test: { testTimeout: 600_000 } }));
slow.test.include = ["packages/*/src/**/*.slow.ts", "tools/**/*.slow.ts"];
export default slow;
