import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { errorOf, main, nowhere, startHub, v1 } from "./hub.fixture.ts";
import { type ResolveModelOptions, resolveModel, resolveOnnxModel } from "./resolve-model.ts";

const { endpoint, cache, requestsOf } = await startHub();

async function freshCache() {
  const { cacheDir, folderOf } = await cache();
  const resolve = (source: string, options: ResolveModelOptions & { readonly file?: string } = {}) =>
    resolveOnnxModel(source, { endpoint, cacheDir, ...options });
  return { cacheDir, folderOf, resolve };
}
const filesOf = async (folder: string) => (await readdir(folder, { recursive: true })).filter((name) => name !== "onnx").sort();

test("one ONNX model with its external data comes from the folder onnx, and no other precision, no safetensors", async () => {
  const { resolve, folderOf } = await freshCache();
  const folder = await resolve("onnx-folder/tiny");
  expect(folder).toBe(join(folderOf("onnx-folder/tiny"), "snapshots", main));
  expect(await filesOf(folder)).toEqual(["config.json", "onnx/model.onnx", "onnx/model.onnx_data", "tokenizer.json"]);
  expect(await readFile(join(folder, "onnx/model.onnx_data"), "utf8")).toBe("its weights");
});

test("a file within the repository is taken instead, with its own external data", async () => {
  const { resolve } = await freshCache();
  const folder = await resolve("onnx-folder/smaller@v1", { file: "onnx/model_quantized.onnx" });
  expect(folder).toMatch(new RegExp(`${v1}$`));
  expect(await filesOf(folder)).toEqual(["config.json", "onnx/model_quantized.onnx", "onnx/model_quantized.onnx_data", "tokenizer.json"]);
});

test("the model comes last, so that one that is in the cache is whole and used without any request", async () => {
  const { resolve } = await freshCache();
  const folder = await resolve("onnx-folder/twice");
  const asked = await requestsOf("onnx-folder/twice");
  expect(asked.at(-1)).toBe("/onnx-folder/twice/resolve/a/onnx/model.onnx");
  expect(await resolve("onnx-folder/twice", { endpoint: nowhere })).toBe(folder);
  expect(await requestsOf("onnx-folder/twice")).toEqual(asked);
});

test("a policy's files in the cache are no ONNX model, and an ONNX model's no policy", async () => {
  const { resolve, cacheDir } = await freshCache();
  const options = { endpoint, cacheDir };
  const policy = await resolveModel("onnx-folder/both", options);
  expect(await filesOf(policy)).toEqual(["config.json", "model.safetensors", "tokenizer.json"]);
  expect(await resolve("onnx-folder/both")).toBe(policy);
  expect(await filesOf(policy)).toContain("onnx/model.onnx");
});

test("a path that exists is returned as it is, and one of an .onnx file that doesn't is no id", async () => {
  const { resolve } = await freshCache();
  expect(await resolve("packages")).toBe("packages");
  expect(await errorOf(resolve("rewards/model.onnx"))).toMatchObject({ code: "missing-path" });
});

test("a repository without the model says what it has, or how to export one, before anything is downloaded", async () => {
  const { resolve, cacheDir } = await freshCache();
  expect(await errorOf(resolve("pickle/tiny"))).toMatchObject({
    code: "unusable",
    message:
      "pickle/tiny on the hub has no ONNX model (model.onnx or onnx/model.onnx)\n" +
      "Export it in Python: `optimum-cli export onnx --model pickle/tiny --task text-classification folder`, and give that folder",
  });
  expect((await errorOf(resolve("onnx-quantized/tiny"))).message).toBe(
    "onnx-quantized/tiny on the hub has no model.onnx or onnx/model.onnx\nIt has onnx/model_quantized.onnx: choose one with the option file",
  );
  expect((await errorOf(resolve("onnx-folder/tiny", { file: "onnx/model_q4.onnx" }))).message).toContain(
    "has no onnx/model_q4.onnx\nIt has onnx/model.onnx, onnx/model_quantized.onnx",
  );
  expect((await errorOf(resolve("onnx-alone/tiny"))).message).toContain("has no config.json, tokenizer.json\nIn Python, AutoConfig");
  expect(await readdir(cacheDir)).toEqual([]);
});

test("offline, without a cached model, two lines say where to put which files", async () => {
  const { resolve, folderOf } = await freshCache();
  const { code, message } = await errorOf(resolve("onnx-folder/absent", { endpoint: nowhere }));
  expect(code).toBe("offline");
  expect(message.split("\n")[1]).toBe(
    "Go online, or put config.json, tokenizer.json, model.onnx (and tokenizer_config.json and model.onnx_data where it has them) into " +
      join(folderOf("onnx-folder/absent"), "snapshots/main"),
  );
});
