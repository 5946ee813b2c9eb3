import type { GGUFParseOutput, GGUFTensorInfo } from "@huggingface/gguf";
import { type CheckedHeader, checkHeader } from "./check-header.ts";
import { dtypeOf, dtypes, type GgufTensorInfo } from "./dtype.ts";
import { GgufError } from "./error.ts";
import { readBytes, type SizedFile } from "./read-bytes.ts";

/** What a metadata key may hold. Integers of 64 bits are numbers where JavaScript counts exactly, else bigint. */
export type GgufValue = string | number | bigint | boolean | readonly GgufValue[];

export interface StoredTensor extends GgufTensorInfo {
  /** Where its first byte stands in the file. */
  readonly position: number;
}

export interface Header {
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** In the order of their bytes. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

const defaultAlignment = 32;

/** Reads the header of an open file and checks all of it against the file's length, before anything is allocated by it. */
export async function readHeader(file: SizedFile): Promise<Header> {
  const checked = await checkHeader(file);
  const library = await import("@huggingface/gguf");
  let parsed: GGUFParseOutput<{ strict: false }>;
  try {
    parsed = await library.gguf(file.path, { allowLocalFile: true });
  } catch (cause) {
    throw new GgufError("bad-file", `${file.path}: ${(cause as Error).message}`, { cause });
  }
  const metadata = await collectMetadata(file, checked, parsed.metadata as Record<string, unknown>);
  const alignment = readAlignment(file, metadata);
  const dataStart = roundUp(checked.end, alignment);
  const tensors = parsed.tensorInfos
    .map((info): [string, StoredTensor] => [
      info.name,
      describe({ file, info, dataStart, nameOf: (id) => library.GGMLQuantizationType[id] }),
    ])
    .sort(([, a], [, b]) => a.position - b.position || a.byteLength - b.byteLength);
  checkLayout({ file, tensors, dataStart, alignment });
  return { metadata, tensors: new Map(tensors) };
}

/** The parser cuts a text off where the part of the file that it has loaded ends, so the last text of each value is read again. */
async function collectMetadata(
  file: SizedFile,
  { keys }: CheckedHeader,
  parsed: Readonly<Record<string, unknown>>,
): Promise<ReadonlyMap<string, GgufValue>> {
  const metadata = new Map<string, GgufValue>();
  for (const [key, place] of keys) {
    if (!Object.hasOwn(parsed, key)) continue; // "__proto__"
    const value = parsed[key] as GgufValue;
    if (place === undefined) {
      metadata.set(key, typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value);
      continue;
    }
    const bytes = new Uint8Array(place.length);
    await readBytes(file, place.position, bytes);
    const text = new TextDecoder().decode(bytes);
    metadata.set(key, Array.isArray(value) ? value.with(-1, text) : text);
  }
  return metadata;
}

function readAlignment(file: SizedFile, metadata: ReadonlyMap<string, GgufValue>): number {
  const alignment = metadata.get("general.alignment") ?? defaultAlignment;
  if (typeof alignment === "number" && Number.isInteger(Math.log2(alignment)) && alignment >= 1 && alignment <= 2 ** 31) return alignment;
  throw new GgufError("bad-file", `${file.path}: general.alignment is ${shown(alignment)}, expected a power of two`);
}

function describe({
  file,
  info,
  dataStart,
  nameOf,
}: {
  file: SizedFile;
  info: GGUFTensorInfo;
  dataStart: number;
  nameOf: (id: number) => string | undefined;
}): StoredTensor {
  const refuse = (code: string, what: string) => new GgufError(code, `${file.path}: tensor "${info.name}" ${what}`);
  const dtype = dtypeOf(info.dtype);
  if (dtype === undefined) {
    const name = nameOf(info.dtype) ?? `of the unknown type ${info.dtype}`;
    throw refuse("unsupported", `is ${name}: ${Object.keys(dtypes).join(", ")} are supported; take the model in one of these`);
  }
  const shape = info.shape.map(Number).reverse();
  const { elements, bytes } = dtypes[dtype];
  const count = shape.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(count)) throw refuse("bad-file", `has the shape ${shown(shape)}, which is no possible size`);
  if ((shape.at(-1) ?? 1) % elements !== 0)
    throw refuse("bad-file", `has the shape ${shown(shape)}: rows of ${dtype} are multiples of ${elements} elements`);
  return { dtype, shape, byteLength: (count / elements) * bytes, position: dataStart + Number(info.offset) };
}

/** Each tensor must begin where the one before it ends, rounded up to the alignment, and the last end within the file. */
function checkLayout({
  file,
  tensors,
  dataStart,
  alignment,
}: {
  file: SizedFile;
  tensors: readonly (readonly [name: string, tensor: StoredTensor])[];
  dataStart: number;
  alignment: number;
}): void {
  let expected = dataStart;
  for (const [name, { position, byteLength }] of tensors) {
    const refuse = (what: string) => new GgufError("bad-file", `${file.path}: tensor "${name}" ${what}`);
    const end = position + byteLength;
    if (!Number.isSafeInteger(end) || end > file.length)
      throw refuse(`ends at byte ${end}, the file has ${file.length}: it is damaged or was cut short`);
    if (position !== expected) {
      const fault = position < expected ? "overlaps the tensor before it" : "leaves a gap after the tensor before it";
      throw refuse(`${fault}: it begins at byte ${position}, expected ${expected}`);
    }
    expected = roundUp(end, alignment);
  }
}

function roundUp(position: number, alignment: number): number {
  return Math.ceil(position / alignment) * alignment;
}

/** Whatever a stranger's header holds, in one short line. */
function shown(value: unknown): string {
  const text = JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? String(inner) : inner));
  return text.length > 80 ? `${text.slice(0, 80)} …` : text;
}
