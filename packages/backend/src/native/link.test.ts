import { mkdir, readlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { isInstalled, linkLibrary, notedLevels, notedPackage, noteInstallation } from "./link.mjs";
import { bindingFile, kernelFile } from "./places.mjs";

async function makeFolders() {
  const folder = await temporaryFolder();
  const packageDirectory = join(folder, "tfjs-node");
  const libraries = ["old", "new"].map((name) => join(folder, name));
  for (const library of libraries) await mkdir(join(library, "tensorflow", "include"), { recursive: true });
  await mkdir(dirname(bindingFile(packageDirectory)), { recursive: true });
  await writeFile(bindingFile(packageDirectory), "binding");
  return { packageDirectory, library: libraries[0]!, other: libraries[1]! };
}

test("deps/lib is a link to the library's folder, also where another link or folder was", async () => {
  const { packageDirectory, library, other } = await makeFolders();
  await mkdir(join(packageDirectory, "deps", "lib", "of-another-installer"), { recursive: true });
  for (const each of [library, other, other]) {
    await linkLibrary({ packageDirectory, library: each });
    expect(await readlink(join(packageDirectory, "deps", "lib"))).toBe(join(each, "tensorflow"));
    expect(await readlink(join(packageDirectory, "deps", "include"))).toBe(join(each, "tensorflow", "include"));
  }
});

const kernels = { key: "sources", levels: { avx2: { bytes: 7 }, baseline: { failed: "no compiler" } } };

test("installed means: noted with this key, this library linked, and the binding unchanged", async () => {
  const { packageDirectory, library, other } = await makeFolders();
  const installation = { packageDirectory, library, key: "key" };
  await linkLibrary(installation);
  expect(await isInstalled(installation)).toBe(false);
  await noteInstallation({ ...installation, kernels });
  expect(await isInstalled(installation)).toBe(true);
  expect(await isInstalled({ ...installation, key: "another" })).toBe(false);
  expect(await isInstalled({ ...installation, library: other })).toBe(false);
  await writeFile(bindingFile(packageDirectory), "cut");
  expect(await isInstalled(installation)).toBe(false);
});

test("of each level is noted what became of it; one whose file is another, or of other sources, is not there", async () => {
  const { packageDirectory, library } = await makeFolders();
  await linkLibrary({ packageDirectory, library });
  expect(await notedLevels({ packageDirectory, key: "sources" })).toEqual({});
  await writeFile(kernelFile(packageDirectory, "avx2"), "kernels");
  await noteInstallation({ packageDirectory, key: "key", kernels });
  expect(await notedLevels({ packageDirectory, key: "sources" })).toEqual(kernels.levels);
  expect(await notedLevels({ packageDirectory, key: "other sources" })).toEqual({});
  await writeFile(kernelFile(packageDirectory, "avx2"), "cut");
  expect(await notedLevels({ packageDirectory, key: "sources" })).toEqual({ baseline: { failed: "no compiler" } });
});

test("a level that comes later is noted beside those that are there, until the sources change", async () => {
  const { packageDirectory, library } = await makeFolders();
  await linkLibrary({ packageDirectory, library });
  for (const level of ["avx2", "baseline"]) await writeFile(kernelFile(packageDirectory, level), "kernels");
  const note = (key: string, level: string) =>
    noteInstallation({ packageDirectory, key: "key", kernels: { key, levels: { [level]: { bytes: 7 } } } });
  await note("sources", "avx2");
  await note("sources", "baseline");
  expect(Object.keys(await notedLevels({ packageDirectory, key: "sources" }))).toEqual(["avx2", "baseline"]);
  await note("newer", "baseline");
  expect(Object.keys(await notedLevels({ packageDirectory, key: "newer" }))).toEqual(["baseline"]);
});

test("whose kernels they are is noted, as long as they are those", async () => {
  const { packageDirectory, library } = await makeFolders();
  await linkLibrary({ packageDirectory, library });
  const brought = (level: string) => notedPackage({ packageDirectory, level });
  expect(await brought("avx2")).toBeUndefined();
  for (const level of ["avx2", "baseline"]) await writeFile(kernelFile(packageDirectory, level), "kernels");
  const levels = { avx2: { bytes: 7, package: "@cai/kernels-linux-x64" }, baseline: { bytes: 7 }, amx: { failed: "no compiler" } };
  await noteInstallation({ packageDirectory, key: "key", kernels: { key: "sources", levels } });
  expect([await brought("avx2"), await brought("baseline"), await brought("amx")]).toEqual([
    "@cai/kernels-linux-x64",
    undefined,
    undefined,
  ]);
  await writeFile(kernelFile(packageDirectory, "avx2"), "of another");
  expect(await brought("avx2")).toBeUndefined();
});
