import type { TestProject } from "vitest/node";
import { installNative, isNativeInstalled, type KernelLevel } from "../../packages/backend/src/native/install.mjs";

/** Before the tests of a level: compiles its kernels, or takes them from the cache, if native TensorFlow is installed. */
export async function setup({ config }: TestProject): Promise<void> {
  const kernels = config.env.CAI_KERNELS as KernelLevel;
  if (!(await isNativeInstalled()) || (await isNativeInstalled({ kernels }))) return;
  const { done } = await installNative({ kernels });
  console.log(`kernels "${kernels}": ${done.join(", ")}`);
}
