import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ModelDescription, readModel } from "@cai/onnx-graph";
import { addLora, CausalPolicy, loadPolicy } from "@cai/policy";
import { leftPadded, tinyGpt2, tinyLlama } from "@cai/testing";
import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { exportOnnx } from "./export-onnx.ts";
import { OnnxDecoder } from "./onnx-decoder.fixture.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "onnx-export-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const filesIn = async (folder: string) => (await readdir(folder, { recursive: true })).sort();
const texts = ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"];
const jsonOf = async (path: string) => JSON.parse(await readFile(path, "utf8"));

test("the folder is as transformers.js wants it: texts at the top, models in onnx/", async () => {
  const policy = await loadPolicy(tinyLlama);
  const folder = join(await temporaryFolder(), "web", "model");
  await exportOnnx({ policy, directory: folder, quantize: true });
  expect(await filesIn(folder)).toEqual([...texts, "onnx", "onnx/model.onnx", "onnx/model_quantized.onnx"].sort());
  for (const name of texts.slice(1)) expect(await readFile(join(folder, name))).toEqual(await readFile(join(tinyLlama, name)));
  expect(await jsonOf(join(folder, "config.json"))).toEqual(await jsonOf(join(tinyLlama, "config.json")));

  const layers = [0, 1].flatMap((layer) => [`${layer}.key`, `${layer}.value`]);
  const model = readModel(await readFile(join(folder, "onnx/model.onnx")));
  const names = (values: ModelDescription["inputs"]) => values.map(({ name, type, shape }) => `${name} ${type} ${shape}`);
  expect(names(model.inputs)).toEqual([
    "input_ids int64 batch,tokens",
    "attention_mask int64 batch,past + tokens",
    "position_ids int64 batch,tokens",
    ...layers.map((name) => `past_key_values.${name} float32 batch,2,past,8`),
  ]);
  expect(names(model.outputs)).toEqual([
    "logits float32 batch,tokens,512",
    ...layers.map((name) => `present.${name} float32 batch,2,past + tokens,8`),
  ]);
  expect(model.nodes.filter(({ domain }) => domain !== "")).toEqual([]);
  policy.dispose();
});

test("without int8 an older int8 file goes, and the configuration names the dtype that is there", async () => {
  const policy = await loadPolicy(tinyGpt2);
  const folder = await temporaryFolder();
  await exportOnnx({ policy, directory: folder, quantize: true });
  await exportOnnx({ policy, directory: folder });
  expect(await readdir(join(folder, "onnx"))).toEqual(["model.onnx"]);
  expect(await jsonOf(join(folder, "config.json"))).toMatchObject({ model_type: "gpt2", "transformers.js_config": { dtype: "fp32" } });
  policy.dispose();
});

test("an adapter is exported within the weights, and the policy stays as it was", async () => {
  const base = await loadPolicy(tinyGpt2);
  const policy = await addLora(base, { rank: 2, seed: 5 });
  for (const parameter of policy.parameters.values()) parameter.assign(tf.fill([...parameter.shape], 0.1));
  const tensors = tf.memory().numTensors;
  const folder = await temporaryFolder();
  await exportOnnx({ policy, directory: folder });
  expect(tf.memory().numTensors).toBe(tensors);

  const prompts = leftPadded([[5, 6, 7]]);
  const logitsOf = (one: CausalPolicy) => tf.tidy(() => one.logits(one.hiddenStates({ prompts, responses: leftPadded([[8]]) })).dataSync());
  const decoder = await OnnxDecoder.create(join(folder, "onnx/model.onnx"), 1);
  const exported = (await decoder.read(prompts))[0]!.at(-1)!;
  await decoder.release();
  const [adapted, plain] = [logitsOf(policy), logitsOf(base)];
  for (const [id, logit] of adapted.entries()) expect(Math.abs(exported[id]! - logit)).toBeLessThan(1e-4);
  expect(Math.max(...adapted.map((logit, id) => Math.abs(logit - plain[id]!)))).toBeGreaterThan(0.1);
  policy.dispose();
  base.dispose();
});

test("weights of 2 GiB and more are refused before they are read", async () => {
  const policy = await loadPolicy(tinyGpt2);
  const { architecture } = policy.parts;
  const parameters = [...architecture.parameters, { name: "huge", shape: [2 ** 15, 2 ** 14], layer: 0, initial: { constant: 0 } }];
  const large = new CausalPolicy({ ...policy.parts, architecture: { ...architecture, parameters } });
  const folder = await temporaryFolder();
  await expect(exportOnnx({ policy: large, directory: folder })).rejects.toMatchObject({
    code: "too-large",
    message: "the weights take 2.0 GiB in float32 and an ONNX file holds less than 2: export to another format",
  });
  expect(await readdir(folder)).toEqual([]);
  policy.dispose();
});

test("a folder that can't be made is named", async () => {
  const policy = await loadPolicy(tinyGpt2);
  const file = join(await temporaryFolder(), "file");
  await writeFile(file, "");
  await expect(exportOnnx({ policy, directory: join(file, "out") })).rejects.toMatchObject({
    code: "cannot-write",
    message: expect.stringContaining(join(file, "out", "onnx")),
  });
  policy.dispose();
});
