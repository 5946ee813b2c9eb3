import { OnnxExportError } from "../error.ts";
import type { DecoderFamily } from "./family.ts";
import { gpt2 } from "./gpt2.ts";
import { llama } from "./llama.ts";

const families: readonly DecoderFamily[] = [gpt2, llama];

/**
 * How the blocks of a model with this configuration are written into a graph.
 *
 * @throws OnnxExportError `unsupported-model`
 */
export function familyOf({ model_type: modelType }: Readonly<Record<string, unknown>>): DecoderFamily {
  const family = families.find(({ modelTypes }) => modelTypes.some((one) => one === modelType));
  if (family !== undefined) return family;
  const known = families.flatMap(({ modelTypes }) => modelTypes).join(", ");
  throw new OnnxExportError("unsupported-model", `model_type is ${JSON.stringify(modelType)}; ONNX graphs are built for ${known}`);
}
