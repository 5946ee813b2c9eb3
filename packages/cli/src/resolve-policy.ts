import type { TrainablePolicy } from "@cai/contracts";
import type * as tf from "@tensorflow/tfjs-core";
import { readingInput } from "./exit-codes.ts";

/** What `--policy` may be, for the help texts. */
export const policyForms = "a folder in Hugging Face layout, demo, or random:gpt2";

/**
 * The policy that `--policy` names, on the backend that was prepared. The caller disposes of it.
 *
 * @throws CliError `usage`
 */
export async function resolvePolicy(source: string): Promise<TrainablePolicy<tf.Tensor>> {
  const { loadPolicy } = await import("@cai/policy");
  return readingInput(async () => loadPolicy(source === "demo" ? (await import("@cai/demo")).demoPolicyDirectory : source));
}
