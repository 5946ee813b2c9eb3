import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openSafetensors } from "@cai/safetensors";
import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyGpt2 } from "../../../../tools/golden-models.fixture.ts";
import { loadPolicy } from "../load-policy.ts";
import { type StoredTensor, temporaryFolder, writeTensors } from "../model-folder.fixture.ts";
import type { CausalPolicy } from "../policy.ts";
import { addLora } from "./add-lora.ts";
import { loadLora } from "./load-lora.ts";
import { mergeLora } from "./merge-lora.ts";

const golden = fileURLToPath(new URL("golden/gpt2-adapter", import.meta.url));
const firstB = "base_model.model.transformer.h.0.attn.c_attn.lora_B.weight";

let base: CausalPolicy;
beforeAll(async () => {
  await tf.setBackend("cpu");
  base = await loadPolicy(tinyGpt2);
});
afterAll(() => base.dispose());

/** PEFT's adapter in a folder of its own, with fields of its configuration changed (undefined: left out) and its tensors edited. */
async function adapterFolder(fields: Readonly<Record<string, unknown>>, edit?: (tensors: Map<string, StoredTensor>) => void) {
  const folder = await temporaryFolder();
  await cp(golden, folder, { recursive: true });
  const path = join(folder, "adapter_config.json");
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, "utf8")), ...fields }));
  if (edit !== undefined) {
    const file = await openSafetensors(join(golden, "adapter_model.safetensors"));
    const tensors = new Map<string, StoredTensor>();
    for (const name of file.names)
      tensors.set(name, { dtype: "F32", shape: file.tensors.get(name)!.shape, data: await file.readFloat32(name) });
    await file.close();
    edit(tensors);
    await writeTensors(join(folder, "adapter_model.safetensors"), tensors);
  }
  return folder;
}

