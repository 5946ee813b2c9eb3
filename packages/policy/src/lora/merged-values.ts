import * as tf from "@tensorflow/tfjs-core";
import type { PolicyParts } from "../policy.ts";

/** The numbers of a weight, with what an adapter adds to it. */
export async function mergedValues(
  { architecture, parameters, adapter }: Pick<PolicyParts, "architecture" | "parameters" | "adapter">,
  name: string,
): Promise<Float32Array<ArrayBuffer>> {
  const { value } = parameters.get(name)!;
  const delta = adapter?.lora.weightDelta(name.replace(/\.weight$/, ""), architecture.linearLayout);
  if (delta === undefined) return value.data() as Promise<Float32Array<ArrayBuffer>>;
  const merged = tf.add(value, delta);
  try {
    return (await merged.data()) as Float32Array<ArrayBuffer>;
  } finally {
    tf.dispose([merged, delta]);
  }
}
