import type { GraphBuilder } from "@cai/onnx-graph";
import type { DecoderModel } from "./decoder-model.ts";
import { OnnxExportError } from "./error.ts";

/** A model's weights on their way into a graph: each is added when it is first asked for, under its own name. */
export class ModelWeights {
  readonly #builder: GraphBuilder;
  readonly #weights: ReadonlyMap<string, Float32Array>;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  readonly #added = new Set<string>();

  constructor(builder: GraphBuilder, { weights, architecture }: Pick<DecoderModel, "weights" | "architecture">) {
    this.#builder = builder;
    this.#weights = weights;
    this.#shapes = new Map(architecture.parameters.map(({ name, shape }) => [name, shape]));
  }

  has(name: string): boolean {
    return this.#shapes.has(name);
  }

  /** A matrix's numbers. Throws OnnxExportError `not-finite`. */
  matrix(name: string): { readonly matrix: Float32Array; readonly shape: readonly [rows: number, columns: number] } {
    return { matrix: this.#numbers(name), shape: this.#shapes.get(name) as [number, number] };
  }

  /** The float32 tensor in the graph. Throws OnnxExportError `not-finite`. */
  tensor(name: string): string {
    if (!this.#added.has(name)) {
      this.#builder.initializer({ type: "float32", shape: this.#shapes.get(name)!, data: this.#numbers(name) }, name);
      this.#added.add(name);
    }
    return name;
  }

  #numbers(name: string): Float32Array {
    return finiteWeight(name, this.#weights.get(name)!);
  }
}

/** Throws OnnxExportError `not-finite`. */
export function finiteWeight(name: string, numbers: Float32Array): Float32Array {
  for (let index = 0; index < numbers.length; index++) {
    if (!Number.isFinite(numbers[index]))
      throw new OnnxExportError("not-finite", `${name}: number ${index} is ${numbers[index]}; only finite weights can be exported`);
  }
  return numbers;
}
