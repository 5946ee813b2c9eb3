import { createReadStream } from "node:fs";

/** The operators that round what they multiply by one scale for a whole tensor: DynamicQuantizeLinear, DynamicQuantizeMatMul and so on. */
const operator = "DynamicQuantize";

/**
 * Whether a model rounds activations by a scale that all rows of a run share, as `model_quantized.onnx` of dynamic quantisation does: a row's
 * score then depends on the rows beside it.
 */
export async function sharesScales(path: string): Promise<boolean> {
  let end = "";
  for await (const chunk of createReadStream(path, { encoding: "latin1", highWaterMark: 1 << 20 })) {
    const text = end + chunk;
    if (text.includes(operator)) return true;
    end = text.slice(1 - operator.length);
  }
  return false;
}
