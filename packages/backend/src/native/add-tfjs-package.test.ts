import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { addTfjsPackage } from "./add-tfjs-package.mjs";
import { NativeInstallError } from "./error.mjs";
import type { runNpm } from "./npm.mjs";
import { cachedProject, findTfjsPackages } from "./tfjs-package.mjs";

/** A package of one file below a folder's node_modules; gives its folder. */
async function place(folder: string, name: string, code: string): Promise<string> {
  const directory = join(folder, "node_modules", name);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "package.json"), JSON.stringify({ name, version: "4.22.0", main: "main.js" }));
  await writeFile(join(directory, "main.js"), code);
  return directory;
}

/** A TensorFlow.js, a cache, and an npm that installs what the folder's package.json asks for, or fails. */
async function make({ cache, fails = false }: { cache?: string; fails?: boolean } = {}) {
  const home = await temporaryFolder();
  const tfjs = await place(home, "@tensorflow/tfjs", "module.exports = __dirname;");
  const core = await place(home, "@tensorflow/tfjs-core", "module.exports = __dirname;");
  let runs = 0;
  const npm: typeof runNpm = async (_args, { cwd = "" } = {}) => {
    runs++;
    if (fails) return { ok: false, missing: false, stdout: "", stderr: "npm error FetchError: request failed" };
    const { dependencies } = JSON.parse(await readFile(join(cwd, "package.json"), "utf8")) as { dependencies: Record<string, string> };
    for (const [name, spec] of Object.entries(dependencies)) {
      if (spec.startsWith("file:")) await cp(join(cwd, spec.slice(5)), join(cwd, "node_modules", name), { recursive: true });
      else await place(cwd, name, 'module.exports = [require("@tensorflow/tfjs"), require("@tensorflow/tfjs-core")];');
    }
    return { ok: true, missing: false, stdout: "", stderr: "" };
  };
  const options = { gpu: false, cache: cache ?? (await temporaryFolder()), from: join(home, "package.json"), npm, progress: () => {} };
  return { options, home, tfjs, core, runs: () => runs };
}

test("the tfjs-node in the cache requires this package's own TensorFlow.js, and is then found", async () => {
  const { options, tfjs, core, runs } = await make();
  const added = await addTfjsPackage(options);
  expect(createRequire(import.meta.url)(added.directory)).toEqual([tfjs, core]);
  expect(findTfjsPackages(options)).toEqual([added]);
  expect(await addTfjsPackage(options)).toEqual(added);
  expect(runs()).toBe(1);
});

test.each([false, true])(
  "npm is to install what is pinned, each package by its SHA-512, and to run none of their scripts (gpu: %s)",
  async (gpu) => {
    const { options } = await make();
    let lock: { packages: Record<string, { version?: string; integrity?: string; resolved?: string }> } = { packages: {} };
    let given: readonly string[] = [];
    const npm: typeof runNpm = async (args, place) => {
      given = args;
      lock = JSON.parse(await readFile(join(place?.cwd ?? "", "package-lock.json"), "utf8"));
      return options.npm(args, place);
    };
    const { directory } = await addTfjsPackage({ ...options, gpu, npm });
    expect(given.slice(0, 2)).toEqual(["ci", "--ignore-scripts"]);
    const paths = Object.keys(lock.packages);
    expect(paths).toContain(`node_modules/@tensorflow/${basename(directory)}`);
    expect(paths.filter((path) => /tfjs-node(-gpu)?$/.test(path))).toHaveLength(1);
    for (const [path, { version, integrity, resolved }] of Object.entries(lock.packages)) {
      if (path === "") continue;
      expect(version, path).toMatch(/^\d+\.\d+\.\d+$/);
      if (/^node_modules\/@tensorflow\/tfjs(-core)?$/.test(path)) expect(resolved, path).toMatch(/^file:/);
      else expect(integrity, path).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
    }
  },
);

test("where npm fails, the error says why and the cache stays as it was", async () => {
  const { options } = await make({ fails: true });
  const error = await addTfjsPackage(options).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(NativeInstallError);
  expect(String(error)).toContain("npm could not install @tensorflow/tfjs-node: FetchError: request failed");
  expect(await readdir(options.cache)).toEqual([]);
});

test("what a killed installation left behind goes", async () => {
  const { options, tfjs } = await make();
  await mkdir(`${cachedProject({ ...options, tfjs })}.installing-abc123`);
  await addTfjsPackage(options);
  expect(await readdir(options.cache)).toHaveLength(1);
});

test("what was installed for a TensorFlow.js that is gone is removed, and what others use stays", async () => {
  const [gone, there] = [await make(), await make()];
  const { cache } = gone.options;
  await addTfjsPackage(gone.options);
  const used = await addTfjsPackage({ ...there.options, cache });
  await rm(gone.home, { recursive: true });
  const added = await addTfjsPackage((await make({ cache })).options);
  const left = await readdir(cache);
  expect(left).toHaveLength(2);
  for (const { directory } of [used, added]) expect(left.some((name) => directory.startsWith(join(cache, name)))).toBe(true);
});
