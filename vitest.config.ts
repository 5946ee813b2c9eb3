import { defineConfig } from "vitest/config";

export default defineConfig({
  // Packages resolve to their source, so tests need no build.
  ssr: { resolve: { conditions: ["@cai/source"], externalConditions: ["@cai/source"] } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "tools/**/*.test.ts"],
    silent: "passed-only",
    // Without TensorFlow's own INFO lines, and without ONNX Runtime's log files in the temporary folder.
    env: { TF_CPP_MIN_LOG_LEVEL: "1", ORT_DISABLE_TELEMETRY: "1" },
    server: { deps: { inline: [/node_modules\/\.cache\/readme-examples/] } }, // examples import sources, which Node alone doesn't load
    pool: "forks", // native addons do not load in worker threads
    testTimeout: 60_000,
  },
});
