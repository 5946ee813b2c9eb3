import { expect, test } from "vitest";
import { processorFeatures } from "./processor.mjs";

test("the instruction sets are read from Linux's description, on x86 and arm64", () => {
  expect(processorFeatures("processor\t: 0\nflags\t\t: fpu sse2 avx512f avx2 ibrs hypervisor\nbugs\t: none\n")).toEqual([
    "avx2",
    "avx512f",
    "sse2",
  ]);
  expect(processorFeatures("processor\t: 0\nFeatures\t: fp asimd sve\n")).toEqual(["asimd", "fp", "sve"]);
  expect(processorFeatures("")).toEqual([]);
});
