import { buildGgufHeader, type GGUFTypedMetadata, GGUFValueType } from "@huggingface/gguf";
import { dtypes } from "./dtype.ts";
import { GgufError } from "./error.ts";
import type { WrittenDtype } from "./quantize.ts";

/** What a metadata key is to hold: numbers name their type, which readers go by. */
export type WrittenValue =
  | string
  | boolean
  | readonly string[]
  | { readonly uint32: number }
  | { readonly float32: number }
  | { readonly int32s: readonly number[] }
  | { readonly float32s: readonly number[] };

/** A tensor that is to be written, its shape row-major. */
export interface GgufEntry {
  readonly name: string;
  readonly dtype: WrittenDtype;
  readonly shape: readonly number[];
}

/** The format's default; every tensor begins at a multiple of it. */
const alignment = 32;

/** The header of a file, up to where the data of the first tensor begin. */
export async function buildHeader(metadata: Readonly<Record<string, WrittenValue>>, entries: readonly GgufEntry[]): Promise<Uint8Array> {
  const tensors = describeTensors(entries);
  const typed = {
    version: { value: 3, type: GGUFValueType.UINT32 },
    tensor_count: { value: BigInt(entries.length), type: GGUFValueType.UINT64 },
    kv_count: { value: BigInt(Object.keys(metadata).length), type: GGUFValueType.UINT64 },
    ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, typedValue(value)])),
  } as GGUFTypedMetadata;
  const header = await buildGgufHeader(new Blob([tensors as Uint8Array<ArrayBuffer>]), typed, {
    littleEndian: true,
    tensorInfoByteRange: [0, tensors.length],
    alignment,
  });
  return new Uint8Array(await header.arrayBuffer());
}

function typedValue(value: WrittenValue): { value: unknown; type: GGUFValueType; subType?: GGUFValueType } {
  if (typeof value === "string") return { value, type: GGUFValueType.STRING };
  if (typeof value === "boolean") return { value, type: GGUFValueType.BOOL };
  if ("uint32" in value) return { value: value.uint32, type: GGUFValueType.UINT32 };
  if ("float32" in value) return { value: value.float32, type: GGUFValueType.FLOAT32 };
  if ("float32s" in value) return { value: value.float32s, type: GGUFValueType.ARRAY, subType: GGUFValueType.FLOAT32 };
  if ("int32s" in value) return { value: value.int32s, type: GGUFValueType.ARRAY, subType: GGUFValueType.INT32 };
  return { value, type: GGUFValueType.ARRAY, subType: GGUFValueType.STRING };
}

/** Name, dimensions with the fastest first, type and offset of each tensor. */
function describeTensors(entries: readonly GgufEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const { name, dtype, shape } of entries) {
    const bytes = new TextEncoder().encode(name);
    const part = new Uint8Array(8 + bytes.length + 4 + 8 * shape.length + 4 + 8);
    const view = new DataView(part.buffer);
    view.setBigUint64(0, BigInt(bytes.length), true);
    part.set(bytes, 8);
    let at = 8 + bytes.length;
    view.setUint32(at, shape.length, true);
    at += 4;
    for (const size of shape.toReversed()) {
      view.setBigUint64(at, BigInt(size), true);
      at += 8;
    }
    view.setUint32(at, dtypes[dtype].id, true);
    view.setBigUint64(at + 4, BigInt(offset), true);
    parts.push(part);
    offset += paddedLength({ dtype, shape });
  }
  return Buffer.concat(parts);
}

/** Bytes that a tensor takes in the file, those up to the next one included. */
export function paddedLength({ dtype, shape }: Pick<GgufEntry, "dtype" | "shape">): number {
  const { elements, bytes } = dtypes[dtype];
  const length = (shape.reduce((product, size) => product * size, 1) / elements) * bytes;
  return Math.ceil(length / alignment) * alignment;
}

/** Refuses what the format has no place for. */
export function checkEntries(path: string, entries: readonly GgufEntry[]): void {
  const names = new Set<string>();
  for (const { name, dtype, shape } of entries) {
    const refuse = (what: string) => new GgufError("bad-input", `${path}: tensor "${name}" ${what}`);
    if (names.has(name)) throw refuse("is listed twice");
    names.add(name);
    if (shape.length > 4 || !shape.every((size) => Number.isSafeInteger(size) && size >= 0))
      throw refuse(`has the shape [${shape}]: expected at most four non-negative integers`);
    const { elements } = dtypes[dtype];
    if ((shape.at(-1) ?? 1) % elements !== 0)
      throw refuse(`has the shape [${shape}]: rows of ${dtype} are multiples of ${elements} elements`);
  }
}
