import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requestOf } from "./fixtures/request.ts";
import { OnnxRewardModel } from "./onnx-reward-model.ts";
import { resolveRewardModel } from "./resolve-reward-model.ts";

const golden = fileURLToPath(new URL("../../../tools/golden/tiny-reward", import.meta.url));
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cai-resolve-"));
});
afterAll(() => rm(directory, { recursive: true }));

test.each([golden, join(golden, "model.onnx")])("%s is an ONNX model", async (spec) => {
  const model = await resolveRewardModel(spec);
  expect(model).toBeInstanceOf(OnnxRewardModel);
  await model.dispose?.();
});

test("a module is loaded", async () => {
  const path = join(directory, "length.mjs");
  await writeFile(path, "export default ({ responses }) => responses.map((text) => text.length);");
  expect(await (await resolveRewardModel(path)).score(requestOf(["abc"]))).toEqual(Float32Array.of(3));
});

test("an address is an endpoint, asked only when it has to score", async () => {
  await expect(resolveRewardModel("https://localhost:1/score")).resolves.toHaveProperty("score");
});

test.each([
  ["nowhere", '"nowhere" names no reward model'],
  ["nowhere.onnx", "there is no reward model nowhere.onnx"],
  ["nowhere.mjs", "there is no reward module"],
])("%s is refused", async (spec, message) => {
  await expect(resolveRewardModel(spec)).rejects.toThrow(message);
});
