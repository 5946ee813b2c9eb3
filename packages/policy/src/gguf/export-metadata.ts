import type { WrittenDtype, WrittenValue } from "@cai/gguf";
import { ggufTokenizerMetadata } from "@cai/tokenizer";
import { PolicyError } from "../error.ts";
import { familyOf } from "../families/registry.ts";
import type { PolicyParts } from "../policy.ts";

/** llama.cpp's number for what most of a file's weights are. */
const fileTypes: Readonly<Record<WrittenDtype, number>> = { F32: 0, F16: 1, Q8_0: 7, BF16: 32 };

/** All that a GGUF file says of a model beside its weights. Throws PolicyError where the format has no words for it. */
export function ggufExportMetadata(parts: PolicyParts, dtype: WrittenDtype): Readonly<Record<string, WrittenValue>> {
  const { config, tokenizer, eosTokenIds, architecture } = parts;
  if (tokenizer.files === undefined)
    throw new PolicyError("unsupported-config", "the policy's tokenizer has no tokenizer.json, which a GGUF file is to hold");
  const { gguf } = familyOf(config, "the policy");
  const own = { ...gguf.writeMetadata(config), vocab_size: { uint32: architecture.vocabSize } };
  return {
    "general.architecture": gguf.architecture,
    "general.type": "model",
    "general.file_type": { uint32: fileTypes[dtype] },
    "general.quantization_version": { uint32: 2 },
    ...Object.fromEntries(Object.entries(own).map(([key, value]) => [`${gguf.architecture}.${key}`, value])),
    ...ggufTokenizerMetadata({ files: tokenizer.files, vocabSize: architecture.vocabSize, eosTokenIds }),
  };
}
