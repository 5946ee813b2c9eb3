import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { placeAddon } from "./addon.mjs";
import { bindingKey, ensureBinding, pruneBindings } from "./binding.mjs";
import { bindingFile } from "./places.mjs";
import type { run } from "./run.mjs";

async function makePackage() {
  const packageDirectory = await temporaryFolder();
  await mkdir(join(packageDirectory, "binding"));
  await writeFile(join(packageDirectory, "binding", "tfjs_backend.cc"), "int answer() { return 42; }\n");
  return { packageDirectory, version: "4.22.0", library: "tensorflow-2.20.0-cpu-linux-x64" };
}

/** A compiler that writes its arguments where the program should go. */
function compilerOf(stderr = "") {
  const calls: (readonly string[])[] = [];
  const execute: typeof run = async (_command, args) => {
    if (args[0] !== "--version") {
      calls.push(args);
      if (stderr === "") await writeFile(args.at(-1)!, args.join(" "));
    }
    return { ok: args[0] === "--version" || stderr === "", missing: false, stdout: "", stderr };
  };
  return { execute, calls };
}

test("the key changes with the sources, tfjs-node's version and the library", async () => {
  const described = await makePackage();
  const key = await bindingKey(described);
  expect(key).toMatch(/^tfjs-node-binding-4\.22\.0-tensorflow-2\.20\.0-cpu-linux-x64-[0-9a-f]{16}$/);
  expect(await bindingKey(described)).toBe(key);
  expect(await bindingKey({ ...described, version: "4.23.0" })).not.toBe(key);
  expect(await bindingKey({ ...described, library: "tensorflow-2.20.0-gpu-linux-x64" })).not.toBe(key);
  await writeFile(join(described.packageDirectory, "binding", "tfjs_backend.cc"), "int answer() { return 43; }\n");
  expect(await bindingKey(described)).not.toBe(key);
});

test("it is compiled once into the cache, to look for the library beside itself", async () => {
  const { packageDirectory } = await makePackage();
  const cache = await temporaryFolder();
  const { execute, calls } = compilerOf();
  const options = { packageDirectory, library: "/library", cache, key: "key", progress: () => {}, execute };
  expect(await ensureBinding(options)).toEqual({ file: join(cache, "key.node"), from: "compiler" });
  expect(await ensureBinding(options)).toEqual({ file: join(cache, "key.node"), from: "cache" });
  expect(calls).toHaveLength(2 + 2); // tfjs-node's sources, the stand-in for the library, and the link
  expect(calls.at(-1)).toContain("-Wl,-rpath,$ORIGIN/../../deps/lib");
  expect(await readdir(cache)).toEqual(["key.node"]);
  await placeAddon(join(cache, "key.node"), bindingFile(packageDirectory));
  expect(await readFile(bindingFile(packageDirectory), "utf8")).toContain("tfjs_binding.o");
});

test("bindings of other sources go; those of another tfjs-node or library, and all else in the cache, stay", async () => {
  const { packageDirectory, ...described } = await makePackage();
  const cache = await temporaryFolder();
  const key = await bindingKey({ packageDirectory, ...described });
  const other = key.replace(/[0-9a-f]{16}$/, "0123456789abcdef");
  const stay = [`${key}.node`, other.replace("4.22.0", "4.23.0"), "model.gguf", `${other}.txt`].sort();
  for (const name of [...stay, `${other}.node`]) await writeFile(join(cache, name), "");
  await pruneBindings({ cache, ...described, key });
  expect((await readdir(cache)).sort()).toEqual(stay);
});

test("a compiler that fails, or none at all, is told with what to install", async () => {
  const { packageDirectory } = await makePackage();
  const cache = await temporaryFolder();
  const options = { packageDirectory, library: "/library", cache, key: "key", progress: () => {} };
  const { execute } = compilerOf("binding.cc:3: fatal error: cstdio: No such file or directory\ncompilation terminated.\n");
  await expect(ensureBinding({ ...options, execute })).rejects.toMatchObject({ message: expect.stringContaining("cstdio: No such file") });
  const none: typeof run = async () => ({ ok: false, missing: true, stdout: "", stderr: "" });
  await expect(ensureBinding({ ...options, execute: none })).rejects.toMatchObject({ fix: "install one: apt-get install g++" });
  expect(await readdir(cache)).toEqual([]);
});
