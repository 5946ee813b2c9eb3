import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openSafetensors } from "@cai/safetensors";
import { temporaryFolder } from "@cai/testing";
import "@tensorflow/tfjs";
import { goldenModels, tinyGpt2, tinyLlama } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PolicyError } from "../error.ts";
import { loadPolicy } from "../load/load-policy.ts";
import { type StoredTensor, writeTensors } from "../model-folder.fixture.ts";
import type { CausalPolicy } from "../policy.ts";
import { addLora } from "./add-lora.ts";
import { loadLora } from "./load-lora.ts";
import { mergeLora } from "./merge-lora.ts";

const golden = fileURLToPath(new URL("golden/gpt2-adapter", import.meta.url));
const { batch } = goldenModels[0];
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

/** A model in a folder of its own, with fields of its configuration changed. */
async function modelFolderOf(model: string, fields: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await temporaryFolder();
  await cp(model, folder, { recursive: true });
  const path = join(folder, "config.json");
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, "utf8")), ...fields }));
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
    [{ init_lora_weights: "pissa" }, "unsupported-config", /init_lora_weights is "pissa", which changes the base .*: convert it by PEFT's/],
    [{ init_lora_weights: "pissa_niter_16" }, "unsupported-config", /is "pissa_niter_16", which changes the base/],
    [{ init_lora_weights: "olora" }, "unsupported-config", /is "olora", which changes the base/],
    [{ init_lora_weights: "mica" }, "unsupported-config", /is "mica", supported: true, false, null, "gaussian", "eva", "orthogonal"/],
    [{ task_type: "SEQ_CLS" }, "unsupported-config", /task_type is "SEQ_CLS"/],
    [{ target_parameters: ["mlp.c_fc.weight"] }, "unsupported-config", /target_parameters is \["mlp\.c_fc\.weight"\]; supported: none/],
    [{ trainable_token_indices: [1, 2] }, "unsupported-config", /trainable_token_indices is \[1,2\]/],
    [{ layer_replication: [[0, 2]] }, "unsupported-config", /layer_replication is \[\[0,2\]\]/],
    [{ alora_invocation_tokens: [5] }, "unsupported-config", /alora_invocation_tokens is \[5\]/],
    [{ use_qalora: true }, "unsupported-config", /use_qalora is true/],
    [{ of_tomorrow: 3 }, "unsupported-config", /of_tomorrow is 3; supported: none/],
    [{ constructor: 3 }, "unsupported-config", /constructor is 3; supported: none/],
    [{ toString: "x" }, "unsupported-config", /toString is "x"; supported: none/],
    [{ r: 0 }, "bad-config", /r is 0, expected a positive integer/],
    [{ lora_alpha: "8" }, "bad-config", /lora_alpha is "8", expected a positive number/],
    [{ target_modules: null }, "bad-config", /target_modules is null, expected a list of names/],
    [{ target_modules: ["c_attn", "wte"] }, "bad-option", /adapter_config\.json: "wte" matches no linear layer/],
    [{ bias: "some" }, "bad-config", /bias is "some", expected "none", "all" or "lora_only"/],
    [{ use_dora: 1 }, "bad-config", /use_dora is 1, expected true or false/],
    [{ rank_pattern: { c_attn: 0 } }, "bad-config", /rank_pattern is 0, expected a positive integer/],
    [{ rank_pattern: ["c_attn"] }, "bad-config", /rank_pattern is \["c_attn"\], expected an object/],
    [{ rank_pattern: { "(c_attn": 2 } }, "bad-option", /adapter_config\.json: ".*\(c_attn.*" is no regular expression here/],
    [{ alpha_pattern: { c_attn: "2" } }, "bad-config", /alpha_pattern is "2", expected a positive number/],
    [{ modules_to_save: "lm_head" }, "bad-config", /modules_to_save is "lm_head", expected a list of names/],
    [{ modules_to_save: ["proj"] }, "unsupported-config", /replaces transformer\.h\.0\.attn\.c_proj, which target_modules adapts/],
    [{ layers_to_transform: [-1] }, "bad-config", /layers_to_transform is \[-1\], expected numbers of blocks/],
    [{ layers_pattern: ["h"] }, "bad-config", /layers_pattern goes with layers_to_transform/],
    [{ target_modules: ".*c_attn", layers_to_transform: [1] }, "bad-config", /go with target_modules that are a list/],
    [{ lora_bias: true, use_dora: true }, "bad-config", /lora_bias and use_dora exclude each other/],
    [{ rank_pattern: { c_attn: 2 } }, "shape-mismatch", /has shape \[4,32\], .* want \[2,32\]/],
    [{ use_dora: true }, "missing-tensor", /c_attn\.lora_magnitude_vector" is missing/],
    [{ modules_to_save: ["lm_head"] }, "missing-tensor", /"base_model\.model\.lm_head\.weight" is missing/],
  ];
  for (const [fields, code, message] of refused) await expectRefused(await adapterFolder(fields), code, message);
});

