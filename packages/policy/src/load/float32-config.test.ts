import { expect, test } from "vitest";
import { float32Config } from "./float32-config.ts";

test("both names of the type agree with float32 weights, and only the one that all versions read is added", () => {
  expect(float32Config({ n_embd: 4 })).toEqual({ n_embd: 4, torch_dtype: "float32" });
  expect(float32Config({ dtype: "bfloat16", n_embd: 4 })).toEqual({ dtype: "float32", n_embd: 4, torch_dtype: "float32" });
  expect(float32Config({ dtype: null, torch_dtype: "float16" })).toEqual({ dtype: "float32", torch_dtype: "float32" });
  expect(Object.keys(float32Config({ torch_dtype: "bfloat16", n_embd: 4 }))).toEqual(["torch_dtype", "n_embd"]);
});

test("so do those of configurations within, but not what has another meaning there", () => {
  const config = {
    text_config: { dtype: "bfloat16", vision: { torch_dtype: "torch.float16" } },
    "transformers.js_config": { dtype: "q8" },
    eos_token_id: [1, 2],
  };
  expect(float32Config(config)).toEqual({
    text_config: { dtype: "float32", vision: { torch_dtype: "float32" } },
    "transformers.js_config": { dtype: "q8" },
    eos_token_id: [1, 2],
    torch_dtype: "float32",
  });
});
