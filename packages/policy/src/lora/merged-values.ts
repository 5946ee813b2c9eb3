import type * as tf from "@tensorflow/tfjs-core";
import type { PolicyParts } from "../policy.ts";

type Weights = Pick<PolicyParts, "parameters" | "adapter">;

/** The tensor that the model computes with under that name: the adapter's where it replaces one. */
export function currentWeight({ parameters, adapter }: Weights, name: string): tf.Tensor {
  return (adapter?.lora.replacement(name) ?? parameters.get(name)!).value;
}

/** The numbers of a weight, with what an adapter makes of it. */
export async function mergedValues(parts: Weights, name: string): Promise<Float32Array<ArrayBuffer>> {
  const value = currentWeight(parts, name);
  const merged = parts.adapter?.lora.merged(name, value);
  if (merged === undefined) return value.data() as Promise<Float32Array<ArrayBuffer>>;
  try {
    return (await merged.data()) as Float32Array<ArrayBuffer>;
  } finally {
    merged.dispose();
  }
}

/**
 * Text that is another one whenever `mergedValues` of a weight may give other numbers than before: an update puts another tensor in a parameter's
 * place.
 */
export function weightVersion({ parameters, adapter }: Weights, name: string): string {
  return [parameters.get(name)!, ...(adapter?.lora.partsOf(name) ?? [])].map(({ value }) => value.id).join();
}
