import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { openSafetensors } from "@cai/safetensors";
import { expect, test } from "vitest";
import { demoPolicyDirectory, demoRewardDirectory } from "./directories.ts";

const megabyte = 1024 * 1024;
const sizeOf = async (...path: string[]) => (await stat(join(...path))).size;

test("the policy is small enough to ship: under 10 MB, one to four million parameters, all in float16", async () => {
  expect(await sizeOf(demoPolicyDirectory, "model.safetensors")).toBeLessThan(10 * megabyte);
  const file = await openSafetensors(join(demoPolicyDirectory, "model.safetensors"));
  const tensors = [...file.tensors.values()];
  await file.close();
  expect(new Set(tensors.map(({ dtype }) => dtype))).toEqual(new Set(["F16"]));
  const parameterCount = tensors.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  expect(parameterCount).toBeGreaterThan(1e6);
  expect(parameterCount).toBeLessThan(4e6);
});

test("the reward model is under 5 MB", async () => {
  expect(await sizeOf(demoRewardDirectory, "model.onnx")).toBeLessThan(5 * megabyte);
});

test("policy and reward model read text with the same tokenizer", async () => {
  for (const name of ["tokenizer.json", "tokenizer_config.json"])
    expect(await readFile(join(demoPolicyDirectory, name), "utf8")).toBe(await readFile(join(demoRewardDirectory, name), "utf8"));
});
