import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findOnnxRuntime } from "./find-onnx-runtime.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cai-runtime-"));
  await mkdir(join(directory, "project/node_modules/onnxruntime-node"), { recursive: true });
  await writeFile(join(directory, "project/node_modules/onnxruntime-node/index.js"), "");
});
afterAll(() => rm(directory, { recursive: true }));

const nowhere = () => join(directory, "package.json");
const project = () => join(directory, "project/package.json");

test("onnxruntime-node is found beside this package, else in the user's project", async () => {
  expect(fileURLToPath(findOnnxRuntime())).toContain(join("node_modules", "onnxruntime-node"));
  const inProject = pathToFileURL(join(directory, "project/node_modules/onnxruntime-node/index.js")).href;
  expect(findOnnxRuntime([nowhere(), project()])).toBe(inProject);
});

test("where it is not, the error names the command that installs it without its downloads", () => {
  expect(() => findOnnxRuntime([nowhere()])).toThrow(
    expect.objectContaining({
      code: "missing-runtime",
      message: expect.stringMatching(/which is not installed: (ONNXRUNTIME_NODE_INSTALL=skip )?npm i onnxruntime-node \(npm i -g where/),
    }),
  );
});
