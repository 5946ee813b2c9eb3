import { onEachBackend } from "@cai/testing/tensors";
import { expect, test } from "vitest";
import { checkFinite } from "./check-finite.ts";

onEachBackend(() => {
  test("a number that is none is named with its place, wherever it stands; any that is one passes", () => {
    const length = 200_001;
    for (const damage of [Number.NaN, Infinity, -Infinity]) {
      for (const place of [0, 65_536, length - 1]) {
        const values = new Float32Array(length).fill(damage, place, place + 1);
        expect(() => checkFinite(values, "w", "file")).toThrow(`file: tensor "w" holds ${damage} at element ${place}`);
      }
    }
    const [largest, least] = [3.4028234663852886e38, 1e-45]; // squares overflow, or vanish
    for (const values of [[], [0], [-0, 1], [largest, -largest], [least]]) checkFinite(Float32Array.from(values), "w", "file");
  });
});
