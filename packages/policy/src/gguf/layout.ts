import type { ModelArchitecture, ParameterSpec } from "../families/family.ts";
import type { GgufFormat } from "./format.ts";

/** How a weight lies in a GGUF file, against Hugging Face's layout. */
export interface GgufLayout {
  /** As `[out, in]`, where Hugging Face has `[in, out]`. */
  readonly transposed: boolean;
  /** The heads whose rows stand in the order of pairs, where they do. */
  readonly interleavedHeads: number | undefined;
  /** What is added to each number. */
  readonly offset: number | undefined;
  /** As stored. */
  readonly shape: readonly number[];
}

/** GGUF files hold every linear weight as `[out, in]`; what else is other than in Hugging Face's files, the family's format says. */
export function ggufLayout(
  { name, shape, layer }: ParameterSpec,
  { linearLayout, layerCount, attention }: Pick<ModelArchitecture, "linearLayout" | "layerCount" | "attention">,
  { interleavesHeads = false, gainOffset }: GgufFormat,
): GgufLayout {
  const isLinear = shape.length === 2 && layer >= 0 && layer < layerCount;
  const transposed = isLinear && linearLayout === "input-output";
  const heads = { q: attention.headCount, k: attention.keyValueHeadCount };
  const projection = /\.([qk])_proj\.(?:weight|bias)$/.exec(name)?.[1] as "q" | "k" | undefined;
  return {
    transposed,
    interleavedHeads: interleavesHeads && projection !== undefined ? heads[projection] : undefined,
    offset: name.endsWith("norm.weight") ? gainOffset : undefined,
    shape: transposed ? shape.toReversed() : shape,
  };
}

/** Values as a file has them → Hugging Face's layout; what was given may be changed. */
export function fromGgufLayout(values: Float32Array, layout: GgufLayout): Float32Array {
  const { offset } = layout;
  if (offset !== undefined) return values.map((value) => value - offset);
  if (layout.transposed) return transpose(values, layout.shape);
  return reorderRows(values, layout, (row, half) => (row % 2) * half + (row >>> 1));
}

/** The reverse. What was given stays as it is. */
export function toGgufLayout(values: Float32Array, layout: GgufLayout): Float32Array {
  const { offset } = layout;
  if (offset !== undefined) return values.map((value) => value + offset);
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
