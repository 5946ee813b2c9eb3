import { byteLengthOf, type Dtype, dtypes, elementCount, isDtype } from "./dtype.ts";
import { SafetensorsError } from "./error.ts";

/** A tensor that is to be written. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
}

/**
 * The start of a file: the length and the JSON of its header, padded with spaces so that the data begin at a multiple of 8 bytes.
 * Wider elements come first, as in the reference implementation, so that every tensor is aligned; otherwise the order is kept.
 */
export function layOut(
  path: string,
  entries: readonly TensorEntry[],
  metadata: Readonly<Record<string, string>>,
): { header: Uint8Array; ordered: readonly TensorEntry[] } {
  checkEntries(path, entries);
  const ordered = [...entries].sort((a, b) => dtypes[b.dtype].bits - dtypes[a.dtype].bits);
  const described: [string, unknown][] = [["__metadata__", metadata]];
  let end = 0;
  for (const { name, dtype, shape } of ordered) {
    const begin = end;
    end += byteLengthOf(dtype, elementCount(shape)!);
    described.push([name, { dtype, shape, data_offsets: [begin, end] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(described)));
  const header = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  header.set(json, 8);
  return { header, ordered };
}

function checkEntries(path: string, entries: readonly TensorEntry[]): void {
  const names = new Set<string>();
  for (const { name, dtype, shape } of entries) {
    const refuse = (what: string) => new SafetensorsError("bad-input", `${path}: tensor "${name}" ${what}`);
    if (names.has(name)) throw refuse("is listed twice");
    if (name === "__metadata__") throw refuse("has the name that the format keeps for metadata");
    if (!isDtype(dtype)) throw refuse(`has the dtype ${dtype}: ${Object.keys(dtypes).join(", ")} are supported`);
    const count = elementCount(shape);
    if (count === undefined) throw refuse(`has the shape [${shape}]: expected non-negative integers of a possible size`);
    if (!Number.isInteger(byteLengthOf(dtype, count)))
      throw refuse(`has the shape [${shape}]: in ${dtype} that is no whole number of bytes`);
    names.add(name);
  }
}
