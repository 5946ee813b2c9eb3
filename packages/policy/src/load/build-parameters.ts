import type { Parameter } from "@cai/contracts";
import { createParameter } from "@cai/kernels";
import { nextTurn } from "@cai/whole-file/system";
import * as tf from "@tensorflow/tfjs-core";
import { hashThreads } from "#platform";
import type { ModelArchitecture, ParameterSpec } from "../families/family.ts";
import type { StreamedHash } from "./streamed-hash.ts";
import { Uploads } from "./uploads.ts";
import { fewestHashedBeside, inHashOrder, WeightsHash } from "./weights-hash.ts";

/** Where a model's weights come from. */
export interface WeightMaker {
  /** Named in messages. */
  readonly where: string;
  /** Writes the numbers of one weight into an array that holds anything. */
  readonly fill: (spec: ParameterSpec, values: Float32Array) => void | Promise<void>;
  /** A weight that needs no array, where there is a hash of it: undefined to have it filled. */
  readonly tensor?: ((spec: ParameterSpec) => tf.Tensor | undefined) | undefined;
  /** The hash, where it is made elsewhere. */
  readonly sha256?: (() => string) | undefined;
}

/** A model's weights, and the function that gives their hash, once it is there. */
export interface BuiltParameters {
  readonly parameters: ReadonlyMap<string, Parameter<tf.Tensor>>;
  readonly sha256: () => string;
}

/**
 * Makes a model's parameters one after the other, so that no more than one of them is in the JS heap, and hashes them on the way, many of
 * them in another thread. Where a weight can't be made, those before it are freed.
 */
export async function buildParameters(
  architecture: ModelArchitecture,
  { where, fill, tensor, sha256 }: WeightMaker,
): Promise<BuiltParameters> {
  const uploads = new Uploads();
  const hash = sha256 === undefined ? hashFor(architecture, where) : undefined;
  const made = new Map<string, Parameter<tf.Tensor>>();
  try {
    for (const spec of inHashOrder(architecture.parameters)) {
      const { name, shape, layer } = spec;
      let value = tensor?.(spec);
      if (value === undefined) {
        const values = uploads.room(lengthOf(spec));
        await fill(spec, values);
        hash?.add({ name, shape, values });
        value = uploads.upload(values, shape);
      }
      made.set(name, createParameter({ name, layer, value }));
      await nextTurn(); // reading and hashing hold this thread: signals and timers get their turn
    }
    const parameters = new Map(architecture.parameters.map(({ name }) => [name, made.get(name)!]));
    const digest = hash?.digest();
    return { parameters, sha256: sha256 ?? (() => digest!) };
  } catch (error) {
    for (const { value } of made.values()) tf.dispose(value);
    throw error;
  } finally {
    uploads.end();
    if (hash !== undefined && "end" in hash) await hash.end();
  }
}

const lengthOf = ({ shape }: ParameterSpec): number => shape.reduce((product, size) => product * size, 1);

function hashFor({ parameters }: ModelArchitecture, where: string): WeightsHash | StreamedHash {
  const bytes = 4 * parameters.reduce((sum, spec) => sum + lengthOf(spec), 0);
  return hashThreads === undefined || bytes < fewestHashedBeside ? new WeightsHash() : new hashThreads.StreamedHash(where);
}
