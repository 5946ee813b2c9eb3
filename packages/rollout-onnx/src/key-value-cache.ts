import { Tensor } from "./onnx-runtime.ts";

interface CacheShape {
  readonly layerCount: number;
  readonly rows: number;
  readonly heads: number;
  readonly headSize: number;
}

/** Columns that room is made for at a time. */
const step = 16;

/**
 * Keys and values of all layers, `[rows, heads, capacity, d]` each. Sessions read them as they lie, and give the new columns alone. Only the first
 * `rows` take part, so that a row that has ended costs nothing; nor is there much more room than the longest row wants, since ONNX Runtime's
 * attention passes over all of it.
 */
export class KeyValueCache {
  readonly #shape: CacheShape;
  #rows: number;
  #capacity = 0;
  #buffers: Float32Array[];
  #tensors: Tensor[] = [];

  constructor(shape: CacheShape) {
    this.#shape = shape;
    this.#rows = shape.rows;
    this.#buffers = Array.from({ length: 2 * shape.layerCount }, () => new Float32Array(0));
    this.reserve(1);
  }

  /** Makes room for so many columns in each row. */
  reserve(columns: number): void {
    const before = this.#capacity;
    if (columns <= before) return;
    const { heads, headSize } = this.#shape;
    this.#capacity = Math.ceil(columns / step) * step;
    this.#buffers = this.#buffers.map((buffer) => {
      const larger = new Float32Array(this.#rows * heads * this.#capacity * headSize);
      for (let head = 0; head < this.#rows * heads && before > 0; head++)
        larger.set(buffer.subarray(head * before * headSize, (head + 1) * before * headSize), head * this.#capacity * headSize);
      return larger;
    });
    this.keepRows(this.#rows);
  }

  /** Goes on with the first `rows` alone. */
  keepRows(rows: number): void {
    const { heads, headSize } = this.#shape;
    const size = rows * heads * this.#capacity * headSize;
    this.#rows = rows;
    this.#tensors = this.#buffers.map((buffer) => new Tensor("float32", buffer.subarray(0, size), [rows, heads, this.#capacity, headSize]));
  }

  /** Copies the first `columns` of a row over another one. */
  copyRow({ from, to, columns }: { readonly from: number; readonly to: number; readonly columns: number }): void {
    const { heads, headSize } = this.#shape;
    const headStride = this.#capacity * headSize;
    for (const buffer of this.#buffers) {
      for (let head = 0; head < heads; head++) {
        const source = (from * heads + head) * headStride;
        buffer.copyWithin((to * heads + head) * headStride, source, source + columns * headSize);
      }
    }
  }

  /** What a session of these layers is fed. */
  past(layers: readonly number[]): Record<string, Tensor> {
    return Object.fromEntries(
      layers.flatMap((layer) => parts.map((part, index) => [`past.${layer}.${part}`, this.#tensors[2 * layer + index]!])),
    );
  }

  /** Takes what that session gave, `[rows, columns, heads · d]` each: row r's columns follow the `starts[r]` that it has. */
  append(layers: readonly number[], results: Readonly<Record<string, Tensor>>, starts: readonly number[]): void {
    for (const layer of layers) {
      for (const [index, part] of parts.entries()) this.#write(this.#buffers[2 * layer + index]!, results[`new.${layer}.${part}`]!, starts);
    }
  }

  #write(buffer: Float32Array, { data, dims }: Tensor, starts: readonly number[]): void {
    const { heads, headSize } = this.#shape;
    const columns = dims[1]!;
    const numbers = data as Float32Array;
    let source = 0;
    for (const [row, start] of starts.entries()) {
      for (let column = start; column < start + columns; column++) {
        for (let head = 0; head < heads; head++) {
          const target = ((row * heads + head) * this.#capacity + column) * headSize;
          for (let index = 0; index < headSize; index++) buffer[target + index] = numbers[source++]!;
        }
      }
    }
  }
}

const parts = ["key", "value"] as const;
