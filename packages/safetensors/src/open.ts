import { type OpenFile, openFile } from "@cai/whole-file";
import { dtypes } from "./dtype.ts";
import { SafetensorsError } from "./error.ts";
import { headerLengthOf, parseHeader, type StoredTensor, type TensorInfo } from "./header.ts";
import type { ReadTensor } from "./parse.ts";
import { readBytes } from "./read-bytes.ts";
import { readFloat32 } from "./read-float32.ts";

/** An open file, or several that form one model. Tensors are read one at a time; nothing is kept in memory but the header. */
export interface SafetensorsFile {
  /** In the order of their bytes in the file; of several files, those that the index lists. */
  readonly names: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /** All that can be read; of several files, also what the index does not list. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** The stored elements; F16 and BF16 as bit patterns. */
  read(name: string): Promise<ReadTensor>;
  /**
   * The values of an F32, F16, BF16 or F64 tensor in float32: exact, but for F64, which is rounded. With `into`, an array as long as
   * the tensor, they are put there.
   */
  readFloat32(name: string, into?: Float32Array): Promise<Float32Array>;
  /** Where a tensor's bytes are, for who reads them otherwise: the descriptor of its file, which is open until `close`. */
  place(name: string): { readonly descriptor: number; readonly position: number };
  close(): Promise<void>;
}

/**
 * Opens a safetensors file. Its header is checked wholly first, and nothing is allocated by a number in it that was not held against
 * the length of the file.
 *
 * @param options.within The folder that it is a file of: a link that leads out of it is refused, but for a hub cache's into its own blobs.
 * @throws SafetensorsError, with the file and the tensor, also from the methods of the result; `cannot-open` for what is no file, a pipe say
 * @example
 * const file = await openSafetensors("model.safetensors");
 * for (const name of file.names) console.log(name, file.tensors.get(name)?.shape, await file.readFloat32(name));
 * await file.close();
 */
export async function openSafetensors(path: string, { within }: { readonly within?: string } = {}): Promise<SafetensorsFile> {
  const handle = await openFile(path, within === undefined ? {} : { within }).catch((cause: unknown) => {
    throw new SafetensorsError("cannot-open", `${path} can't be opened: ${(cause as Error).message}`, { cause });
  });
  const file = { path, handle };
  try {
    const { bytes, fileLength } = await readHeader(file);
    const { tensors, metadata } = parseHeader(path, bytes, fileLength);
    const tensorNamed = (name: string): StoredTensor => {
      const tensor = tensors.get(name);
      if (tensor === undefined) throw new SafetensorsError("unknown-tensor", `${path} has no tensor "${name}"`);
      return tensor;
    };
    return {
      names: [...tensors.keys()],
      metadata,
      tensors,
      read: async (name) => readTensor(file, tensorNamed(name)),
      readFloat32: async (name, into) => readFloat32(file, name, tensorNamed(name), into),
      place: (name) => ({ descriptor: handle.fd, position: tensorNamed(name).position }),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readHeader(file: OpenFile): Promise<{ bytes: Uint8Array; fileLength: number }> {
  const { size: fileLength } = await file.handle.stat();
  const prefix = new Uint8Array(Math.min(fileLength, 8));
  await readBytes(file, 0, prefix);
  const bytes = new Uint8Array(headerLengthOf(file.path, prefix, fileLength));
  await readBytes(file, 8, bytes);
  return { bytes, fileLength };
}

async function readTensor(file: OpenFile, { dtype, shape, byteLength, position }: StoredTensor): Promise<ReadTensor> {
  const bytes = new Uint8Array(byteLength);
  await readBytes(file, position, bytes);
  return { dtype, shape, data: new dtypes[dtype].array(bytes.buffer) };
}
