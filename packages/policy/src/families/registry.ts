import { PolicyError } from "../error.ts";
import type { GgufMetadata } from "../gguf/metadata.ts";
import { ConfigFields } from "./config-fields.ts";
import type { ModelArchitecture, ModelFamily } from "./family.ts";
import { gemma3 } from "./gemma3.ts";
import { gpt2 } from "./gpt2.ts";
import { llama, mistral, qwen2 } from "./llama.ts";
import { qwen3 } from "./qwen3.ts";

const families: readonly ModelFamily[] = [gpt2, llama, mistral, qwen2, qwen3, gemma3];

/** The architecture that a `config.json` describes. `file` is named in errors. Throws PolicyError. */
export function architectureOf(config: Readonly<Record<string, unknown>>, file: string): ModelArchitecture {
  return familyOf(config, file).architecture(new ConfigFields(config, file));
}

/** The family whose `model_type` a `config.json` names. `file` is named in errors. Throws PolicyError. */
export function familyOf(config: Readonly<Record<string, unknown>>, file: string): ModelFamily {
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw new PolicyError(
      "bad-config",
      `${file}: the configuration is ${config === null ? "null" : `a ${typeof config}`}, expected an object`,
    );
  const family = families.find(({ modelType }) => modelType === config.model_type);
  if (family !== undefined) return family;
  const known = families.map(({ modelType }) => JSON.stringify(modelType)).join(", ");
  throw new PolicyError("unsupported-config", `${file}: model_type is ${JSON.stringify(config.model_type)}; supported: ${known}`);
}

/** The family that a GGUF file's `general.architecture` names. Throws PolicyError. */
export function familyOfGguf(metadata: GgufMetadata): ModelFamily {
  const family = families.find(({ gguf }) => gguf.architecture === metadata.architecture);
  if (family !== undefined) return family;
  const known = new Set(families.map(({ gguf }) => gguf.architecture));
  throw metadata.unsupported(`general.architecture is ${metadata.architecture}; supported: ${[...known].join(", ")}`);
}
