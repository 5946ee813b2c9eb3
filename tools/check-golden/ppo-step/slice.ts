import type { NamedNumbers } from "./models.ts";
import type { SliceIndex } from "./ppo-step-file.ts";

/** The numbers that an index chooses out of a row-major tensor, in order. */
export function slice({ data, shape }: NamedNumbers, index: SliceIndex): number[] {
  if (index.length !== shape.length) throw new Error(`index ${JSON.stringify(index)} does not fit the shape [${shape}]`);
  let places = [0];
  index.forEach((entry, dimension) => {
    const size = shape[dimension]!;
    const [from, to] = typeof entry === "number" ? [entry, entry + 1] : [entry[0], entry[1] ?? size];
    const range = Array.from({ length: to - from }, (_, i) => from + i);
    places = places.flatMap((place) => range.map((i) => place * size + i));
  });
  return places.map((place) => data[place]!);
}
