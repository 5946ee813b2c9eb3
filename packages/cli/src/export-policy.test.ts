import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const bin = fileURLToPath(new URL("../bin/cai.mjs", import.meta.url));
const policy = fileURLToPath(new URL("../../../tools/golden/tiny-llama", import.meta.url));
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

test("gguf gives one file that loads again", async () => {
  expect((await exported("--format", "gguf", "--out", "llama-cpp")).exit).toBe(0);
  expect(await readdir(join(root, "llama-cpp"))).toEqual(["model.gguf"]);
});

test("another format, and --int8 where it says nothing, are refused before anything is written", async () => {
  const unknown = await exported("--format", "pickle", "--out", "refused");
  expect([unknown.exit, unknown.stdout]).toEqual([2, ""]);
  expect(unknown.stderr).toMatch(/'pickle' is invalid\. Allowed choices are safetensors, onnx, gguf\./);
  const int8 = await exported("--format", "safetensors", "--int8", "--out", "refused");
  expect([int8.exit, int8.stderr]).toEqual([2, "error: --int8 goes with --format onnx or gguf, not with safetensors: leave it out\n"]);
  expect(await readdir(root)).not.toContain("refused");
});
