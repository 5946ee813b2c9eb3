import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { processorLevels } from "./packages/backend/src/native/levels.mjs";

/** What the tests with a real model have in common with the others. */
export const common = defineConfig({
  // Packages resolve to their source, so tests need no build.
  ssr: { resolve: { conditions: ["@cai/source"], externalConditions: ["@cai/source"] } },
  test: {
    silent: "passed-only",
    // Without TensorFlow's own INFO lines, and without ONNX Runtime's log files in the temporary folder.
    // Tests compute where they say so: WebGPU reads nothing synchronously, and would be taken where a GPU is.
    env: { TF_CPP_MIN_LOG_LEVEL: "1", ORT_DISABLE_TELEMETRY: "1", CAI_WEBGPU: "ask" },
    server: { deps: { inline: [/node_modules\/\.cache\/readme-examples/] } }, // examples import sources, which Node alone doesn't load
    pool: "forks", // native addons do not load in worker threads
    maxWorkers: "100%", // vitest leaves a core to itself, of two that is half
    testTimeout: 60_000,
    hookTimeout: 60_000, // loading a model on a busy machine takes a test's time too
  },
});

// All tests compute with the best kernels of this processor; those of what kernels compute, once more with those of each lower level.
const [best, ...lower] = processorLevels();

const atLevel = (level: string): TestProjectInlineConfiguration => ({
  extends: true,
  test: {
    name: `kernels ${level}`,
    include: ["packages/{kernels,optim}/src/**/*.test.ts"],
    env: { CAI_KERNELS: level },
    provide: { onlyNative: true },
    globalSetup: "tools/setup/compile-level.ts",
  },
});

export default defineConfig({
  ...common,
  test: {
    ...common.test,
    projects: [
      {
        extends: true,
        test: { name: best ? `all, kernels ${best}` : "all", include: ["packages/*/src/**/*.test.ts", "tools/**/*.test.ts"] },
      },
      ...lower.map(atLevel),
    ],
  },
});
