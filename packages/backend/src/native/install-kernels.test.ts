import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { NativeInstallError } from "./error.mjs";
import { installKernels } from "./install-kernels.mjs";
import { levelsOf } from "./levels.mjs";
import { kernelFile } from "./places.mjs";
import type { run } from "./run.mjs";

const levels = levelsOf({ platform: "linux", arch: "x64" });
const [amx, avx512, avx2, baseline] = levels as [(typeof levels)[0], (typeof levels)[0], (typeof levels)[0], (typeof levels)[0]];

/** A cache, a tfjs-node, and a compiler that notes its arguments in its output and fails on those that `fails` picks. */
async function make({
  fails = () => false as boolean,
  version = "g++ 12",
}: {
  fails?: (argument: string) => boolean;
  version?: string;
} = {}) {
  const [packageDirectory, cache] = [await temporaryFolder(), join(await temporaryFolder(), "cai")];
  await mkdir(cache);
  const execute: typeof run = async (_command, args) => {
    const ok = !args.some(fails);
    if (ok && args[0] !== "--version") await writeFile(args.at(-1)!, args.join(" "));
    return { ok, missing: false, stdout: `${version}\nmore`, stderr: "g++: error: unrecognized command-line option '-mamx-tile'" };
  };
  const verified: string[] = [];
  const verify = async (_directory: string, { kernels = "" } = {}) => {
    verified.push(kernels);
    return { version: "2.20.0", gpu: false };
  };
  const options = { packageDirectory, library: { name: "tensorflow", directory: "/library" }, cache, key: "new", execute, verify };
  const placed = (level: string) => readFile(kernelFile(packageDirectory, level), "utf8").catch(() => undefined);
  return { options: { ...options, progress: () => {}, has: () => true }, placed, cache, verified, packageDirectory };
}

const binding = Promise.resolve();

test("the first level that works is taken, and only that", async () => {
  const { options, placed, verified, packageDirectory } = await make();
  const { levels: tried, from } = await installKernels({ levels: [avx2, baseline], all: false, binding }, options);
  expect(tried).toEqual({ avx2: { bytes: (await placed("avx2"))!.length } });
  expect([from, await placed("baseline")]).toEqual([["compiler"], undefined]);
  expect(verified).toEqual([kernelFile(packageDirectory, "avx2")]);
});

test("each level has its own flags, never those of the machine that compiles", async () => {
  const flags: string[] = [];
  const { options } = await make({ fails: (argument) => flags.push(argument) === 0 });
  await installKernels({ levels, all: true, binding }, options);
  for (const level of levels) {
    expect(flags).toContain(`-DCAI_LEVEL="${level.name}"`);
    for (const flag of level.flags) expect(flags).toContain(flag);
  }
  expect(flags.filter((flag) => flag.includes("native") && flag.startsWith("-m"))).toEqual([]);
});

test("a level that the compiler does not know is told, and the next is taken", async () => {
  const { options, placed } = await make({ fails: (argument) => argument === "-mamx-tile" });
  const { levels: tried } = await installKernels({ levels: [amx, avx512], all: false, binding }, options);
  expect(tried).toEqual({ amx: { failed: expect.stringContaining("-mamx-tile") }, avx512: { bytes: expect.any(Number) } });
  expect(await placed("amx")).toBeUndefined();
});

test("kernels with which it does not compute are taken away again", async () => {
  const { options, placed } = await make();
  const verify = () => Promise.reject(new NativeInstallError("undefined symbol: TF_GetInput", ""));
  const { levels: tried } = await installKernels({ levels: [avx2], all: false, binding }, { ...options, verify });
  expect(tried).toEqual({ avx2: { failed: "undefined symbol: TF_GetInput" } });
  expect(await placed("avx2")).toBeUndefined();
});

test("those of another processor are compiled and not run", async () => {
  const { options, verified, placed } = await make();
  await installKernels({ levels: [avx512], all: true, binding }, { ...options, has: () => false });
  expect([verified, typeof (await placed("avx512"))]).toEqual([[], "string"]);
});

test("the cache holds them by sources, level and compiler; those of older sources go", async () => {
  const { options, cache } = await make();
  await writeFile(join(cache, "cai-kernels-tensorflow-avx2-old-12345678.node"), "");
  await installKernels({ levels: [avx2, baseline], all: true, binding }, options);
  const other = await make({ version: "clang 14" });
  await installKernels({ levels: [avx2], all: true, binding }, { ...other.options, cache });
  const names = (await readdir(cache)).map((name) => name.replace(/[0-9a-f]{8}\.node$/, "*"));
  expect(names.sort()).toEqual([
    "cai-kernels-tensorflow-avx2-new-*",
    "cai-kernels-tensorflow-avx2-new-*",
    "cai-kernels-tensorflow-baseline-new-*",
  ]);
  const again = await installKernels({ levels: [avx2], all: false, binding }, options);
  expect(again.from).toEqual(["cache"]);
});

test("without a compiler those from the cache do, whoever compiled them", async () => {
  const { options } = await make();
  await installKernels({ levels: [avx2], all: false, binding }, options);
  const execute: typeof run = async () => ({ ok: false, missing: true, stdout: "", stderr: "" });
  expect((await installKernels({ levels: [avx2], all: false, binding }, { ...options, execute })).levels).toHaveProperty("avx2.bytes");
  const tried = await installKernels({ levels: [baseline], all: false, binding }, { ...options, execute });
  expect(tried.levels).toEqual({ baseline: { failed: expect.stringContaining("no C++ compiler") } });
});

test("one from the cache with which it does not compute is compiled again", async () => {
  const { options, placed, cache } = await make();
  await installKernels({ levels: [avx2], all: false, binding }, options);
  const [name] = await readdir(cache);
  await writeFile(join(cache, name!), "of another system");
  const verify = async () => {
    if ((await placed("avx2")) === "of another system") throw new NativeInstallError("does not load", "");
    return { version: "2.20.0", gpu: false };
  };
  expect(await installKernels({ levels: [avx2], all: false, binding }, { ...options, verify })).toMatchObject({ from: ["compiler"] });
});
