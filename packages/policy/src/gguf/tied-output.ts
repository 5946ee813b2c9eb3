import type { GgufFile } from "@cai/gguf";

/** Whether the output is another matrix than the embedding: files of GPT-2 often hold the embedding a second time, as the output. */
export async function hasOutputOfItsOwn(file: GgufFile): Promise<boolean> {
  const [embedding, output] = ["token_embd.weight", "output.weight"].map((name) => file.tensors.get(name));
  if (output === undefined) return false;
  if (embedding?.dtype !== output.dtype || embedding.shape.join() !== output.shape.join()) return true;
  const bits = async (name: string) => new Int32Array((await file.readFloat32(name)).buffer as ArrayBuffer);
  const [inputs, outputs] = [await bits("token_embd.weight"), await bits("output.weight")];
  return inputs.some((number, index) => number !== outputs[index]);
}
