import type { Parameter } from "@cai/contracts";
import { createParameter, nativeOps } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import type { ModelArchitecture, ParameterSpec } from "./families/family.ts";
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

/**
 * tfjs-node may use an array in place for as long as a tensor lives, so TensorFlow is made to copy it at once. A large array that has grown
 * old in the heap stays there until the next full collection, so its memory is moved to a new object, which goes with the next small one.
 */
function upload(values: Float32Array, shape: readonly number[]): tf.Tensor {
  const inHeap = tf.tensor(values, [...shape], "float32");
  const native = nativeOps();
  if (native === undefined) return inHeap;
  const uploaded = native.run("DeepCopy", { T: { type: "float32" } }, [inHeap]);
  tf.dispose(inHeap);
  structuredClone(values.buffer, { transfer: [values.buffer as ArrayBuffer] });
  return uploaded;
}
