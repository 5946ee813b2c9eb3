import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { dtypes, type GgufDtype } from "./dtype.ts";

export type Bytes = Uint8Array | readonly number[];

const joined = (...parts: readonly Bytes[]): Uint8Array => Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array)));

export const u32 = (value: number): Bytes => new Uint8Array(Uint32Array.of(value).buffer);
export const u64 = (value: number | bigint): Bytes => new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);
export const f32 = (value: number): Bytes => new Uint8Array(Float32Array.of(value).buffer);
const text = (value: string): Bytes => joined(u64(Buffer.byteLength(value)), Buffer.from(value));

/** Metadata values with the number of their type before them. */
export const value = {
  u8: (number: number): Bytes => joined(u32(0), [number]),
  u32: (number: number): Bytes => joined(u32(4), u32(number)),
  f32: (number: number): Bytes => joined(u32(6), f32(number)),
  bool: (truth: boolean): Bytes => joined(u32(7), [truth ? 1 : 0]),
  text: (content: string): Bytes => joined(u32(8), text(content)),
  u64: (number: number | bigint): Bytes => joined(u32(10), u64(number)),
  texts: (contents: readonly string[]): Bytes => joined(u32(9), u32(8), u64(contents.length), ...contents.map(text)),
  f32s: (numbers: readonly number[]): Bytes => joined(u32(9), u32(6), u64(numbers.length), ...numbers.map(f32)),
  i32s: (numbers: readonly number[]): Bytes => joined(u32(9), u32(5), u64(numbers.length), ...numbers.map(u32)),
};

/** A tensor as a file describes it; any number may be a lie. */
interface FileTensor {
  readonly name: string;
  readonly type: number;
  /** As in the file: the fastest dimension first. */
  readonly dimensions: readonly (number | bigint)[];
  readonly offset: number | bigint;
}

export interface FileParts {
  readonly magic?: string;
  readonly version?: number;
  readonly tensorCount?: number | bigint;
  readonly keyCount?: number | bigint;
  readonly metadata?: readonly (readonly [key: string, value: Bytes])[];
  readonly tensors?: readonly FileTensor[];
  readonly data?: Bytes;
  readonly alignment?: number;
}

/** A file put together byte by byte, as the format's own description has it. */
export function fileBytes({
  magic = "GGUF",
  version = 3,
  metadata = [],
  tensors = [],
  data = [],
  alignment = 32,
  ...counts
}: FileParts): Uint8Array {
  const header = joined(
    Buffer.from(magic),
    u32(version),
    u64(counts.tensorCount ?? tensors.length),
    u64(counts.keyCount ?? metadata.length),
    ...metadata.flatMap(([key, bytes]) => [text(key), bytes]),
    ...tensors.flatMap(({ name, type, dimensions, offset }) => [
      text(name),
      u32(dimensions.length),
      ...dimensions.map(u64),
      u32(type),
      u64(offset),
    ]),
  );
  return joined(header, padding(header.length, alignment), data);
}

/** Tensors one after another with honest descriptions, and their bytes. */
export function packed(
  contents: Readonly<Record<string, { readonly dtype: GgufDtype; readonly shape: readonly number[]; readonly stored: readonly number[] }>>,
): Required<Pick<FileParts, "tensors" | "data">> {
  const tensors: FileTensor[] = [];
  const data: number[] = [];
  for (const [name, { dtype, shape, stored }] of Object.entries(contents)) {
    data.push(...padding(data.length, 32));
    tensors.push({ name, type: dtypes[dtype].id, dimensions: shape.toReversed(), offset: data.length });
    data.push(...stored);
  }
  return { tensors, data };
}

function padding(length: number, alignment: number): readonly number[] {
  return Array<number>((alignment - (length % alignment)) % alignment).fill(0);
}

/** A file of these bytes that goes when the test is over. */
export async function fileOf(bytes: Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "gguf-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "model.gguf");
  await writeFile(path, bytes);
  return path;
}
