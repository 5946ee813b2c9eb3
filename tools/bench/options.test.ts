import { expect, test } from "vitest";
import { readOptions } from "./options.mjs";

test("by themselves all settings and engines are measured, beside nothing, in five steps", () => {
  const { only, work, engines, python, grpoPython, steps } = readOptions([]);
  expect([...only]).toEqual(["kernels", "decode", "epoch", "step"]);
  expect([...work]).toEqual(["short", "long", "short-lora", "long-lora", "grpo"]);
  expect(engines).toEqual(["policy", "int8", "onnx", "onnx-int8"]);
  expect([python, grpoPython, steps]).toEqual([undefined, undefined, 5]);
});

test("an unknown name is refused with those that may be given", () => {
  expect(() => readOptions(["--work", "short,huge"])).toThrow("--work huge: give some of short, long, short-lora, long-lora, grpo");
  expect(() => readOptions(["--steps", "0"])).toThrow("--steps 0: give a whole number from 1");
});

test("a comparison wants its Python, and one that runs", () => {
  expect(() => readOptions(["--only", "vs-trl-grpo"])).toThrow("--only vs-trl-grpo: give some of kernels, decode, epoch, step");
  expect(() => readOptions(["--vs-trl-grpo", "/no/python"])).toThrow("/no/python does not run");
});

test("levels are printed, and neither chosen among tables nor put on a page", () => {
  expect(readOptions(["--levels"]).levels).toBe(true);
  expect(() => readOptions(["--levels", "--docs"])).toThrow("--levels with --docs");
  expect(() => readOptions(["--levels", "--only", "kernels"])).toThrow("--levels with --only");
});
