import { byteLengthOf, type Dtype, dtypes, elementCount, isDtype } from "./dtype.ts";
import { SafetensorsError } from "./error.ts";
import { repeatedKey } from "./repeated-key.ts";

/** What a file's header says of a tensor. */
export interface TensorInfo {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly byteLength: number;
}

export interface StoredTensor extends TensorInfo {
  /** Where its first byte stands in the file. */
  readonly position: number;
}

export interface Header {
  /** In the order of their bytes. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The reference implementation's limit. */
const longestHeader = 100_000_000;

/** How long the JSON part of a header is, from the file's first eight bytes. */
export function headerLengthOf(path: string, prefix: Uint8Array, fileLength: number): number {
  if (fileLength < 8) throw new SafetensorsError("bad-file", `${path} has ${fileLength} bytes: too short for a safetensors file`);
  const headerLength = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true);
  if (headerLength <= fileLength - 8 && headerLength <= longestHeader) return Number(headerLength);
  throw new SafetensorsError(
    "bad-file",
    `${path}: a header of ${headerLength} bytes in a file of ${fileLength}: this is no safetensors file, or it was cut short`,
  );
}

/**
 * Reads the JSON part of a header and checks all of it: dtypes, shapes, names, and that the tensors fill the rest of the file
 * without a gap, an overlap or a byte too many. As in the reference implementation, metadata may be null.
 */
export function parseHeader(path: string, bytes: Uint8Array, fileLength: number): Header {
  const { __metadata__, ...entries } = parseEntries(path, bytes);
  const metadata = __metadata__ ?? {};
  if (!isObject(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    throw new SafetensorsError("bad-file", `${path}: __metadata__ must be an object of strings`);
  }
  const dataStart = 8 + bytes.length;
  const tensors = Object.entries(entries)
    .map(([name, entry]): [string, StoredTensor] => [name, parseTensor({ path, name, entry, dataStart })])
    .sort(([, a], [, b]) => a.position - b.position || a.byteLength - b.byteLength);
  checkLayout({ path, tensors, dataStart, fileLength });
  return { tensors: new Map(tensors), metadata: metadata as Record<string, string> };
}

function parseEntries(path: string, bytes: Uint8Array): Record<string, unknown> {
  let text: string;
  let entries: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    entries = JSON.parse(text);
  } catch (cause) {
    throw new SafetensorsError("bad-file", `${path}: the header is not JSON in UTF-8: this is no safetensors file, or it is damaged`, {
      cause,
    });
  }
  if (!isObject(entries)) throw new SafetensorsError("bad-file", `${path}: the header is not a JSON object`);
  const repeated = repeatedKey(text);
  if (repeated !== undefined) throw new SafetensorsError("bad-file", `${path}: the header names "${repeated}" twice`);
  return entries;
}

function parseTensor({ path, name, entry, dataStart }: { path: string; name: string; entry: unknown; dataStart: number }): StoredTensor {
  const refuse = (what: string) => new SafetensorsError("bad-file", `${path}: tensor "${name}": ${what}`);
  if (!isObject(entry)) throw refuse("its description is not an object");
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isDtype(dtype)) throw refuse(`dtype ${shown(dtype)} is unknown: ${Object.keys(dtypes).join(", ")} are supported`);
  const count = elementCount(shape);
  if (count === undefined) throw refuse(`shape ${shown(shape)} is not a list of non-negative integers of a possible size`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every((offset) => Number.isSafeInteger(offset) && offset >= 0)) {
    throw refuse(`data_offsets ${shown(offsets)} are not two non-negative integers`);
  }
  const [begin, end] = offsets as [number, number];
  const byteLength = byteLengthOf(dtype, count);
  if (end - begin !== byteLength) {
    throw refuse(`data_offsets [${begin}, ${end}] span ${end - begin} bytes, shape ${shown(shape)} of ${dtype} takes ${byteLength}`);
  }
  return { dtype, shape: shape as number[], byteLength, position: dataStart + begin };
}

/** Each tensor must begin where the one before it ends, and the last end with the file. */
function checkLayout(file: {
  path: string;
  tensors: readonly (readonly [name: string, tensor: StoredTensor])[];
  dataStart: number;
  fileLength: number;
}): void {
  const { path, tensors, dataStart, fileLength } = file;
  let end = dataStart;
  for (const [name, { position, byteLength }] of tensors) {
    if (position !== end) {
      const fault = position < end ? "overlaps the tensor before it" : "leaves a gap after the tensor before it";
      throw new SafetensorsError("bad-file", `${path}: tensor "${name}" ${fault}: it begins at byte ${position}, expected ${end}`);
    }
    end += byteLength;
    if (end > fileLength) {
      throw new SafetensorsError("bad-file", `${path}: tensor "${name}" ends at byte ${end}, the file has ${fileLength}: it was cut short`);
    }
  }
  if (end !== fileLength) {
    throw new SafetensorsError("bad-file", `${path}: ${fileLength - end} bytes after the last tensor belong to none`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whatever a stranger's header holds, in one short line. */
function shown(value: unknown, depth = 2): string {
  if (typeof value === "string") return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (!Array.isArray(value)) return isObject(value) ? "an object" : String(value);
  if (depth === 0) return "[…]";
  const first = value.slice(0, 8).map((one) => shown(one, depth - 1));
  return `[${first.join(", ")}${value.length > 8 ? ", …" : ""}]`;
}
