import { open } from "@cai/whole-file/system";

/** The operators that round what they multiply by one scale for a whole tensor: DynamicQuantizeLinear, DynamicQuantizeMatMul and so on. */
const operator = "DynamicQuantize";

const bytesAtATime = 2 ** 20;

/**
 * Whether a model rounds activations by a scale that all rows of a run share, as `model_quantized.onnx` of dynamic quantisation does: a row's
 * score then depends on the rows beside it.
 */
export async function sharesScales(path: string): Promise<boolean> {
  const handle = await open(path);
  try {
    const decoder = new TextDecoder("latin1");
    const bytes = new Uint8Array(bytesAtATime);
    let end = "";
    for (let position = 0; ; ) {
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, position);
      if (bytesRead === 0) return false;
      const text = end + decoder.decode(bytes.subarray(0, bytesRead));
      if (text.includes(operator)) return true;
      end = text.slice(1 - operator.length);
      position += bytesRead;
    }
  } finally {
    await handle.close();
  }
}
