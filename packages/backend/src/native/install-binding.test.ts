import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bindingFile } from "./binding.mjs";
import { NativeInstallError } from "./error.mjs";
import { installBinding } from "./install-binding.mjs";
import type { run } from "./run.mjs";
import { temporaryFolder } from "./temporary-folder.fixture.ts";

/** A cache, a tfjs-node, and a compiler that notes its inputs in its output and fails on the sources that `fails` picks. */
async function make({ fails = () => false as boolean }: { fails?: (source: string) => boolean } = {}) {
  const [packageDirectory, cache] = [await temporaryFolder(), join(await temporaryFolder(), "cai")];
  await mkdir(join(packageDirectory, "binding"));
  const steps: string[] = [];
  const execute: typeof run = async (_command, args) => {
    const ok = !args.some(fails);
    if (ok && args[0] !== "--version") await writeFile(args.at(-1)!, args.join(" "));
    return { ok, missing: false, stdout: "", stderr: "g++: error: unrecognized command-line option '-march=native'" };
  };
  const library = { name: "tensorflow", directory: "/library" };
  const options = { packageDirectory, version: "4.22.0", library, cache, key: "tfjs-binding-4.22.0-tensorflow-new", execute };
  const placed = () => readFile(bindingFile(packageDirectory), "utf8");
  return { options: { ...options, progress: (text: string) => void steps.push(text) }, placed, cache, steps };
}

const works = async () => ({ version: "2.20.0", gpu: false });

test("the binding comes with our kernels, once compiled from the cache", async () => {
  const { options, placed, cache, steps } = await make();
  expect(await installBinding({ ...options, verify: works })).toEqual({ version: "2.20.0", kernels: true, done: ["compiled"] });
  expect(await placed()).toContain("gelu.o");
  expect(await installBinding({ ...options, verify: works })).toEqual({ version: "2.20.0", kernels: true, done: [] });
  expect(steps).toEqual(["compiling the binding", "checking that it computes", "checking that it computes"]);
  expect(await readdir(cache)).toEqual([`${options.key}.node`]);
});

test("kernels that don't compile are left out, and the reason is told", async () => {
  const { options, placed } = await make({ fails: (argument) => argument.endsWith("gelu.cc") });
  expect(await installBinding({ ...options, verify: works })).toEqual({
    version: "2.20.0",
    kernels: false,
    done: ["compiled", expect.stringMatching(/^without the faster kernels \(.*unrecognized command-line option '-march=native'\)$/)],
  });
  expect(await placed()).not.toContain("gelu.o");
});

test("kernels with which it does not load are left out too", async () => {
  const { options, placed } = await make();
  const verify = async () => {
    if ((await placed()).includes("gelu.o")) throw new NativeInstallError("does not load: undefined symbol: TF_GetInput", "");
    return works();
  };
  const installed = await installBinding({ ...options, verify });
  expect(installed).toMatchObject({ kernels: false, done: ["compiled", expect.stringContaining("undefined symbol")] });
});

test("one from the cache that does not load here is compiled again", async () => {
  const { options, placed, cache } = await make();
  await mkdir(cache);
  await writeFile(join(cache, `${options.key}.node`), "of another system");
  const verify = async () => {
    if ((await placed()) === "of another system") throw new NativeInstallError("does not load", "");
    return works();
  };
  expect(await installBinding({ ...options, verify })).toMatchObject({ kernels: true, done: ["compiled"] });
});

test("what fails without kernels too is the error", async () => {
  const { options } = await make({ fails: (argument) => argument.endsWith("tfjs_backend.cc") });
  await expect(installBinding({ ...options, verify: works })).rejects.toThrow(NativeInstallError);
  const broken = async () => Promise.reject(new NativeInstallError("libtensorflow_cc.so.2 is broken", ""));
  await expect(installBinding({ ...(await make()).options, verify: broken })).rejects.toThrow("libtensorflow_cc.so.2 is broken");
});

test("bindings of older sources go from the cache", async () => {
  const { options, cache } = await make();
  await mkdir(cache);
  await writeFile(join(cache, "tfjs-binding-4.22.0-tensorflow-old.node"), "");
  await installBinding({ ...options, verify: works });
  expect(await readdir(cache)).toEqual([`${options.key}.node`]);
});
