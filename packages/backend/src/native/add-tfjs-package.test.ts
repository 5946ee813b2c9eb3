import { cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { addTfjsPackage } from "./add-tfjs-package.mjs";
import { NativeInstallError } from "./error.mjs";
import type { runNpm } from "./npm.mjs";
import { temporaryFolder } from "./temporary-folder.fixture.ts";
import { cachedProject, findTfjsPackages } from "./tfjs-package.mjs";

/** A TensorFlow.js, a cache, and an npm that installs what the folder's package.json asks for, or fails. */
async function make({ cache, fails = false }: { cache?: string; fails?: boolean } = {}) {
  const home = await temporaryFolder();
  const tfjs = join(home, "node_modules/@tensorflow/tfjs");
  await mkdir(tfjs, { recursive: true });
  await writeFile(join(tfjs, "package.json"), JSON.stringify({ version: "4.22.0", main: "main.js" }));
  await writeFile(join(tfjs, "main.js"), "module.exports = { home: __dirname };");
  let runs = 0;
  const npm: typeof runNpm = async (_args, { cwd = "" } = {}) => {
    runs++;
    if (fails) return { ok: false, missing: false, stdout: "", stderr: "npm error FetchError: request failed" };
    const scope = join(cwd, "node_modules/@tensorflow");
    await mkdir(join(scope, "tfjs-node"), { recursive: true });
    await writeFile(join(scope, "tfjs-node/package.json"), JSON.stringify({ version: "4.22.0", main: "main.js" }));
    await writeFile(join(scope, "tfjs-node/main.js"), 'module.exports = require("@tensorflow/tfjs");');
    await cp(join(cwd, "tfjs"), join(scope, "tfjs"), { recursive: true });
    return { ok: true, missing: false, stdout: "", stderr: "" };
  };
  const options = { gpu: false, cache: cache ?? (await temporaryFolder()), from: join(home, "package.json"), npm, progress: () => {} };
  return { options, home, tfjs, runs: () => runs };
}

test("the tfjs-node in the cache requires this package's own TensorFlow.js, and is then found", async () => {
  const { options, tfjs, runs } = await make();
  const added = await addTfjsPackage(options);
  expect(createRequire(import.meta.url)(added.directory)).toEqual({ home: tfjs });
  expect(findTfjsPackages(options)).toEqual([added]);
  expect(await addTfjsPackage(options)).toEqual(added);
  expect(runs()).toBe(1);
});

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
