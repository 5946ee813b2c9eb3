import { join } from "node:path";
import { type CausalPolicy, modelTextFiles } from "@cai/policy";
import { wholeFiles } from "@cai/whole-file";
import { buildDecodeGraph } from "./build-decode-graph.ts";
import { OnnxExportError } from "./error.ts";
import { exportedConfig } from "./exported-config.ts";

const files = wholeFiles(OnnxExportError);

const largestFile = 2 ** 31 - 1;

/**
 * Writes a folder that `@huggingface/transformers` loads: `onnx/model.onnx` in float32, with `quantize` also `onnx/model_quantized.onnx`
 * in dynamic int8 (its dtype `q8`), `config.json`, `generation_config.json` and the tokenizer's files. The folder is made if missing,
 * and each file in it replaced whole or not at all; an older int8 file goes where none is asked for. An adapter is in the weights.
 *
 * @throws OnnxExportError, before anything is written: `not-finite`, `too-large` for float32 weights of 2 GiB and
 * more, which one ONNX file can't hold; `cannot-write`.
 * @example
 * await exportOnnx({ policy: await loadPolicy("runs/first/final"), directory: "web/model", quantize: true });
 */
export async function exportOnnx({
  policy,
  directory,
  quantize = false,
}: {
  readonly policy: CausalPolicy;
  readonly directory: string;
  readonly quantize?: boolean;
}): Promise<void> {
  const { config, architecture } = policy.parts;
  refuseTooLarge(architecture.parameters);
  const weights = new Map<string, Float32Array>();
  for (const name of policy.weights.names) weights.set(name, await policy.weights.read(name));
  const build = (int8: boolean) => buildDecodeGraph({ architecture, weights, quantize: int8 }).toBytes();

  const float32 = build(false);
  await files.makeFolder(join(directory, "onnx"));
  await files.write(join(directory, "onnx", "model.onnx"), float32);
  const quantizedFile = join(directory, "onnx", "model_quantized.onnx");
  if (quantize) await files.write(quantizedFile, build(true));
  else await files.remove(quantizedFile);
  const texts = modelTextFiles(policy.parts, exportedConfig(config, quantize));
  for (const [name, text] of texts) await files.write(join(directory, name), text);
}

function refuseTooLarge(parameters: CausalPolicy["parts"]["architecture"]["parameters"]): void {
  const bytes = parameters.reduce((sum, { shape }) => sum + 4 * shape.reduce((product, size) => product * size, 1), 0);
  if (bytes > largestFile)
    throw new OnnxExportError(
      "too-large",
      `the weights take ${(bytes / 2 ** 30).toFixed(1)} GiB in float32 and an ONNX file holds less than 2: export to another format`,
    );
}
