import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { describeLoadError, isLoadError } from "../bin/load-error.mjs";

const root = await mkdtemp(join(tmpdir(), "cai-load-"));
afterAll(() => rm(root, { recursive: true }));

/** @cai/cli as npm would have put it below `folder`, but for a package that its code imports; runs it. */
async function runIncomplete(folder: string): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const cli = join(root, folder, "node_modules/@cai/cli");
  await mkdir(join(cli, "dist"), { recursive: true });
  await cp(fileURLToPath(new URL("../bin", import.meta.url)), join(cli, "bin"), { recursive: true });
  await writeFile(join(cli, "package.json"), '{"type": "module"}');
  await writeFile(join(cli, "dist/index.js"), 'import "onnxruntime-node";');
  return spawnSync(process.execPath, [join(cli, "bin/cai.mjs"), "doctor"], { encoding: "utf8" });
}

test("a package that is missing is told in one line, with the command that brings it", async () => {
  const { status, stdout, stderr } = await runIncomplete("global/lib");
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(
    /^error: cai can't be loaded: Cannot find package 'onnxruntime-node' imported from .+; install it anew: ONNXRUNTIME_NODE_INSTALL=skip npm install --global @cai\/cli onnxruntime-node\n$/,
  );
});

test("the command is the one for where cai lies: in a project, in npx's cache, in a clone", async () => {
  await mkdir(join(root, "project"));
  await writeFile(join(root, "project/package.json"), "{}");
  expect((await runIncomplete("project")).stderr).toMatch(/npm install @cai\/cli onnxruntime-node\n$/);
  await mkdir(join(root, "npx"));
  await writeFile(join(root, "npx/package.json"), '{"_npx": {"packages": ["@cai/cli"]}}');
  expect((await runIncomplete("npx")).stderr).toMatch(new RegExp(`remove ${join(root, "npx")} and run it again\n$`));
  expect(describeLoadError(new Error("Cannot find package 'tsx'"), "/home/ada/cai/packages/cli/bin/cai.mjs")).toMatch(/: npm ci$/);
});

test("only errors of loading count as such", async () => {
  const missing = await import("./nowhere.js" as string).catch((error: unknown) => error);
  expect(isLoadError(missing)).toBe(true);
  expect(isLoadError(Object.assign(new Error("no such file"), { code: "ENOENT" }))).toBe(false);
  expect(isLoadError("text")).toBe(false);
});
