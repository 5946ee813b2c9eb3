import { expect, test } from "vitest";
import { familyOf } from "../families/registry.ts";
import { ggufTensorName } from "./names.ts";

const nameOf = (modelType: string, name: string) => ggufTensorName(name, familyOf({ model_type: modelType }, "config.json").gguf);

test("the number of a block takes the star's place, wherever a family writes it", () => {
  expect(nameOf("llama", "model.layers.12.self_attn.q_proj.weight")).toBe("blk.12.attn_q.weight");
  expect(nameOf("gpt2", "transformer.h.0.attn.c_attn.bias")).toBe("blk.0.attn_qkv.bias");
});

test("modules outside of the blocks have names of their own", () => {
  expect(nameOf("llama", "model.norm.weight")).toBe("output_norm.weight");
  expect(nameOf("gpt2", "transformer.wpe.weight")).toBe("position_embd.weight");
});

test("a weight that the format has no name for is refused", () => {
  expect(() => nameOf("llama", "model.layers.0.mlp.router.weight")).toThrow('no name for the weight "model.layers.0.mlp.router.weight"');
});
