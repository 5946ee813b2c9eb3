import type { Parameter } from "@cai/contracts";
import { createParameter } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import type { ModelArchitecture, ParameterSpec } from "../families/family.ts";
import { Uploads } from "./uploads.ts";
import { inHashOrder, WeightsHash } from "./weights-hash.ts";

/**
 * Makes a model's parameters one after the other, so that no more than one of them is in the JS heap, and hashes them on the way.
 * `fill` writes the numbers of one weight into an array that holds anything. Where it throws, what was made before is freed.
 *
 * @param sha256 gives the hash, where it is made elsewhere
 */
export async function buildParameters(
  architecture: ModelArchitecture,
  fill: (spec: ParameterSpec, values: Float32Array) => void | Promise<void>,
  sha256?: () => Promise<string>,
): Promise<{ readonly parameters: ReadonlyMap<string, Parameter<tf.Tensor>>; readonly sha256: string }> {
  const lengthOf = ({ shape }: ParameterSpec): number => shape.reduce((product, size) => product * size, 1);
  const uploads = new Uploads();
  const hash = sha256 === undefined ? new WeightsHash() : undefined;
  const made = new Map<string, Parameter<tf.Tensor>>();
  try {
    for (const spec of inHashOrder(architecture.parameters)) {
      const { name, shape, layer } = spec;
      const values = uploads.room(lengthOf(spec));
      await fill(spec, values);
      hash?.add({ name, shape, values });
      made.set(name, createParameter({ name, layer, value: uploads.upload(values, shape) }));
    }
    const parameters = new Map(architecture.parameters.map(({ name }) => [name, made.get(name)!]));
    return { parameters, sha256: hash === undefined ? await sha256!() : hash.digest() };
  } catch (error) {
    for (const { value } of made.values()) tf.dispose(value);
    throw error;
  } finally {
    uploads.end();
  }
}
