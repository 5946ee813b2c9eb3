import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { goldenPath } from "@cai/testing";
import { lockFile, lockFolder } from "@cai/whole-file";
import { afterAll, expect, test } from "vitest";
import { CliError } from "./error.ts";
import { exportPolicy } from "./export-policy.ts";

const bin = fileURLToPath(new URL("../bin/cai.mjs", import.meta.url));
const policy = goldenPath("tiny-llama");
const root = await mkdtemp(join(tmpdir(), "cai-export-"));
afterAll(() => rm(root, { recursive: true }));

async function exported(...argv: string[]) {
  const child = spawn(process.execPath, [bin, "export", "--policy", policy, ...argv], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const exit = new Promise<number | null>((resolve) => child.on("close", resolve));
  return { stdout: await text(child.stdout), stderr: await text(child.stderr), exit: await exit };
}

test("safetensors gives the folder that the policy was loaded from, and prints where", async () => {
  const { exit, stdout } = await exported("--format", "safetensors", "--out", "folder");
  expect([exit, stdout]).toEqual([0, "folder\n"]);
  expect(await readFile(join(root, "folder/model.safetensors"))).toEqual(await readFile(join(policy, "model.safetensors")));
});

test("onnx gives a float32 model, and with --int8 a smaller one beside it", async () => {
  expect((await exported("--format", "onnx", "--int8", "--out", "web")).exit).toBe(0);
  expect((await readdir(join(root, "web", "onnx"))).sort()).toEqual(["model.onnx", "model_quantized.onnx"]);
});

test("gguf gives one file: the one named, or model.gguf in the folder named", async () => {
  const inFolder = await exported("--format", "gguf", "--out", "llama-cpp");
  expect([inFolder.exit, inFolder.stdout]).toEqual([0, "llama-cpp/model.gguf\n"]);
  expect(await readdir(join(root, "llama-cpp"))).toEqual(["model.gguf"]);
  const named = await exported("--format", "gguf", "--out", "to/come/tiny.gguf");
  expect([named.exit, named.stdout]).toEqual([0, "to/come/tiny.gguf\n"]);
  expect(await readdir(join(root, "to/come"))).toEqual(["tiny.gguf"]);
  expect(await readFile(join(root, "to/come/tiny.gguf"))).toEqual(await readFile(join(root, "llama-cpp/model.gguf")));
});

test("an --out that can't be what the format writes is refused", async () => {
  await mkdir(join(root, "folder.gguf"));
  await writeFile(join(root, "a-file"), "");
  const refused = [
    ["gguf", "folder.gguf", "is a folder"],
    ["gguf", "a-file", "is a file"],
    ["safetensors", "model.safetensors", "names a file"],
    ["onnx", "model.ONNX", "names a file"],
  ] as const;
  for (const [format, name, problem] of refused) {
    const out = join(root, name);
    await expect(exportPolicy({ policy, format, out })).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining(`--out ${out} ${problem}: `),
    });
  }
  expect(await readdir(root)).not.toContain("model.safetensors");
});

test("what another process writes to is refused before anything is loaded", async () => {
  const [folder, file] = [join(root, "taken"), join(root, "taken.gguf")];
  const locks = [await lockFolder(folder, CliError), await lockFile(file, CliError)];
  for (const [format, out] of [["onnx", folder], ["gguf", file], ["gguf", folder]] as const) // biome-ignore format: a line
    await expect(exportPolicy({ policy: "no-policy", format, out })).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining(`${out} is in use by this process, since 20`),
    });
  for (const lock of locks) await lock.release();
  expect((await readdir(root)).filter((name) => name.startsWith("taken"))).toEqual([]);
});

test("another format, and --int8 where it says nothing, are refused before anything is written", async () => {
  const unknown = await exported("--format", "pickle", "--out", "refused");
  expect([unknown.exit, unknown.stdout]).toEqual([2, ""]);
  expect(unknown.stderr).toMatch(/'pickle' is invalid\. Allowed choices are safetensors, onnx, gguf\./);
  const int8 = await exported("--format", "safetensors", "--int8", "--out", "refused");
  expect([int8.exit, int8.stderr]).toEqual([2, "error: --int8 goes with --format onnx or gguf, not with safetensors: leave it out\n"]);
  expect(await readdir(root)).not.toContain("refused");
});