test("a key of the prototype is a field like any other, and a hostile expression is stopped", async () => {
  const folder = await adapterFolder({});
  const path = join(folder, "adapter_config.json");
  const config = await readFile(path, "utf8");
  await writeFile(path, config.replace("{", '{ "__proto__": { "r": 3 },'));
  await expectRefused(folder, "unsupported-config", /__proto__ is \{"r":3\}; supported: none/);
  await expectRefused(await adapterFolder({ target_modules: "(([\\w.]+)+)+!" }), "bad-option", /takes more than 2 seconds/);
  await expectRefused(await adapterFolder({ target_modules: "(a+)+$" }), "bad-option", /"\(a\+\)\+\$" matches no linear layer/);
}, 30_000);

test("any fields of a configuration changed give an adapter that loads, or an error that says so, and nothing stays in memory", async () => {
  const folder = await adapterFolder({});
  const path = join(folder, "adapter_config.json");
  const config = JSON.parse(await readFile(path, "utf8"));
  const others = "exclude_modules layers_pattern lora_bias ensure_weight_tying target_parameters base_model_name_or_path __proto__".split(
    " ",
  );
  const field = fc.constantFrom(...Object.keys(config), ...others);
  const value = fc.constantFrom<unknown>(
    ...[null, true, false, 0, -1, 1.5, 4, 2 ** 53, 1e308, "", "c_attn", ".*c_attn", "all-linear", "(", "none", "all", "lora_only"],
    ...[[], [0], [1], ["c_attn"], ["h"], ["wte"], ["lm_head"], ["ln_f"], [""], {}, { c_attn: 4 }, { c_attn: 8 }, { "(": 1 }, { r: "4" }],
  );
  const { numTensors } = tf.memory();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(field, value), { minLength: 1, maxLength: 3 }), async (changes) => {
      await writeFile(path, JSON.stringify({ ...config, ...Object.fromEntries(changes) }));
      await loadLora(base, folder).then(
        (policy) => policy.dispose(),
        (error: unknown) => expect(error).toSatisfy((one) => PolicyError.isInstance(one), String(error)),
      );
      expect(tf.memory().numTensors).toBe(numTensors);
    }),
    { numRuns: 200 },
  );
}, 60_000);

test("what changes nothing here is read: dropout, starts that leave the base alone, fields of newer versions that are off", async () => {
  const plain = await loadLora(base, golden);
  for (const fields of [
    { lora_dropout: 0.05 },
    { init_lora_weights: "orthogonal" },
    { eva_config: { rho: 2 }, init_lora_weights: "eva" },
    { target_parameters: null, use_bdlora: null, kasa_config: null, arrow_config: null, use_qalora: false, qalora_group_size: 16 },
    { exclude_modules: null, layers_pattern: [], layers_to_transform: null, rank_pattern: {}, alpha_pattern: null, modules_to_save: [] },
    { target_modules: ["c_attn", "c_proj", "c_fc", "q_proj"], modules_to_save: ["score"], ensure_weight_tying: true },
    { bias: "lora_only" },
  ]) {
    const policy = await loadLora(base, await adapterFolder(fields));
    const numbers = (one: CausalPolicy) => tf.tidy(() => one.hiddenStates(batch).dataSync());
    expect(numbers(policy), JSON.stringify(fields)).toEqual(numbers(plain));
    policy.dispose();
  }
  plain.dispose();
});

