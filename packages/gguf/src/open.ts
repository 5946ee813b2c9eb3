import { openFile } from "@cai/whole-file";
import { dirname } from "@cai/whole-file/system";
import { dequantizers } from "./dequantize.ts";
import { dtypes, type GgufTensorInfo } from "./dtype.ts";
import { GgufError } from "./error.ts";
import { type GgufValue, type Header, readHeader, type StoredTensor } from "./header.ts";
import { readBytes, type SizedFile } from "./read-bytes.ts";
import { checkPart, partPaths } from "./split.ts";

/** An open file. Tensors are read one at a time; nothing is kept in memory but the header. */
export interface GgufFile {
  readonly path: string;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** By name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, GgufTensorInfo>;
  /** A tensor's values, dequantised, row-major in the shape of `tensors`; with `into`, an array as long as the tensor, they are put there. */
  readFloat32(name: string, into?: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Elements dequantised at a time, so that little more than the result is held; whole blocks of every type. */
const elementsAtATime = 2 ** 20;

/**
 * Opens a GGUF file, version 2 or 3, with weights of the types of `GgufDtype`. Its header is checked wholly first, and nothing is
 * allocated by a number in it that was not held against the length of the file. Of a model that is split into several files
 * (`…-00001-of-00003.gguf`) the first is given, and the others are opened beside it.
 *
 * @throws GgufError, with the file and the tensor or metadata key, also from the methods of the result
 * @example
 * const file = await openGguf("model.gguf");
 * console.log(file.metadata.get("general.architecture"));
 * for (const [name, { dtype, shape }] of file.tensors) console.log(name, dtype, shape, await file.readFloat32(name));
 * await file.close();
 */
export async function openGguf(path: string): Promise<GgufFile> {
  const parts: Part[] = [];
  const close = async () => {
    for (const { file } of parts) await file.handle.close();
  };
  try {
    const first = await openPart(path, parts);
    const paths = partPaths(path, first.metadata);
    for (const [number, other] of paths.entries()) {
      if (number > 0) checkPart(other, (await openPart(other, parts, { within: dirname(path) })).metadata, number, paths.length);
    }
    const tensors = collectTensors(path, parts);
    return {
      path,
      metadata: first.metadata,
      tensors: new Map([...tensors].map(([name, { tensor }]) => [name, tensor])),
      readFloat32: async (name, into) => {
        const stored = tensors.get(name);
        if (stored === undefined) throw new GgufError("unknown-tensor", `${path} has no tensor "${name}"`);
        const length = stored.tensor.shape.reduce((product, size) => product * size, 1);
        if (into !== undefined && into.length !== length)
          throw new GgufError("bad-input", `${path}: tensor "${name}" has ${length} elements, the array to read it into ${into.length}`);
        return readTensor(stored.file, stored.tensor, into ?? new Float32Array(length));
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Part extends Header {
  readonly file: SizedFile;
}

/** Opens one file and puts it to those that are to be closed, whatever is wrong with it. */
async function openPart(path: string, parts: Part[], options: { readonly within?: string } = {}): Promise<Part> {
  const handle = await openFile(path, options).catch((cause: unknown) => {
    throw new GgufError("cannot-open", `${path} can't be opened: ${(cause as Error).message}`, { cause });
  });
  try {
    const file = { path, handle, length: (await handle.stat()).size };
    const part = { file, ...(await readHeader(file)) };
    parts.push(part);
    return part;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function collectTensors(path: string, parts: readonly Part[]): Map<string, { readonly tensor: StoredTensor; readonly file: SizedFile }> {
  const all = new Map<string, { readonly tensor: StoredTensor; readonly file: SizedFile }>();
  for (const { file, tensors } of parts) {
    for (const [name, tensor] of tensors) {
      if (all.has(name)) throw new GgufError("bad-file", `${file.path}: tensor "${name}" stands in a file before it already`);
      all.set(name, { tensor, file });
    }
  }
  const expected = parts[0]!.metadata.get("split.tensors.count") ?? all.size;
  if (expected !== all.size)
    throw new GgufError("bad-file", `${path}: its files have ${all.size} tensors, split.tensors.count is ${expected}`);
  return all;
}

async function readTensor(file: SizedFile, { dtype, byteLength, position }: StoredTensor, values: Float32Array): Promise<Float32Array> {
  const { elements, bytes } = dtypes[dtype];
  const stored = new Uint8Array(Math.min(byteLength, (elementsAtATime / elements) * bytes));
  for (let start = 0, at = position; start < values.length; start += elementsAtATime, at += stored.length) {
    const output = values.subarray(start, start + elementsAtATime);
    const piece = stored.subarray(0, (output.length / elements) * bytes);
    await readBytes(file, at, piece);
    dequantizers[dtype](piece, output);
  }
  return values;
}
