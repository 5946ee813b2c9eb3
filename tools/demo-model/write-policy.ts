import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TrainablePolicy } from "@cai/contracts";
import { writeSafetensors } from "@cai/safetensors";
import type * as tf from "@tensorflow/tfjs-core";

/** Writes configuration and float16 weights beside the tokenizer, which is there already. */
export async function writePolicy(options: {
  readonly directory: string;
  readonly policy: TrainablePolicy<tf.Tensor>;
  readonly config: Readonly<Record<string, unknown>>;
}): Promise<void> {
  const { directory, policy, config } = options;
  const { bos_token_id, eos_token_id, pad_token_id } = config;
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "config.json"), json(config));
  await writeFile(join(directory, "generation_config.json"), json({ bos_token_id, eos_token_id, pad_token_id }));
  await writeSafetensors(join(directory, "model.safetensors"), {
    entries: Array.from(policy.parameters.values(), ({ name, shape }) => ({ name, dtype: "F16", shape })),
    data: async (name) => (await policy.parameters.get(name)!.value.data()) as Float32Array,
  });
}
