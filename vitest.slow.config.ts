import { defineConfig, mergeConfig } from "vitest/config";
import fast from "./vitest.config.ts";

// Tests with the real model: it is fetched once, and they take about a minute.
const slow = mergeConfig(fast, defineConfig({ test: { testTimeout: 600_000 } }));
slow.test.include = ["packages/*/src/**/*.slow.ts", "tools/**/*.slow.ts"];
export default slow;
