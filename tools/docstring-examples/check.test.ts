import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { check, saidBy } from "./check.ts";

test("a comment says a value where it is one, also behind an array's class or a word", () => {
  expect(saidBy("[ 1, 2 ]")).toEqual([1, 2]);
  expect(saidBy("Float32Array(2) [ 0.5, 1 ]")).toEqual([0.5, 1]);
  expect(saidBy("about 1 / 4")).toBe(0.25);
  expect(saidBy('"step-000010"')).toBe("step-000010");
  for (const prose of ["0.5, 2", "[3, 2], all 1", "the order of pass 0", "0.25, almost"]) expect(saidBy(prose)).toBeUndefined();
});

test("values are compared to three decimals, whatever array or object they are in", async () => {
  await check(async () => Float32Array.of(0.15876), "[0.1588]");
  await check(async () => tf.tensor2d([[1, 2]]), "[[1, 2]]");
  await check(async () => ({ kl: 0.33333 }), "{ kl: 1 / 3 }");
  await check(async () => "anything", "the text");
  await expect(check(async () => 0.16, "0.1588")).rejects.toThrow();
  await expect(check(async () => [1, 2], "[1, 3]")).rejects.toThrow();
});

test("what a comment says throws is to throw", async () => {
  const fail = async () => {
    throw new Error("refused");
  };
  await check(fail, "throws: refused");
  await expect(check(async () => 1, "throws: refused")).rejects.toThrow();
});
