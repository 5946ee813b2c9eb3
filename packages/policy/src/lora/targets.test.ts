import { expect, test } from "vitest";
import { architectureOf } from "../families/registry.ts";
import { targetLayers, writtenTargets } from "./targets.ts";

const config = { model_type: "gpt2", vocab_size: 50, n_positions: 8, n_embd: 4, n_layer: 2, n_head: 1 };
const architecture = architectureOf(config, "config.json");
const namesOf = (targets: string | readonly string[]) => targetLayers(architecture, targets, "LoRA").map(({ name }) => name);
const refusal = (targets: string | readonly string[]) => () => namesOf(targets);

test("all-linear is every linear layer of every block, and neither embeddings nor the output layer", () => {
  expect(namesOf("all-linear")).toEqual(
    [0, 1].flatMap((layer) => ["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"].map((name) => `transformer.h.${layer}.${name}`)),
  );
  expect(namesOf("ALL-Linear")).toHaveLength(8);
});

test("sizes are those of the layer, however its weight is stored", () => {
  expect(targetLayers(architecture, ["c_fc"], "LoRA")[1]).toEqual({
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
    ["(?P<name>.*)", "is no regular expression here"],
  ];
  for (const [targets, message] of refused) {
    expect(refusal(targets)).toThrow(expect.objectContaining({ code: "bad-option", message: expect.stringContaining(message) }));
  }
});

test("all-linear is written as the endings of the layers it stands for, anything else as it was given", () => {
  const layers = targetLayers(architecture, "all-linear", "LoRA");
  expect(writtenTargets("all-linear", layers)).toEqual(["c_attn", "c_proj", "c_fc"]);
  expect(writtenTargets(["c_fc"], layers)).toEqual(["c_fc"]);
  expect(writtenTargets(".*c_fc", layers)).toBe(".*c_fc");
});
