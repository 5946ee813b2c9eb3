import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goldenAdapter, goldenAdapters } from "@cai/testing";
import "@tensorflow/tfjs";
import { loadLora, loadPolicy } from "@cai/policy";
import { leftPadded, tinyGpt2, tinyLlama } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { exportOnnx } from "./export-onnx.ts";
import { OnnxDecoder } from "./onnx-decoder.fixture.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

// Written by PEFT: an adapter of each kind.
const kinds = goldenAdapters;

test.each(kinds)("%s is exported within the weights, with a configuration of the model that it makes", async (kind) => {
  const base = await loadPolicy(kind.startsWith("gpt2") ? tinyGpt2 : tinyLlama);
  const policy = await loadLora(base, goldenAdapter(kind));
  const directory = await mkdtemp(join(tmpdir(), "onnx-export-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await exportOnnx({ policy, directory });

  const prompts = leftPadded([[5, 6, 7, 9, 4]]);
  const logits = tf.tidy(() => policy.logits(policy.hiddenStates({ prompts, responses: leftPadded([[8]]) })).dataSync());
  const decoder = await OnnxDecoder.create(join(directory, "onnx/model.onnx"), 1);
  const exported = (await decoder.read(prompts))[0]!.at(-1)!;
  await decoder.release();
  expect(Math.max(...logits.map((logit, id) => Math.abs(exported[id]! - logit)))).toBeLessThan(1e-4);

  const config = JSON.parse(await readFile(join(directory, "config.json"), "utf8"));
  expect(config.tie_word_embeddings).toBe(policy.parts.config.tie_word_embeddings);
  for (const one of [base, policy]) one.dispose();
});
