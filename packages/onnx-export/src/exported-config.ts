import { float32Config } from "@cai/policy";

type Config = Readonly<Record<string, unknown>>;

/**
 * `config.json` as transformers.js reads it: it wants the number of key heads written out where Llama's own default is that of the query
 * heads; and without a word on it takes the int8 file in a browser, so it is told where there is none. What another export said of its own
 * files is dropped.
 */
export function exportedConfig({ "transformers.js_config": _, ...config }: Config, quantized: boolean): Config {
  return {
    ...float32Config(config),
    ...(config.num_attention_heads !== undefined && {
      num_key_value_heads: config.num_key_value_heads ?? config.num_attention_heads,
    }),
    ...(!quantized && { "transformers.js_config": { dtype: "fp32" } }),
  };
}