async function expectRefused(folder: string, code: string, message: RegExp): Promise<void> {
  const { numTensors } = tf.memory();
  await expect(loadLora(base, folder)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  expect(tf.memory().numTensors).toBe(numTensors);
}

test("an adapted policy is saved as an adapter and as a merged model, and both load again", async () => {
  const policy = addLora(base, { rank: 2, alpha: 5, targets: ["c_attn"], seed: 3 });
  for (const { name, shape, assign } of policy.parameters.values()) if (name.endsWith("lora_B.weight")) assign(tf.fill([...shape], 0.125));
  const folder = join(await temporaryFolder(), "final");
  await policy.save(folder);
  expect((await readdir(folder)).sort()).toEqual(["adapter_config.json", "adapter_model.safetensors", "merged"]);
  expect(JSON.parse(await readFile(join(folder, "adapter_config.json"), "utf8"))).toEqual({
    base_model_name_or_path: base.identity.source,
    bias: "none",
    fan_in_fan_out: true,
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: 5,
    lora_dropout: 0,
    modules_to_save: null,
    peft_type: "LORA",
    r: 2,
    target_modules: ["c_attn"],
    task_type: "CAUSAL_LM",
    use_rslora: false,
  });

  const again = await loadLora(base, folder);
  const numbers = (one: CausalPolicy) => [...one.parameters].map(([name, { value }]) => [name, [...value.dataSync()]]);
  expect(numbers(again)).toEqual(numbers(policy));
  expect(again.identity.source).toBe(folder);
  const [merged, loaded] = [await mergeLora(policy), await loadPolicy(join(folder, "merged"))];
  expect(loaded.identity.sha256).toBe(merged.identity.sha256);
  for (const one of [policy, again, merged, loaded]) one.dispose();
});

test("the base is named as it was given: an id on the hub, its revision a field of its own, also where the adapter named it", async () => {
  const folder = await temporaryFolder();
  const resolveModel = async () => tinyGpt2;
  const hub = await loadPolicy("owner/name@v1", { resolveModel });
  expect(hub.identity.source).toBe("owner/name@v1");
  const trained = addLora(hub, { rank: 1 });
  await trained.save(join(folder, "first"));
  const loaded = await loadPolicy(join(folder, "first"), { resolveModel });
  await loaded.save(join(folder, "second"));
  for (const name of ["first", "second"]) {
    const config = JSON.parse(await readFile(join(folder, name, "adapter_config.json"), "utf8"));
    expect(config).toMatchObject({ base_model_name_or_path: "owner/name", revision: "v1" });
  }
  for (const one of [hub, trained, loaded]) one.dispose();
});

test("weights in half precision load, and targets may be a regular expression", async () => {
  const folder = await adapterFolder({ target_modules: ".*h\\.0\\.attn\\.c_attn" }, (tensors) => {
    for (const [name, tensor] of [...tensors]) {
      tensors.delete(name);
      if (name.includes("h.0.attn.c_attn")) tensors.set(name, { ...tensor, dtype: "F16" });
    }
  });
  const policy = await loadLora(base, folder);
  expect([...policy.parameters.keys()]).toEqual([firstB.replace("_B", "_A"), firstB]);
  policy.dispose();
});

test("a configuration that asks for another computation is refused by the field's name", async () => {
  const refused: [Record<string, unknown>, string, RegExp][] = [
    [{ peft_type: "IA3" }, "unsupported-config", /adapter_config\.json: peft_type is "IA3"; supported: "LORA"/],
    [{ lora_dropout: 0.05 }, "unsupported-config", /lora_dropout is 0\.05; supported: 0/],
    [{ bias: "all" }, "unsupported-config", /bias is "all"; supported: "none"/],
    [{ use_rslora: true }, "unsupported-config", /use_rslora is true; supported: none/],
    [{ use_dora: true }, "unsupported-config", /use_dora is true/],
    [{ modules_to_save: ["lm_head"] }, "unsupported-config", /modules_to_save is \["lm_head"\]/],
    [{ rank_pattern: { c_attn: 8 } }, "unsupported-config", /rank_pattern is \{"c_attn":8\}/],
    [{ layers_to_transform: [0] }, "unsupported-config", /layers_to_transform is \[0\]/],
    [{ init_lora_weights: "pissa" }, "unsupported-config", /init_lora_weights is "pissa"; supported: true, false, "gaussian"/],
    [{ task_type: "SEQ_CLS" }, "unsupported-config", /task_type is "SEQ_CLS"/],
    [{ of_tomorrow: 3 }, "unsupported-config", /of_tomorrow is 3; supported: none/],
    [{ r: 0 }, "bad-config", /r is 0, expected a positive integer/],
    [{ lora_alpha: "8" }, "bad-config", /lora_alpha is "8", expected a positive number/],
    [{ target_modules: null }, "bad-config", /target_modules is null, expected a list of names/],
    [{ target_modules: ["c_attn", "wte"] }, "bad-option", /adapter_config\.json: "wte" matches no linear layer/],
  ];
  for (const [fields, code, message] of refused) await expectRefused(await adapterFolder(fields), code, message);
});

test("tensors that are missing, unknown, of another shape or dtype, or damaged are refused by name", async () => {
  const shape = [96, 4];
  const data = new Float32Array(384);
  const refused: [(tensors: Map<string, StoredTensor>) => void, string, RegExp][] = [
    [
      (tensors) => tensors.delete(firstB),
      "missing-tensor",
      /adapter_model\.safetensors: tensor ".*h\.0\.attn\.c_attn\.lora_B\.weight" is missing/,
    ],
    [
      (tensors) => tensors.set("base_model.model.lm_head.weight", { dtype: "F32", shape, data }),
      "unknown-tensor",
      /"base_model\.model\.lm_head\.weight" belongs to no layer/,
    ],
    [(tensors) => tensors.set(firstB, { dtype: "F32", shape: [4, 96], data }), "shape-mismatch", /has shape \[4,96\], .* want \[96,4\]/],
    [(tensors) => tensors.set(firstB, { dtype: "I32", shape, data: new Int32Array(384) }), "bad-dtype", /is I32, expected F32, F16, BF16/],
    [(tensors) => tensors.set(firstB, { dtype: "F32", shape, data: data.with(7, Number.NaN) }), "not-finite", /holds NaN at element 7/],
  ];
  for (const [edit, code, message] of refused) await expectRefused(await adapterFolder({}, edit), code, message);
});

test("a folder without an adapter, and a policy that has one, are refused", async () => {
  await expectRefused(tinyGpt2, "missing-file", /adapter_config\.json does not exist: give a folder that PEFT/);
  const policy = await loadLora(base, golden);
  await expect(loadLora(policy, golden)).rejects.toThrow("has an adapter already");
  policy.dispose();
});

test("the folder of an adapter loads as a policy, on the base model that it names", async () => {
  const named = await adapterFolder({ base_model_name_or_path: tinyGpt2 });
  const { numTensors } = tf.memory();
  const policy = await loadPolicy(named);
  const same = await loadLora(base, named);
  expect(policy.identity).toEqual(same.identity);
  for (const one of [policy, same]) one.dispose();
  expect(tf.memory().numTensors).toBe(numTensors);
  for (const [fields, message] of [
    [{ base_model_name_or_path: named }, "which holds an adapter too"],
    [{ base_model_name_or_path: null }, "base_model_name_or_path is missing"],
    [
      { base_model_name_or_path: `${named}-gone` },
      /base_model_name_or_path is ".*-gone", which does not exist here \(.*\): put the base model's folder there, .* resolveModel of @cai\/hub/,
    ],
  ] as const)
    await expect(loadPolicy(await adapterFolder(fields))).rejects.toThrow(message);
});

test("a base model that is no path is found by the function that is handed in, at the revision that PEFT noted", async () => {
  const asked: string[] = [];
  const resolveModel = async (id: string): Promise<string> => {
    asked.push(id);
    return tinyGpt2;
  };
  const named = await adapterFolder({ base_model_name_or_path: "owner/model" });
  const pinned = await adapterFolder({ base_model_name_or_path: "owner/model", revision: "v1" });
  const local = await adapterFolder({ base_model_name_or_path: tinyGpt2, revision: "v1" });
  const policies = [];
  for (const folder of [named, pinned, local]) policies.push(await loadPolicy(folder, { resolveModel }));
  expect(asked).toEqual(["owner/model", "owner/model@v1"]);
  expect(new Set(policies.map(({ identity }) => identity.sha256)).size).toBe(1);
  for (const policy of policies) policy.dispose();

  const offline = new Error("owner/model is not in the cache, and the hub can't be reached");
  await expect(loadPolicy(named, { resolveModel: () => Promise.reject(offline) })).rejects.toBe(offline);
  await expect(loadPolicy(named, { resolveModel: async () => pinned })).rejects.toThrow("which holds an adapter too");
});
