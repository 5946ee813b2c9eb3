import { writeGguf } from "@cai/gguf";
import { familyOf } from "../families/registry.ts";
import { checkFinite } from "../load/check-finite.ts";
import { mergedValues } from "../lora/merged-values.ts";
import type { CausalPolicy } from "../policy.ts";
import { ggufExportMetadata } from "./export-metadata.ts";
import { ggufLayout, toGgufLayout } from "./layout.ts";
import { ggufTensorName } from "./names.ts";

/** Rows of Q8_0 are whole blocks of so many weights. */
const blockSize = 32;

/**
 * Writes a policy as one GGUF file, which llama.cpp and what is built on it load, `loadPolicy` too: weights, tokenizer and chat template.
 * Matrices are stored in `dtype` (with Q8_0, those whose rows are no multiple of 32 in F16), vectors in F32. An adapter is in the weights.
 * The file is replaced whole or not at all.
 *
 * @returns SHA-256 (hexadecimal) and length of the file
 * @throws PolicyError `unsupported-config` for a model that the format has no words for, `not-finite`; TokenizerError for such a tokenizer;
 * GgufError where the file can't be written
 * @example
 * await exportGguf({ policy: await loadPolicy("runs/first/final"), path: "model.gguf", dtype: "Q8_0" });
 */
export async function exportGguf({
  policy,
  path,
  dtype = "F16",
}: {
  readonly policy: CausalPolicy;
  readonly path: string;
  readonly dtype?: "F32" | "F16" | "BF16" | "Q8_0";
}): Promise<{ sha256: string; byteLength: number }> {
  const { architecture, config } = policy.parts;
  const { gguf } = familyOf(config, "the policy");
  const specs = new Map(architecture.parameters.map((spec) => [ggufTensorName(spec.name, gguf), spec]));
  const divisors = gguf.ropeDivisors?.(config);
  const entries = [...specs].map(([name, spec]) => {
    const { shape } = ggufLayout(spec, architecture, gguf);
    const stored = dtype === "Q8_0" && shape.at(-1)! % blockSize !== 0 ? "F16" : dtype;
    return { name, dtype: shape.length === 1 ? "F32" : stored, shape } as const;
  });
  return writeGguf(path, {
    metadata: ggufExportMetadata(policy.parts, dtype),
    entries: divisors === undefined ? entries : [...entries, { name: "rope_freqs.weight", dtype: "F32", shape: [divisors.length] }],
    data: async (name) => {
      const spec = specs.get(name);
      if (spec === undefined) return divisors!;
      const values = await mergedValues(policy.parts, spec.name);
      checkFinite(values, spec.name, "the policy");
      return toGgufLayout(values, ggufLayout(spec, architecture, gguf));
    },
  });
}
