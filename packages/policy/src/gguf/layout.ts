import type { ModelArchitecture, ParameterSpec } from "../families/family.ts";

/** How a weight lies in a GGUF file, against Hugging Face's layout. */
export interface GgufLayout {
  /** As `[out, in]`, where Hugging Face has `[in, out]`. */
  readonly transposed: boolean;
  /** The heads whose rows llama.cpp reorders, where it does. */
  readonly interleavedHeads: number | undefined;
  /** As stored. */
  readonly shape: readonly number[];
}

/**
 * GGUF files hold every linear weight as `[out, in]`, and, in models of llama.cpp's architecture `llama` and in no others, the rows of
 * query and key projections in another order.
 */
export function ggufLayout(
  { name, shape, layer }: ParameterSpec,
  { linearLayout, layerCount }: ModelArchitecture,
  config: Readonly<Record<string, unknown>>,
): GgufLayout {
  const isLinear = shape.length === 2 && layer >= 0 && layer < layerCount;
  const transposed = isLinear && linearLayout === "input-output";
  const heads = { q: config.num_attention_heads, k: config.num_key_value_heads ?? config.num_attention_heads };
  const projection = /\.([qk])_proj\.(?:weight|bias)$/.exec(name)?.[1] as "q" | "k" | undefined;
  const reordered = projection !== undefined && (config.model_type === "llama" || config.model_type === "mistral");
  return {
    transposed,
    interleavedHeads: reordered ? (heads[projection] as number) : undefined,
    shape: transposed ? shape.toReversed() : shape,
  };
}

/** Values as a file has them → Hugging Face's layout; what was given may be changed. */
export function fromGgufLayout(values: Float32Array, layout: GgufLayout): Float32Array {
  if (layout.transposed) return transpose(values, layout.shape);
  return reorderRows(values, layout, (row, half) => (row % 2) * half + (row >>> 1));
}

/** The reverse. What was given stays as it is. */
export function toGgufLayout(values: Float32Array, layout: GgufLayout): Float32Array {
  if (layout.transposed) return transpose(values, layout.shape.toReversed());
  return reorderRows(values.slice(), layout, (row, half) => 2 * (row % half) + (row < half ? 0 : 1));
}

function transpose(values: Float32Array, [rows = 0, columns = 0]: readonly number[]): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = values[row * columns + column]!;
  }
  return result;
}

/**
 * llama.cpp turns pairs of neighbouring rows by a token's position, Hugging Face pairs of rows half a head apart: within each head, row
 * 2i + s of the file is row s·half + i. In place, one head beside it at a time. `target` gives a row's new place in its head.
 */
function reorderRows(values: Float32Array, layout: GgufLayout, target: (row: number, half: number) => number): Float32Array {
  const { interleavedHeads, shape } = layout;
  if (interleavedHeads === undefined) return values;
  const [rows = 0, columns = 1] = shape;
  const headRows = rows / interleavedHeads;
  const before = new Float32Array(headRows * columns);
  for (let head = 0; head < interleavedHeads; head++) {
    const start = head * before.length;
    before.set(values.subarray(start, start + before.length));
    for (let row = 0; row < headRows; row++)
      values.set(before.subarray(row * columns, (row + 1) * columns), start + target(row, headRows / 2) * columns);
  }
  return values;
}
