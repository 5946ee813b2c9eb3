import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goldenPath } from "@cai/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requestOf } from "./fixtures/request.ts";
import { OnnxRewardModel } from "./onnx-reward-model.ts";
import { resolveRewardModel } from "./resolve-reward-model.ts";

const golden = goldenPath("tiny-reward");
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

test("options reach an ONNX model, and are refused for what is none", async () => {
  await expect(resolveRewardModel(golden, { label: 5 })).rejects.toThrow("none is 5");
  await expect(resolveRewardModel("https://localhost:1/score", { label: 5 })).rejects.toThrow(
    "https://localhost:1/score is no ONNX model: leave away the option label",
  );
  await expect(resolveRewardModel("https://localhost:1/score", { resolveModel: async () => golden })).resolves.toHaveProperty("score");
});

test("what is no path here is an id on the hub where something finds its folder", async () => {
  const asked: unknown[] = [];
  const resolveModel = async (...given: unknown[]) => {
    asked.push(given);
    return golden;
  };
  const model = await resolveRewardModel("owner/reward@v1", { resolveModel, file: "model.onnx" });
  expect(await model.score(requestOf(["abc"]))).toHaveLength(1);
  await model.dispose?.();
  await (await resolveRewardModel(golden, { resolveModel })).dispose?.();
  expect(asked).toEqual([["owner/reward@v1", { file: "model.onnx" }]]);
});

test.each([
  ["nowhere", '"nowhere" names no reward model'],
  ["nowhere.onnx", "there is no reward model nowhere.onnx"],
  ["nowhere.mjs", "there is no reward module"],
])("%s is refused", async (spec, message) => {
  await expect(resolveRewardModel(spec)).rejects.toThrow(message);
});
