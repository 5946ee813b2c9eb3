import { PolicyError } from "../error.ts";
import { ConfigFields } from "./config-fields.ts";
import type { ModelArchitecture, ModelFamily } from "./family.ts";
import { gpt2 } from "./gpt2.ts";
import { llama, mistral, qwen2 } from "./llama.ts";

const families: readonly ModelFamily[] = [gpt2, llama, mistral, qwen2];

/** The architecture that a `config.json` describes. `file` is named in errors. Throws PolicyError. */
export function architectureOf(config: Readonly<Record<string, unknown>>, file: string): ModelArchitecture {
  const family = families.find(({ modelType }) => modelType === config.model_type);
  if (family === undefined) {
    const known = families.map(({ modelType }) => JSON.stringify(modelType)).join(", ");
    throw new PolicyError("unsupported-config", `${file}: model_type is ${JSON.stringify(config.model_type)}; supported: ${known}`);
  }
  return family.architecture(new ConfigFields(config, file));
}
