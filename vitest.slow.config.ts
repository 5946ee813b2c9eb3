import { defineConfig, mergeConfig } from "vitest/config";
import { common } from "./vitest.config.ts";

// Tests with the real model, which is fetched once; about a minute, and CI runs them where the model can be had.
export default mergeConfig(
  common,
  defineConfig({ test: { include: ["packages/*/src/**/*.slow.ts", "tools/**/*.slow.ts"], testTimeout: 600_000 } }),
);
