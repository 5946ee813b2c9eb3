import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { cachedProject, findTfjsPackages, packageName } from "./tfjs-package.mjs";

/** A package in a folder's node_modules; gives its folder. */
async function place(project: string, name: string, version = "4.22.0"): Promise<string> {
  const directory = join(project, "node_modules", name);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "package.json"), JSON.stringify({ name, version }));
  return directory;
}

async function make() {
  const [project, cache] = [await temporaryFolder(), await temporaryFolder()];
  const tfjs = await place(project, "@tensorflow/tfjs");
  return { project, cache, tfjs, from: join(project, "package.json") };
}

test.each([false, true])("the tfjs-node beside this package is found first, then the one in the cache (GPU: %s)", async (gpu) => {
  const { project, cache, tfjs, from } = await make();
  expect(findTfjsPackages({ gpu, cache, from })).toEqual([]);
  const cached = await place(cachedProject({ gpu, cache, tfjs }), packageName(gpu));
  expect(findTfjsPackages({ gpu, cache, from })).toEqual([{ directory: cached, version: "4.22.0" }]);
  const beside = await place(project, packageName(gpu), "4.21.0");
  expect(findTfjsPackages({ gpu, cache, from }).map(({ directory }) => directory)).toEqual([beside, cached]);
  expect(findTfjsPackages({ gpu: !gpu, cache, from })).toEqual([]);
});

test("a tfjs-node that stands on another copy of TensorFlow.js is passed over", async () => {
  const { project, cache, from } = await make();
  await place(await place(project, packageName(false)), "@tensorflow/tfjs");
  expect(findTfjsPackages({ gpu: false, cache, from })).toEqual([]);
});

test("another copy of TensorFlow.js has another tfjs-node in the cache", async () => {
  const { cache, tfjs } = await make();
  await place(cachedProject({ gpu: false, cache, tfjs }), packageName(false));
  expect(findTfjsPackages({ gpu: false, cache, from: (await make()).from })).toEqual([]);
});