test("weights of the model that stand in the file unasked count, are not trained, and are saved again", async () => {
  const wte = { dtype: "F64", shape: [512, 32], data: Float64Array.from({ length: 512 * 32 }, (_, i) => Math.sin(i)) } as const;
  const name = "base_model.model.transformer.wte.weight";
  const folder = await adapterFolder({}, (tensors) => {
    tensors.set(name, wte);
    tensors.set("base_model.model.lm_head.weight", wte);
    tensors.set("base_model.model.v_head.summary.weight", { dtype: "F32", shape: [1], data: Float32Array.of(1) });
    tensors.set("base_model.model.transformer.h.0.attn.bias", { dtype: "U8", shape: [1], data: Uint8Array.of(1) });
  });
  const policy = await loadLora(base, folder);
  expect(policy.parameters.get(name)).toMatchObject({ trainable: false, layer: -1 });
  expect(policy.parameters.get(name)!.value.dataSync<"float32">().slice(0, 3)).toEqual(Float32Array.of(0, Math.sin(1), Math.sin(2)));
  const merged = await mergeLora(policy);
  expect(merged.parameters.has("lm_head.weight")).toBe(false);
  expect(merged.parameters.get("transformer.wte.weight")!.value.dataSync()).toEqual(policy.parameters.get(name)!.value.dataSync());
  const saved = await temporaryFolder();
  await policy.save(saved);
  const again = await loadLora(base, saved);
  expect(again.identity.sha256).toBe(policy.identity.sha256);
  for (const one of [policy, merged, again]) one.dispose();
});

test("biases may have the names that older versions of PEFT gave them, or be left out for the model's own", async () => {
  const bias = "base_model.model.transformer.h.0.attn.c_attn.bias";
  const folder = await adapterFolder({ bias: "lora_only" }, (tensors) => {
    tensors.set(bias, { dtype: "F32", shape: [96], data: new Float32Array(96).fill(0.5) });
  });
  const policy = await loadLora(base, folder);
  const numbers = (layer: number) => [
    ...policy.parameters.get(`base_model.model.transformer.h.${layer}.attn.c_attn.base_layer.bias`)!.value.dataSync(),
  ];
  expect(numbers(0)).toEqual(Array(96).fill(0.5));
  expect(numbers(1)).toEqual([...base.parameters.get("transformer.h.1.attn.c_attn.bias")!.value.dataSync()]);
  policy.dispose();
});

test("an update's own bias makes room for one in a model that has none, where its family can have one", async () => {
  const llama = await loadPolicy(tinyLlama);
  const target = "model.layers.0.self_attn.o_proj";
  const tensors = new Map<string, StoredTensor>(
    Object.entries({ "lora_A.weight": [1, 32], "lora_B.weight": [32, 1], "lora_B.bias": [32] }).map(([ending, shape]) => [
      `base_model.model.${target}.${ending}`,
      { dtype: "F32", shape, data: new Float32Array(32).fill(0.125) },
    ]),
  );
  const fields = { lora_bias: true, r: 1, lora_alpha: 4, target_modules: [target] };
  const folder = await adapterFolder(fields);
  await writeTensors(join(folder, "adapter_model.safetensors"), tensors);
  const policy = await loadLora(llama, folder);
  const merged = await mergeLora(policy);
  const numbers = (one: CausalPolicy) => tf.tidy(() => one.hiddenStates(batch).dataSync());
  const [on, off] = [numbers(merged), numbers(policy)];
  expect(Math.max(...on.map((value, index) => Math.abs(value - off[index]!)))).toBeLessThan(1e-5);
  expect(merged.parts.config).toMatchObject({ attention_bias: true, mlp_bias: false });
  expect([...merged.parameters.get(`${target}.bias`)!.value.dataSync()]).toEqual(Array(32).fill(0.5));
  expect([...merged.parameters.get("model.layers.1.self_attn.q_proj.bias")!.value.dataSync()]).toEqual(Array(32).fill(0));
  const mistral = await modelFolderOf(tinyLlama, { model_type: "mistral", sliding_window: null });
  const other = await loadPolicy(mistral);
  await expect(loadLora(other, folder)).rejects.toThrow(
    /lora_bias adds a bias to model\.layers\.0\.self_attn\.o_proj, and a model of type "mistral"/,
  );
  for (const one of [llama, policy, merged, other]) one.dispose();
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
      (tensors) => tensors.set("base_model.model.transformer.h.0.attn.c_attn.weight", { dtype: "F32", shape, data }),
      "unknown-tensor",
      /"base_model\.model\.transformer\.h\.0\.attn\.c_attn\.weight" belongs to no layer/,
    ],
    [
      (tensors) => tensors.set("base_model.model.lm_head.weight", { dtype: "F32", shape, data }),
      "shape-mismatch",
      /"base_model\.model\.lm_head\.weight" has shape \[96,4\], .* want \[512,32\]/,
    ],
    [(tensors) => tensors.set(firstB, { dtype: "F32", shape: [4, 96], data }), "shape-mismatch", /has shape \[4,96\], .* want \[96,4\]/],
    [
      (tensors) => tensors.set(firstB, { dtype: "I32", shape, data: new Int32Array(384) }),
      "bad-dtype",
      /is I32, expected F32, F16, BF16, F64/,
    ],
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
