import type { CausalPolicy } from "@cai/policy";
import { planStages } from "./plan-stages.ts";
import { quantizeOutputs } from "./quantize.ts";

/** A policy's weights as the int8 engine rounds them, to send them elsewhere. */
export interface Int8Coding {
  readonly type: "int8";
  /** How many bytes that weight takes: one a number, four an output. Undefined for those that the engine reads in float32. */
  bytes(name: string): number | undefined;
  /** Undefined where a number is not finite, or the weight is none that is rounded. */
  write(name: string, numbers: Float32Array): Uint8Array | undefined;
  /** Numbers that the engine rounds to the same integers and scales. */
  read(name: string, bytes: Uint8Array): Float32Array;
}

interface Matrix {
  readonly shape: readonly [rows: number, columns: number];
  /** Stored `[O, I]`. */
  readonly transposed: boolean;
}

/**
 * Of each weight that `OnnxGenerator` rounds with `precision: "int8"`, what it makes of it: the integers, −63 … 63, `[I, O]`, and behind them a scale
 * for each output. A policy that has the numbers which `read` gives draws the same bytes there as one that has those which `write` was given:
 * rounding integers times scales gives the same integers and scales, bit by bit.
 *
 * With an adapter there is nothing to round: what is rounded is its sum with the base's weights, which the other side must add up itself.
 *
 * @throws RolloutError `unsupported-model`
 * @example
 * const policy = await loadPolicy("./gpt2");
 * const name = policy.parts.architecture.embedding.tokens;
 * const numbers = await policy.weights.read(name);
 * const bytes = int8Coding(policy).write(name, numbers)!;
 * console.log(bytes.length < numbers.byteLength / 3); // true
 */
export function int8Coding(policy: CausalPolicy): Int8Coding {
  const matrices = policy.parts.adapter === undefined ? roundedMatrices(policy) : new Map<string, Matrix>();
  return {
    type: "int8",
    bytes(name) {
      const matrix = matrices.get(name);
      return matrix && bytesOf(matrix);
    },
    write(name, numbers) {
      const matrix = matrices.get(name);
      const rounded = matrix && quantizeOutputs(numbers, matrix.shape, matrix.transposed);
      if (rounded === undefined) return undefined;
      const bytes = new Uint8Array(bytesOf(matrix!));
      new Int8Array(bytes.buffer).set(rounded.values);
      bytes.set(new Uint8Array(rounded.scales.buffer), numbers.length);
      return bytes;
    },
    read(name, bytes) {
      const matrix = matrices.get(name)!;
      const outputs = outputsOf(matrix);
      const size = matrix.shape[0] * matrix.shape[1];
      const inputs = size / outputs;
      const values = new Int8Array(bytes.buffer, bytes.byteOffset, size);
      const scales = new Float32Array(bytes.slice(size).buffer);
      const numbers = new Float32Array(size);
      for (let input = 0, index = 0; input < inputs; input++)
        for (let output = 0; output < outputs; output++, index++)
          numbers[matrix.transposed ? output * inputs + input : index] = values[index]! * scales[output]!;
      return numbers;
    },
  };
}

/** What the engine keeps as integers alone, wherever it reads it. */
function roundedMatrices({ parts: { architecture } }: CausalPolicy): Map<string, Matrix> {
  const { stages, embeddings } = planStages(architecture, "int8");
  const uses = stages.flatMap(({ weights }) => weights);
  const exact = new Set([...uses.filter(({ form }) => form === "float32").map(({ parameter }) => parameter), embeddings.positions]);
  const tokens = { parameter: embeddings.tokens, transposed: true }; // of each token's row, as an output matrix has it
  const rounded = [tokens, ...uses.filter(({ form }) => form === "int8")].filter(({ parameter }) => !exact.has(parameter));
  const shapes = new Map(architecture.parameters.map(({ name, shape }) => [name, shape as readonly [number, number]]));
  return new Map(rounded.map(({ parameter, transposed }) => [parameter, { shape: shapes.get(parameter)!, transposed }]));
}

const outputsOf = ({ shape, transposed }: Matrix): number => shape[transposed ? 0 : 1];

const bytesOf = (matrix: Matrix): number => matrix.shape[0] * matrix.shape[1] + Float32Array.BYTES_PER_ELEMENT * outputsOf(matrix);
