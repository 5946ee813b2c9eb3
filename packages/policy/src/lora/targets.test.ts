import { expect, test } from "vitest";
import { architectureOf } from "../families/registry.ts";
import { type LayerSelection, targetLayers, writtenTargets } from "./targets.ts";

const config = { model_type: "gpt2", vocab_size: 50, n_positions: 8, n_embd: 4, n_layer: 2, n_head: 1 };
const architecture = architectureOf(config, "config.json");
const namesOf = (targets: string | readonly string[], others: Omit<LayerSelection, "targets"> = {}, asPeft = false) =>
  targetLayers(architecture, { targets, ...others }, "LoRA", { asPeft }).map(({ name }) => name);
const refusal = (targets: string | readonly string[]) => () => namesOf(targets);

test("all-linear is every linear layer of every block, and neither embeddings nor the output layer", () => {
  expect(namesOf("all-linear")).toEqual(
    [0, 1].flatMap((layer) => ["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"].map((name) => `transformer.h.${layer}.${name}`)),
  );
  expect(namesOf("ALL-Linear")).toHaveLength(8);
});

test("sizes are those of the layer, however its weight is stored", () => {
  expect(targetLayers(architecture, { targets: ["c_fc"] }, "LoRA")[1]).toEqual({
    name: "transformer.h.1.mlp.c_fc",
    layer: 1,
    inputSize: 4,
    outputSize: 16,
  });
});

test("a list names layers whole or by what their names end in, after a dot", () => {
  expect(namesOf(["transformer.h.1.attn.c_attn", "mlp.c_proj"])).toEqual([
    "transformer.h.0.mlp.c_proj",
    "transformer.h.1.attn.c_attn",
    "transformer.h.1.mlp.c_proj",
  ]);
  expect(refusal(["proj"])).toThrow('"proj" matches no linear layer; this model\'s end in c_attn, c_proj, c_fc');
});

test("a text is a regular expression that the whole name matches", () => {
  expect(namesOf(".*h\\.0\\..*(c_fc|c_attn)")).toEqual(["transformer.h.0.attn.c_attn", "transformer.h.0.mlp.c_fc"]);
  expect(refusal("c_attn")).toThrow('"c_attn" matches no linear layer');
});

test("what matches nothing, also next to what does, is refused, and so is what is no regular expression", () => {
  const refused: [string | readonly string[], string][] = [
    [["c_attn", "wte"], 'LoRA: "wte" matches no linear layer'],
    [["c_attn", "lm_head"], '"lm_head" matches no linear layer'],
    [["ln_1"], '"ln_1" matches no linear layer'],
    [[""], '"" matches no linear layer'],
    [[], "no target is given"],
    ["(?P<name>.*", "is no regular expression here"],
  ];
  for (const [targets, message] of refused) {
    expect(refusal(targets)).toThrow(expect.objectContaining({ code: "bad-option", message: expect.stringContaining(message) }));
  }
});

test("what is excluded, or replaced as a whole, gets no adapter", () => {
  expect(namesOf(["c_fc", "c_attn"], { excludeModules: ["h.0.attn.c_attn", "c_fc"] })).toEqual(["transformer.h.1.attn.c_attn"]);
  expect(namesOf("all-linear", { excludeModules: ".*(mlp|h\\.1).*" })).toEqual([
    "transformer.h.0.attn.c_attn",
    "transformer.h.0.attn.c_proj",
  ]);
  expect(namesOf(["c_fc", "c_attn"], { modulesToSave: ["h.0", "mlp", "lm_head"] })).toEqual(["transformer.h.1.attn.c_attn"]);
  expect(() => namesOf(["c_fc"], { excludeModules: ["mlp.c_fc"] })).toThrow("matches no linear layer");
});

test("blocks may be chosen for targets that are no whole name, by the first number behind a part of the name", () => {
  const targets = ["c_fc", "transformer.h.0.attn.c_attn"];
  const chosen = ["transformer.h.0.attn.c_attn", "transformer.h.1.mlp.c_fc"];
  for (const layersPattern of [[], ["h"], ["layers", "[hg]"]])
    expect(namesOf(targets, { layersToTransform: [1], layersPattern })).toEqual(chosen);
  expect(namesOf(targets, { layersToTransform: [1], layersPattern: ["layers"] })).toEqual(chosen.slice(0, 1));
});

test("read from a file, names that the model does not have are passed over, and what adapts a table is refused", () => {
  expect(namesOf(["q_proj", "c_fc"], {}, true)).toHaveLength(2);
  expect(namesOf(["c_fc", "wte", "lm_head"], { modulesToSave: ["wte"], excludeModules: ["lm_head"] }, true)).toHaveLength(2);
  expect(namesOf(".*(c_fc|wte)", { modulesToSave: ["wte"] }, true)).toHaveLength(2);
  const refused: [string | readonly string[], string][] = [
    [["q_proj"], 'LoRA: ["q_proj"] matches no linear layer'],
    [["c_fc", "wte"], '"wte" matches no linear layer'],
    [["c_fc", "lm_head"], '"lm_head" matches no linear layer'],
    [".*(c_fc|wte)", "matches transformer.wte: adapters of embeddings and of the output layer are not supported"],
    ["(lm_head|.*c_fc)", "matches lm_head"],
  ];
  for (const [targets, message] of refused) expect(() => namesOf(targets, {}, true)).toThrow(message);
});

test("what is no list is written as the names, or endings of names, that it stands for", () => {
  const written = (targets: string | readonly string[]) => writtenTargets(targets, targetLayers(architecture, { targets }, "LoRA"));
  expect(written("all-linear")).toEqual(["c_attn", "c_proj", "c_fc"]);
  expect(written(["c_fc"])).toEqual(["c_fc"]);
  expect(written(".*c_fc")).toEqual(["transformer.h.0.mlp.c_fc", "transformer.h.1.mlp.c_fc"]);
});
