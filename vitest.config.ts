import { defineConfig } from "vitest/config";

export default defineConfig({
  // Packages resolve to their source, so tests need no build.
  ssr: { resolve: { conditions: ["source"], externalConditions: ["source"] } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "tools/**/*.test.ts"],
    silent: "passed-only",
    env: { TF_CPP_MIN_LOG_LEVEL: "1" }, // TensorFlow's own INFO lines
    pool: "forks", // native addons do not load in worker threads
    testTimeout: 60_000,
  },
});
