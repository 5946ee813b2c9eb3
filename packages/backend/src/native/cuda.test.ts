import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { ensureCudaLibraries } from "./cuda.mjs";
import type { run } from "./run.mjs";

/** pip replaced: it makes the folder that the libraries come in, or fails; what it was given is kept. */
function withPip({ fails = false } = {}) {
  const given: { args: readonly string[]; requirements: string }[] = [];
  const execute: typeof run = async (_, args) => {
    if (args.includes("--version")) return { ok: true, missing: false, stdout: "pip 24", stderr: "" };
    given.push({ args, requirements: await readFile(args[args.indexOf("--requirement") + 1]!, "utf8") });
    if (fails) return { ok: false, missing: false, stdout: "", stderr: "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES" };
    await mkdir(join(args[args.indexOf("--target") + 1]!, "nvidia", "cudnn"), { recursive: true });
    return { ok: true, missing: false, stdout: "", stderr: "" };
  };
  return { execute, given };
}

test("pip is to take each library by its SHA-256 and nothing that they depend on, once", async () => {
  const library = await temporaryFolder();
  const { execute, given } = withPip();
  expect(await ensureCudaLibraries({ library, execute, progress: () => {} })).toBe(true);
  expect(await ensureCudaLibraries({ library, execute, progress: () => {} })).toBe(false);
  expect(await readdir(library)).toEqual(["nvidia"]);
  expect(given).toHaveLength(1);
  expect(given[0]!.args).toEqual(expect.arrayContaining(["install", "--require-hashes", "--no-deps", "--only-binary=:all:"]));
  const lines = given[0]!.requirements.trim().split("\n");
  expect(lines.length).toBeGreaterThan(10);
  for (const line of lines) expect(line).toMatch(/^nvidia-[a-z-]+-cu12==\d+(\.\d+)+ --hash=sha256:[0-9a-f]{64}$/);
});

test("where the hashes don't match nothing is kept, and pip's word is told", async () => {
  const library = await temporaryFolder();
  const { execute } = withPip({ fails: true });
  await expect(ensureCudaLibraries({ library, execute, progress: () => {} })).rejects.toThrow(
    "pip could not install the CUDA libraries: ERROR: THESE PACKAGES DO NOT MATCH THE HASHES",
  );
  expect(await readdir(library)).toEqual([]);
});
