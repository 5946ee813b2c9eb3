import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { installNative, isNativeInstalled, type KernelLevel } from "../../packages/backend/src/native/install.mjs";

const project = fileURLToPath(new URL("../..", import.meta.url));

/** Before the tests of a level: compiles its kernels, or takes them from the cache, if native TensorFlow is installed. */
export async function setup({ config }: TestProject): Promise<void> {
  const kernels = config.env.CAI_KERNELS as KernelLevel;
  if (!(await isNativeInstalled({ project })) || (await isNativeInstalled({ project, kernels }))) return;
  const { done } = await installNative({ project, kernels });
  console.log(`kernels "${kernels}": ${done.join(", ")}`);
}
