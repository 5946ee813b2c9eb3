import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { NativeInstallError } from "./error.mjs";
import { installBinding } from "./install-binding.mjs";
import { installKernels } from "./install-kernels.mjs";
import { levelsOf } from "./levels.mjs";
import { bindingFile, kernelFile } from "./places.mjs";
import { findPrebuilt, prebuiltPackage, sha256 } from "./prebuilt.mjs";
import type { run } from "./run.mjs";

const avx2 = levelsOf({ platform: "linux", arch: "x64" }).find(({ name }) => name === "avx2")!;
const key = "tfjs-node-binding-4.22.0-tensorflow-new";
const kernels = "cai-kernels-tensorflow-avx2-new.node";

/** A package with a binding and kernels, an empty cache, a tfjs-node, and a compiler that notes its arguments in its output. */
async function make({ hashes = {} as Record<string, string> } = {}) {
  const [packageDirectory, root] = [await temporaryFolder(), await temporaryFolder()];
  const [cache, brought] = [join(root, "cai"), join(root, "kernels-linux-x64")];
  await Promise.all([cache, brought, join(packageDirectory, "binding")].map((folder) => mkdir(folder)));
  const texts = { [`${key}.node`]: "a ready binding", [kernels]: "ready kernels" };
  for (const [name, text] of Object.entries(texts)) await writeFile(join(brought, name), text);
  const files = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, sha256(Buffer.from(text))]));
  const manifest = join(brought, "manifest.json");
  await writeFile(manifest, JSON.stringify({ files: { ...files, ...hashes } }));
  const compiled: string[] = [];
  const execute: typeof run = async (_command, args) => {
    if (args[0] !== "--version") {
      compiled.push(args.at(-1)!);
      await writeFile(args.at(-1)!, "compiled here");
    }
    return { ok: true, missing: false, stdout: "g++ 12", stderr: "" };
  };
  const told: string[] = [];
  const library = { name: "tensorflow", directory: "/library" };
  const place = { env: {}, findManifest: () => manifest, tell: (text: string) => void told.push(text) };
  const verify = async () => ({ version: "2.20.0", gpu: false });
  const options = { packageDirectory, library, cache, progress: () => {}, execute, verify, prebuilt: place };
  const install = {
    binding: (more = {}) => installBinding({ ...options, version: "4.22.0", key, ...more }),
    kernels: (more = {}) =>
      installKernels({ levels: [avx2], all: false, binding: Promise.resolve() }, { ...options, key: "new", has: () => true, ...more }),
  };
  const placed = async () => [
    await readFile(bindingFile(packageDirectory), "utf8"),
    await readFile(kernelFile(packageDirectory, "avx2"), "utf8"),
  ];
  return { install, placed, cache, brought, compiled, told, place, verify };
}

test("what a package brings is put in place: nothing is compiled, nothing cached, and the package stays as it was", async () => {
  const { install, placed, cache, brought, compiled } = await make();
  expect(await install.binding()).toEqual({ version: "2.20.0", from: "package" });
  expect(await install.kernels()).toEqual({
    levels: { avx2: { bytes: "ready kernels".length, package: prebuiltPackage() } },
    from: ["package"],
  });
  expect(await placed()).toEqual(["a ready binding", "ready kernels"]);
  expect([compiled, (await readdir(cache)).filter((name) => name.endsWith(".node"))]).toEqual([[], []]);
  expect(await readdir(brought)).toEqual([kernels, "manifest.json", `${key}.node`].sort());
});

test("a file that is not as the manifest says is told, and compiled instead", async () => {
  const { install, placed, brought, told } = await make({ hashes: { [kernels]: sha256(Buffer.from("other kernels")) } });
  await install.binding();
  expect(await install.kernels()).toMatchObject({ from: ["compiler"] });
  expect(await placed()).toEqual(["a ready binding", "compiled here"]);
  expect(told).toEqual([`${join(brought, kernels)} is damaged: reinstall ${prebuiltPackage()}`]);
});

test("files of other sources don't count", async () => {
  const { install, brought, told } = await make();
  const { levels, from } = await install.kernels({ key: "newer" });
  expect([levels, from]).toEqual([{ avx2: { bytes: "compiled here".length } }, ["compiler"]]);
  expect(told).toEqual([]);
  expect(await readFile(join(brought, kernels), "utf8")).toBe("ready kernels");
});

test("a compiler that is named compiles", async () => {
  const { install, place } = await make();
  const prebuilt = { ...place, env: { CXX: "clang++" } };
  expect((await install.binding({ prebuilt })).from).toBe("compiler");
  expect(await install.kernels({ prebuilt })).toMatchObject({ from: ["compiler"] });
});

test("what does not compute here is compiled here, and the package keeps its own", async () => {
  const { install, placed, brought, told } = await make();
  let tries = 0;
  const verify = async () => {
    if (tries++ === 0) throw new NativeInstallError("GLIBC_2.38 not found", "");
    return { version: "2.20.0", gpu: false };
  };
  expect((await install.binding({ verify })).from).toBe("compiler");
  tries = 0;
  expect(await install.kernels({ verify })).toMatchObject({ from: ["compiler"] });
  expect(await placed()).toEqual(["compiled here", "compiled here"]);
  expect(told).toEqual([`${key}.node`, kernels].map((name) => `${join(brought, name)} does not compute here: GLIBC_2.38 not found`));
  expect(await readFile(join(brought, kernels), "utf8")).toBe("ready kernels");
});

test("what computes nowhere is an error, not tried for ever", async () => {
  const { install, cache } = await make();
  await writeFile(join(cache, `${key}.node`), "of another system");
  const verify = () => Promise.reject(new NativeInstallError("libtensorflow_cc.so.2 is broken", ""));
  await expect(install.binding({ verify })).rejects.toThrow("libtensorflow_cc.so.2 is broken");
});

test("a manifest that can't be read is told", async () => {
  const told: string[] = [];
  const broken = join(await temporaryFolder(), "manifest.json");
  await writeFile(broken, "{");
  const options = { env: {}, findManifest: () => broken, tell: (text: string) => void told.push(text) };
  expect(await findPrebuilt("a.node", options)).toBeUndefined();
  expect(told).toEqual([expect.stringMatching(/a\.node can't be read \(.*JSON.*\): reinstall @cai\/kernels-/)]);
});

test("a machine's package has npm's names of system and processor", () => {
  expect(prebuiltPackage({ platform: "linux", arch: "arm64" })).toBe("@cai/kernels-linux-arm64");
});
