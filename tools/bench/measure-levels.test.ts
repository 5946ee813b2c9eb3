import { expect, test } from "vitest";
import { levelRows } from "./measure-levels.mjs";

const kernel = (name: string, seconds: number) => ({ name, flops: 0, bytes: 0, seconds });

test("levels stand side by side, a row a kernel", () => {
  const measured = [
    { level: "avx2", kernels: [kernel("products", 0.001), kernel("norm", 0.0002)] },
    { level: "baseline", kernels: [kernel("products", 0.0085), kernel("norm", 0.0004)] },
  ];
  expect(levelRows(measured)).toEqual([
    ["kernel, ms", "avx2", "baseline"],
    ["products", "1.00", "8.50"],
    ["norm", "0.20", "0.40"],
  ]);
});

test("times of different kernels are not put side by side", () => {
  const measured = [
    { level: "avx2", kernels: [kernel("products", 0.001)] },
    { level: "baseline", kernels: [kernel("norm", 0.001)] },
  ];
  expect(() => levelRows(measured)).toThrow("level baseline was measured on norm where avx2 was on products");
});
