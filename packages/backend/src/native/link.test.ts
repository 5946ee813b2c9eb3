import { mkdir, readlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { bindingFile } from "./binding.mjs";
import { isInstalled, linkLibrary, noteInstallation } from "./link.mjs";
import { temporaryFolder } from "./temporary-folder.fixture.ts";

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

test("installed means: noted with this key, this library linked, and the binding unchanged", async () => {
  const { packageDirectory, library, other } = await makeFolders();
  const installation = { packageDirectory, library, key: "key", kernels: true };
  await linkLibrary(installation);
  expect(await isInstalled(installation)).toBe(false);
  await noteInstallation(installation);
  expect(await isInstalled(installation)).toBe(true);
  expect(await isInstalled({ ...installation, key: "another" })).toBe(false);
  expect(await isInstalled({ ...installation, library: other })).toBe(false);
  await writeFile(bindingFile(packageDirectory), "cut");
  expect(await isInstalled(installation)).toBe(false);
});

test("an installation without our kernels is one, but not where they are asked for", async () => {
  const { packageDirectory, library } = await makeFolders();
  await linkLibrary({ packageDirectory, library });
  await noteInstallation({ packageDirectory, key: "key", kernels: false });
  expect(await isInstalled({ packageDirectory, library, key: "key" })).toBe(true);
  expect(await isInstalled({ packageDirectory, library, key: "key", kernels: true })).toBe(false);
});
