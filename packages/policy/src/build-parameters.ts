import type { Parameter } from "@cai/contracts";
import { createParameter } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import type { ModelArchitecture, ParameterSpec } from "./families/family.ts";
import { upload } from "./upload.ts";
import { WeightsHash } from "./weights-hash.ts";

/**
 * Makes a model's parameters one after the other, so that no more than one of them is in the JS heap, and hashes them on the way.
 * `values` gives the numbers of one weight in an array of its own, which is taken over. Where it throws, what was made before is freed.
 */
export async function buildParameters(
  architecture: ModelArchitecture,
  values: (spec: ParameterSpec) => Float32Array | Promise<Float32Array>,
): Promise<{ readonly parameters: ReadonlyMap<string, Parameter<tf.Tensor>>; readonly sha256: string }> {
  const hash = new WeightsHash();
  const made = new Map<string, Parameter<tf.Tensor>>();
  try {
    for (const spec of architecture.parameters.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const { name, shape, layer } = spec;
      const numbers = await values(spec);
      hash.add({ name, shape, values: numbers });
      made.set(name, createParameter({ name, layer, value: upload(numbers, shape) }));
    }
  } catch (error) {
    for (const { value } of made.values()) tf.dispose(value);
    throw error;
  }
  const parameters = new Map(architecture.parameters.map(({ name }) => [name, made.get(name)!]));
  return { parameters, sha256: hash.digest() };
}
