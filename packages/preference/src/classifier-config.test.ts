import { expect, test } from "vitest";
import { classifierConfig } from "./classifier-config.ts";

test("the trunk's sizes stay; the class, its one label and the padding say that it scores", () => {
  const config = { architectures: ["GPT2LMHeadModel"], model_type: "gpt2", n_embd: 32, torch_dtype: "float16" };
  expect(classifierConfig(config, 5)).toEqual({
    architectures: ["GPT2ForSequenceClassification"],
    model_type: "gpt2",
    n_embd: 32,
    torch_dtype: "float32",
    id2label: { "0": "LABEL_0" },
    label2id: { LABEL_0: 0 },
    pad_token_id: 5,
  });
});

test("a class that is not named stays so", () => {
  expect(classifierConfig({ model_type: "llama" }, undefined)).not.toHaveProperty("architectures");
});

test("classes are named as transformers names them for each family", () => {
  const named = (model_type: string, name: string) => classifierConfig({ model_type, architectures: [name] }, undefined).architectures;
  expect(named("llama", "LlamaForCausalLM")).toEqual(["LlamaForSequenceClassification"]);
  expect(named("qwen3", "Qwen3ForCausalLM")).toEqual(["Qwen3ForSequenceClassification"]);
  expect(named("gemma3_text", "Gemma3ForCausalLM")).toEqual(["Gemma3TextForSequenceClassification"]);
});
