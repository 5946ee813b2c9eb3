import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { WeightsHash } from "./weights-hash.ts";

test("the hash is over names, shapes and float32 bytes", () => {
  const hash = new WeightsHash();
  hash.add({ name: "a", shape: [2, 1], values: Float32Array.of(1, -2) });
  hash.add({ name: "b", shape: [], values: Float32Array.of(0.5) });
  const bytes = Buffer.concat([Buffer.from("a 2×1\n"), floats(1, -2), Buffer.from("b \n"), floats(0.5)]);
  expect(hash.digest()).toBe(createHash("sha256").update(bytes).digest("hex"));
});

test("weights out of order are refused", () => {
  const hash = new WeightsHash();
  hash.add({ name: "b", shape: [0], values: new Float32Array() });
  expect(() => hash.add({ name: "a", shape: [0], values: new Float32Array() })).toThrow("a comes after b");
});

function floats(...values: number[]): Buffer {
  const buffer = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => {
    buffer.writeFloatLE(value, 4 * index);
  });
  return buffer;
}
