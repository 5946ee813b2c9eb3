import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { lackingFeatures, noteFile, processorFeatures } from "./processor.mjs";
import { temporaryFolder } from "./temporary-folder.fixture.ts";

test("the instruction sets are read from Linux's description, on x86 and arm64", () => {
  expect(processorFeatures("processor\t: 0\nflags\t\t: fpu sse2 avx512f avx2 ibrs hypervisor\nbugs\t: none\n")).toEqual([
    "avx2",
    "avx512f",
    "sse2",
  ]);
  expect(processorFeatures("processor\t: 0\nFeatures\t: fp asimd sve\n")).toEqual(["asimd", "fp", "sve"]);
  expect(processorFeatures("")).toEqual([]);
});

test("a binding needs what it was compiled for; one of another installer, or without our kernels, needs nothing", async () => {
  const packageDirectory = await temporaryFolder();
  expect(lackingFeatures(packageDirectory, [])).toEqual([]);
  await mkdir(dirname(noteFile(packageDirectory)));
  await writeFile(noteFile(packageDirectory), JSON.stringify({ key: "key", kernels: false }));
  expect(lackingFeatures(packageDirectory, [])).toEqual([]);
  await writeFile(noteFile(packageDirectory), JSON.stringify({ key: "key", kernels: true, processor: ["avx2", "avx512f"] }));
  expect(lackingFeatures(packageDirectory, ["avx2", "sse2"])).toEqual(["avx512f"]);
  expect(lackingFeatures(packageDirectory, ["avx2", "avx512f"])).toEqual([]);
});
