import * as tf from "@tensorflow/tfjs-core";

/** A value of an op's attribute, tagged with its TensorFlow type. */
export type NativeAttribute =
  | { readonly type: "float32" | "int32" }
  | { readonly bool: boolean }
  | { readonly float: number }
  | { readonly int: number }
  | { readonly string: string }
  | { readonly shape: readonly number[] };

/**
 * TensorFlow's operations by name, as its op registry spells them: its own, and those that @cai/backend compiles and loads
 * into it, whose names begin with `Cai`. Outputs belong to the caller (or the surrounding tidy).
 */
export interface NativeOps {
  /** Whether TensorFlow knows the op and computes where it does, on the CPU: ours are missing where none of them were loaded. */
  has(op: `Cai${string}`): boolean;
  /** An op with one output. */
  run(op: string, attributes: Readonly<Record<string, NativeAttribute>>, inputs: readonly tf.Tensor[]): tf.Tensor;
  /** An op with `outputs` outputs; with none, an empty array. */
  runMany(
    op: string,
    attributes: Readonly<Record<string, NativeAttribute>>,
    inputs: readonly tf.Tensor[],
    outputs: number,
  ): readonly tf.Tensor[];
}

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** The part of tfjs-node's backend that is used here. */
interface NodeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: Readonly<
    Record<
      "TF_FLOAT" | "TF_INT32" | "TF_ATTR_TYPE" | "TF_ATTR_BOOL" | "TF_ATTR_FLOAT" | "TF_ATTR_INT" | "TF_ATTR_STRING" | "TF_ATTR_SHAPE",
      number
    >
  >;
  executeSingleOutput(name: string, attributes: Attribute[], inputs: readonly tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(name: string, attributes: Attribute[], inputs: readonly tf.Tensor[], outputs: number): tf.Tensor[];
}

/**
 * The door to TensorFlow operations that tfjs does not wrap: defined while the native backend ("tensorflow": tfjs-node or
 * tfjs-node-gpu) is the active one, `undefined` on every other. A native path always has a portable twin.
 *
 * @example
 * const x = tf.tensor1d([0, 1]);
 * const native = nativeOps();
 * const y = native === undefined ? tf.tanh(x) : native.run("Tanh", { T: { type: "float32" } }, [x]);
 */
export function nativeOps(): NativeOps | undefined {
  if (tf.getBackend() !== "tensorflow") return undefined;
  const backend = tf.backend() as unknown as NodeBackend;
  if (last?.backend !== backend) last = { backend, ops: opsOf(backend) };
  return last.ops;
}

/** Asked for with every operation, and hardly ever another one. */
let last: { readonly backend: NodeBackend; readonly ops: NativeOps } | undefined;

function opsOf(backend: NodeBackend): NativeOps {
  const known = new Map<string, boolean>();
  return {
    has(op) {
      const found = known.get(op) ?? isKnown(backend, op);
      known.set(op, found);
      return found;
    },
    run: (op, given, inputs) => backend.executeSingleOutput(op, encoded(backend, given), inputs),
    runMany: (op, given, inputs, outputs) => backend.executeMultipleOutputs(op, encoded(backend, given), inputs, outputs),
  };
}

/** Called without inputs and attributes, an op that is there complains of them; of others TensorFlow says that no such name is registered. */
function isKnown(backend: NodeBackend, op: string): boolean {
  if (backend.isUsingGpuDevice) return false;
  try {
    backend.executeMultipleOutputs(op, [], [], 1);
    return true;
  } catch (error) {
    return !/\bregistered\b/.test(String(error));
  }
}

function encoded(backend: NodeBackend, given: Readonly<Record<string, NativeAttribute>>): Attribute[] {
  const attributes: Attribute[] = [];
  for (const name in given) attributes.push({ name, ...encode(backend, given[name]!) });
  return attributes;
}

function encode({ binding }: NodeBackend, attribute: NativeAttribute): { type: number; value: unknown } {
  if ("type" in attribute) return { type: binding.TF_ATTR_TYPE, value: attribute.type === "float32" ? binding.TF_FLOAT : binding.TF_INT32 };
  if ("bool" in attribute) return { type: binding.TF_ATTR_BOOL, value: attribute.bool };
  if ("int" in attribute) return { type: binding.TF_ATTR_INT, value: attribute.int };
  if ("float" in attribute) return { type: binding.TF_ATTR_FLOAT, value: attribute.float };
  if ("string" in attribute) return { type: binding.TF_ATTR_STRING, value: attribute.string };
  return { type: binding.TF_ATTR_SHAPE, value: attribute.shape };
}
