import { expect, test } from "vitest";
import { exportedConfig } from "./exported-config.ts";

test("Llama's number of key heads is written out where it is that of the query heads", () => {
  expect(exportedConfig({ num_attention_heads: 4 }, true)).toEqual({
    num_attention_heads: 4,
    num_key_value_heads: 4,
    torch_dtype: "float32",
  });
  expect(exportedConfig({ num_attention_heads: 4, num_key_value_heads: 2 }, true)).toMatchObject({ num_key_value_heads: 2 });
  expect(exportedConfig({ n_head: 4 }, true)).toEqual({ n_head: 4, torch_dtype: "float32" });
});

test("both names of the type that transformers reads say float32", () => {
  expect(exportedConfig({ dtype: "bfloat16", text_config: { dtype: "bfloat16" } }, true)).toEqual({
    dtype: "float32",
    text_config: { dtype: "float32" },
    torch_dtype: "float32",
  });
});

test("what another export said of its own files is dropped; without int8, float32 is named as the one there is", () => {
  const config = { torch_dtype: "float16", "transformers.js_config": { use_external_data_format: true } };
  expect(exportedConfig(config, true)).toEqual({ torch_dtype: "float32" });
  expect(exportedConfig(config, false)).toEqual({ torch_dtype: "float32", "transformers.js_config": { dtype: "fp32" } });
});
