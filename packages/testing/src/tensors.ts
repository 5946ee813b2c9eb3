export { bestKernelLevel, kernelLevel, onBackends, onEachBackend, onNativeKernels, onWebGpu } from "./backends.ts";
export { expectGradientsByFiniteDifferences, numbers, tensor } from "./finite-differences.ts";
export { expectTwins } from "./twins.ts";
