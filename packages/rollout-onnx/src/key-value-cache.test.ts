import { expect, test } from "vitest";
import { KeyValueCache } from "./key-value-cache.ts";
import { Tensor } from "./onnx-runtime.ts";

const shape = { layerCount: 2, rows: 3, heads: 2, headSize: 1 };

test("new columns stand behind what each row has, head by head", () => {
  const cache = new KeyValueCache({ ...shape, rows: 2 });
  const columns = new Tensor("float32", Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), [2, 2, 2]);
  cache.append([1], { "new.1.key": columns, "new.1.value": columns }, [0, 2]);
  const past = cache.past([1]);
  expect(Object.keys(past)).toEqual(["past.1.key", "past.1.value"]);
  expect(past["past.1.key"]!.dims).toEqual([2, 2, 16, 1]);
  // Row 0 had nothing: its heads are 1 3 and 2 4. Row 1 had two columns.
  const starts = [
    [1, 3, 0, 0],
    [2, 4, 0, 0],
    [0, 0, 5, 7],
    [0, 0, 6, 8],
  ];
  expect(startOfHeads(past["past.1.value"]!)).toEqual(starts);
  expect(startOfHeads(cache.past([0])["past.0.key"]!)).toEqual(Array(4).fill([0, 0, 0, 0]));
  cache.reserve(33);
  expect(cache.past([1])["past.1.value"]!.dims).toEqual([2, 2, 48, 1]);
  expect(startOfHeads(cache.past([1])["past.1.value"]!)).toEqual(starts);
});

test("a row's first columns are copied over another's, and rows that are dropped take no part", () => {
  const cache = new KeyValueCache(shape);
  const columns = new Tensor(
    "float32",
    Float32Array.from({ length: 24 }, (_, index) => index),
    [3, 4, 2],
  );
  cache.append([0], { "new.0.key": columns, "new.0.value": columns }, [0, 0, 0]);
  cache.copyRow({ from: 2, to: 0, columns: 3 });
  cache.keepRows(2);
  const kept = cache.past([0])["past.0.key"]!;
  expect(kept.dims).toEqual([2, 2, 16, 1]);
  expect(startOfHeads(kept)).toEqual([
    [16, 18, 20, 6],
    [17, 19, 21, 7],
    [8, 10, 12, 14],
    [9, 11, 13, 15],
  ]);
});

/** The first four columns of each row's heads. */
function startOfHeads({ data, dims }: Tensor): number[][] {
  const [rows, heads, capacity] = dims as readonly [number, number, number, number];
  return Array.from({ length: rows * heads }, (_, head) => [...(data as Float32Array).subarray(head * capacity, head * capacity + 4)]);
}
