import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { NativeInstallError } from "./error.mjs";
import { installBinding } from "./install-binding.mjs";
import { bindingFile } from "./places.mjs";
import type { run } from "./run.mjs";

/** A cache, a tfjs-node, and a compiler that notes its inputs in its output or fails. */
async function make({ fails = false } = {}) {
  const [packageDirectory, cache] = [await temporaryFolder(), join(await temporaryFolder(), "cai")];
  await mkdir(join(packageDirectory, "binding"));
  const steps: string[] = [];
  const execute: typeof run = async (_command, args) => {
    const ok = args[0] === "--version" || !fails;
    if (ok && args[0] !== "--version") await writeFile(args.at(-1)!, args.join(" "));
    return { ok, missing: false, stdout: "", stderr: "g++: fatal error: no input files" };
  };
  const library = { name: "tensorflow", directory: "/library" };
  const options = { packageDirectory, version: "4.22.0", library, cache, key: "tfjs-node-binding-4.22.0-tensorflow-new", execute };
  const placed = () => readFile(bindingFile(packageDirectory), "utf8");
  return { options: { ...options, progress: (text: string) => void steps.push(text) }, placed, cache, steps };
}

const works = async () => ({ version: "2.20.0", gpu: false });

test("the binding is compiled once, and then comes from the cache", async () => {
  const { options, placed, cache, steps } = await make();
  expect(await installBinding({ ...options, verify: works })).toEqual({ version: "2.20.0", from: "compiler" });
  expect(await placed()).toContain("tfjs_backend.o");
  expect(await installBinding({ ...options, verify: works })).toEqual({ version: "2.20.0", from: "cache" });
  expect(steps).toEqual(["compiling the binding", "checking that it computes", "checking that it computes"]);
  expect(await readdir(cache)).toEqual([`${options.key}.node`]);
});

test("one from the cache that does not load here is compiled again", async () => {
  const { options, placed, cache } = await make();
  await mkdir(cache);
  await writeFile(join(cache, `${options.key}.node`), "of another system");
  const verify = async () => {
    if ((await placed()) === "of another system") throw new NativeInstallError("does not load", "");
    return works();
  };
  expect(await installBinding({ ...options, verify })).toEqual({ version: "2.20.0", from: "compiler" });
});

test("what does not compile, or does not load, is the error", async () => {
  const { options } = await make({ fails: true });
  await expect(installBinding({ ...options, verify: works })).rejects.toThrow(NativeInstallError);
  const broken = async () => Promise.reject(new NativeInstallError("libtensorflow_cc.so.2 is broken", ""));
  await expect(installBinding({ ...(await make()).options, verify: broken })).rejects.toThrow("libtensorflow_cc.so.2 is broken");
});

test("bindings of older sources go from the cache", async () => {
  const { options, cache } = await make();
  await mkdir(cache);
  await writeFile(join(cache, "tfjs-node-binding-4.22.0-tensorflow-old.node"), "");
  await installBinding({ ...options, verify: works });
  expect(await readdir(cache)).toEqual([`${options.key}.node`]);
});
