#!/usr/bin/env node
// @ts-check
// Makes the package @cai/kernels-<system>-<processor> of this machine's kind: tfjs-node's binding and our kernels at every level, compiled.
// node tools/kernel-packages/build.mjs --out DIR [--levels avx2,baseline] [--most GLIBC_2.28,GLIBCXX_3.4.25]
// It runs wherever the C and C++ libraries have what it asks of them: the release builds it on an old system, and checks that by --most.
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bindingKey } from "../../packages/backend/src/native/binding.mjs";
import { cacheDirectory } from "../../packages/backend/src/native/cache.mjs";
import { compileBinding, compileKernels, findCompiler } from "../../packages/backend/src/native/compile.mjs";
import { fetchNative, findTfjsPackages } from "../../packages/backend/src/native/install.mjs";
import { kernelKey, prebuiltKernels } from "../../packages/backend/src/native/kernels.mjs";
import { levelsOf } from "../../packages/backend/src/native/levels.mjs";
import { libraryDirectory } from "../../packages/backend/src/native/library.mjs";
import { prebuiltPackage, sha256 } from "../../packages/backend/src/native/prebuilt.mjs";
import { chooseRoute } from "../../packages/backend/src/native/route.mjs";
import { run } from "../../packages/backend/src/native/run.mjs";
import { neededSymbols, readSymbols, tooNew } from "./needed-symbols.mjs";
import { packageText, readmeText } from "./package-text.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const text = { type: /** @type {"string"} */ ("string") };
const { values } = parseArgs({ options: { out: text, levels: text, most: text } });
if (!values.out) fail("--out DIR is missing: where the package goes");
const out = values.out;
const known = levelsOf();
const names = values.levels?.split(",") ?? known.map(({ name }) => name);
for (const name of names)
  if (!known.some((level) => level.name === name))
    fail(`there is no level "${name}" here: choose of ${known.map((level) => level.name).join(", ") || "none"}`);

const most = values.most === undefined ? {} : readSymbols(values.most);
if (most === undefined) fail(`--most is "${values.most}": give the newest symbols that are allowed, as in GLIBC_2.28,GLIBCXX_3.4.25`);

const route = chooseRoute({ gpu: false });
if (route.by !== "wheel") fail(`kernels are compiled on Linux with glibc, on x64 and arm64; this is ${process.platform} ${process.arch}`);
const [tfjs] = findTfjsPackages({ gpu: false });
if (tfjs === undefined) fail("@tensorflow/tfjs-node is not installed: npm ci first");
await fetchNative({ progress: console.error });
const directory = libraryDirectory(route.wheel, cacheDirectory());
const library = route.wheel.name;
const compiler = await findCompiler();
const key = await kernelKey(known);

const folder = await mkdtemp(join(tmpdir(), "cai-kernels-"));
try {
  await mkdir(out, { recursive: true });
  /** @type {Record<string, string>} */
  const files = {};
  const add = async (/** @type {string} */ name, /** @type {string} */ compiled) => {
    const bytes = await readFile(compiled);
    const needed = neededSymbols(bytes);
    const newer = tooNew(needed, most);
    if (newer.length > 0) throw new Error(`${name} needs ${newer.join(", ")}: build on a system that has ${values.most} at most`);
    await writeFile(join(out, name), bytes);
    files[name] = sha256(bytes);
    console.error(
      `${name}: ${(bytes.length / 1e3).toFixed(0)} kB, needs ${Object.entries(needed)
        .map((one) => one.join("_"))
        .join(", ")}`,
    );
  };
  const common = { library: directory, folder, compiler, execute: run };
  await add(
    `${await bindingKey({ packageDirectory: tfjs.directory, version: tfjs.version, library })}.node`,
    await compileBinding({ ...common, packageDirectory: tfjs.directory }),
  );
  for (const level of known.filter(({ name }) => names.includes(name)))
    await add(prebuiltKernels({ level: level.name, library, key }), await compileKernels({ ...common, level }));
  await writeFile(join(out, "manifest.json"), `${JSON.stringify({ compiler: compiler.version, files }, null, 2)}\n`);
  const { version } = JSON.parse(await readFile(join(root, "packages/backend/package.json"), "utf8"));
  const { GITHUB_REPOSITORY: repository } = process.env;
  const told = { name: prebuiltPackage(), version, levels: names, tfjsNode: tfjs.version, ...(repository && { repository }) };
  await writeFile(join(out, "package.json"), packageText(told));
  await writeFile(join(out, "README.md"), readmeText(told));
  await copyFile(join(root, "packages/backend/LICENSE"), join(out, "LICENSE"));
  await copyFile(new URL("LICENSE-tfjs-node", import.meta.url), join(out, "LICENSE-tfjs-node"));
  console.log(`${prebuiltPackage()} is in ${out}`);
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(`error: ${message}`);
  process.exit(1);
}
