import type { BlockOperations } from "../families/block-operations.ts";
import type { ModelArchitecture } from "../families/family.ts";

/** A value of a block, by how many numbers of it a token has. */
interface Sized {
  readonly width: number;
}

/**
 * How many numbers of a token each block keeps for the backward pass: what the gradients of its operations read, every value once. In the last
 * block those are fewer, of tokens that nobody reads.
 *
 * @param rankOf of the adapter of a linear layer, by the layer's name; 0: none
 */
export function keptNumbers(architecture: ModelArchitecture, rankOf: (name: string) => number = () => 0): number[] {
  return Array.from({ length: architecture.layerCount }, (_, layer) => {
    const counter = new Counter(architecture, rankOf);
    architecture.block<Sized>(layer, { width: architecture.hiddenSize }, counter);
    return counter.kept;
  });
}

class Counter implements BlockOperations<Sized> {
  /** Beside what the values have: means, deviations and the like. */
  #more = 0;
  readonly #values = new Set<Sized>();
  readonly #architecture: ModelArchitecture;
  readonly #rankOf: (name: string) => number;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;

  constructor(architecture: ModelArchitecture, rankOf: (name: string) => number) {
    this.#architecture = architecture;
    this.#rankOf = rankOf;
    this.#shapes = new Map(architecture.parameters.map(({ name, shape }) => [name, shape]));
  }

  get kept(): number {
    return [...this.#values].reduce((sum, { width }) => sum + width, this.#more);
  }

  linear: BlockOperations<Sized>["linear"] = (name, input, { norm, activation, residual } = {}) => {
    const read = norm === undefined ? input : this.layerNorm(input, norm);
    this.#values.add(read);
    this.#more += this.#rankOf(name);
    const shape = this.#shapes.get(`${name}.weight`)!;
    const output = { width: shape[this.#architecture.linearLayout === "input-output" ? 1 : 0]! };
    if (activation !== undefined) this.#values.add(output);
    return activation === undefined && residual === undefined ? output : { width: output.width };
  };

  layerNorm: BlockOperations<Sized>["layerNorm"] = (input) => {
    this.#values.add(input);
    this.#more += 2;
    return { width: input.width };
  };

  rmsNorm: BlockOperations<Sized>["rmsNorm"] = (_, input, { heads = 1 }) => {
    this.#values.add(input);
    this.#more += heads;
    return { width: input.width };
  };

  gated: BlockOperations<Sized>["gated"] = (_, gate, up) => {
    this.#values.add(gate).add(up);
    return { width: gate.width };
  };

  add: BlockOperations<Sized>["add"] = ({ width }) => ({ width });
  scale: BlockOperations<Sized>["scale"] = ({ width }) => ({ width });

  attend: BlockOperations<Sized>["attend"] = (_, projected) => {
    const { headCount, headSize } = this.#architecture.attention;
    const output = { width: headCount * headSize };
    this.#values.add({ width: projected.reduce((sum, { width }) => sum + width, 0) }).add(output);
    this.#more += headCount; // the logarithm of each head's sum
    return output;
  };
}
