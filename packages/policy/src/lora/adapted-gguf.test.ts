import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "@cai/testing";
import "@tensorflow/tfjs";
import { tinyGpt2, tinyLlama } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { exportGguf } from "../gguf/export.ts";
import { loadPolicy } from "../load/load-policy.ts";
import { loadLora } from "./load-lora.ts";
import { mergeLora } from "./merge-lora.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

// Written by PEFT: an adapter of each kind.
const adapters = fileURLToPath(new URL("golden/", import.meta.url));
const kinds = await readdir(adapters);

test.each(kinds)("%s is in the weights of a GGUF file", async (kind) => {
  const base = await loadPolicy(kind.startsWith("gpt2") ? tinyGpt2 : tinyLlama);
  const policy = await loadLora(base, join(adapters, kind));
  const merged = await mergeLora(policy);
  const path = join(await temporaryFolder(), "model.gguf");
  await exportGguf({ policy, path, dtype: "F32" });
  const again = await loadPolicy(path);
  expect(again.identity.sha256).toBe(merged.identity.sha256);
  for (const one of [base, policy, merged, again]) one.dispose();
});
