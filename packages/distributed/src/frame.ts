import { DistributedError } from "./error.ts";

/** What travels in a frame beside its header. */
export type FrameArray = Float64Array | Float32Array | Int32Array | Uint8Array;

/** A header of plain JSON, and arrays by name. */
export interface Frame {
  readonly header: Readonly<Record<string, unknown>>;
  readonly arrays: Readonly<Record<string, FrameArray>>;
}

const magic = 0x4a49_4143; // "CAIJ"
const prefixBytes = 8;
const types = { f64: Float64Array, f32: Float32Array, i32: Int32Array, u8: Uint8Array } as const;
type TypeName = keyof typeof types;
interface ArrayEntry {
  readonly name: string;
  readonly type: TypeName;
  readonly length: number;
}

/** No frame is larger, unless told otherwise: 64 MiB. */
export const maxFrameBytes = 64 * 2 ** 20;

/**
 * As bytes: four that name the format, the length of the header, the header as JSON with each array's name, type and length, then the arrays'
 * bytes, little-endian and without gaps.
 *
 * @throws DistributedError `too-large`
 *
 * @example
 * const bytes = encodeFrame({ header: { step: 3 }, arrays: { ids: Int32Array.of(1, 2) } });
 * console.log(decodeFrame(bytes).arrays.ids?.join()); // 1,2
 */
export function encodeFrame({ header, arrays }: Frame, maxBytes = maxFrameBytes): Buffer {
  const named = Object.entries(arrays);
  const entries: ArrayEntry[] = named.map(([name, array]) => ({ name, type: typeOf(array), length: array.length }));
  const text = Buffer.from(JSON.stringify({ ...header, arrays: entries }));
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32LE(magic, 0);
  prefix.writeUInt32LE(text.length, 4);
  const frame = Buffer.concat([prefix, text, ...named.map(([, array]) => Buffer.from(array.buffer, array.byteOffset, array.byteLength))]);
  refuseLarge(frame.length, maxBytes);
  return frame;
}

/**
 * The way back. The arrays are copies.
 *
 * @throws DistributedError `too-large`, and `bad-payload` for bytes that are no frame: any byte too many or too few is told.
 */
export function decodeFrame(bytes: Uint8Array, maxBytes = maxFrameBytes): Frame {
  refuseLarge(bytes.byteLength, maxBytes);
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < prefixBytes || view.readUInt32LE(0) !== magic) refuse("bytes that do not begin as a frame does");
  const start = prefixBytes + view.readUInt32LE(4);
  if (start > view.length) refuse(`${view.length} bytes, with a header that ends at ${start}`);
  const { arrays: entries, ...header } = parseHeader(view.toString("utf8", prefixBytes, start));
  if (!Array.isArray(entries) || !entries.every(isEntry)) refuse("a header without a sound list of arrays");
  const size = (entries as ArrayEntry[]).reduce((sum, { type, length }) => sum + length * types[type].BYTES_PER_ELEMENT, 0);
  if (start + size !== view.length) refuse(`${view.length - start} bytes of arrays; the header tells of ${size}`);
  let at = start;
  const read = (entries as ArrayEntry[]).map(({ name, type, length }) => {
    const end = at + length * types[type].BYTES_PER_ELEMENT;
    const array = new types[type](new Uint8Array(view.subarray(at, end)).buffer);
    at = end;
    return [name, array] as const;
  });
  return { header, arrays: Object.fromEntries(read) };
}

function parseHeader(text: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(text);
    if (typeof header === "object" && header !== null && !Array.isArray(header)) return header as Record<string, unknown>;
  } catch {}
  return refuse("a header that is no JSON object");
}

function isEntry(entry: unknown): entry is ArrayEntry {
  const { name, type, length } = (entry ?? {}) as Partial<ArrayEntry>;
  const isKnown = typeof type === "string" && Object.hasOwn(types, type);
  return isKnown && typeof name === "string" && name !== "__proto__" && Number.isSafeInteger(length) && length! >= 0;
}

function typeOf(array: FrameArray): TypeName {
  if (array instanceof Float64Array) return "f64";
  if (array instanceof Float32Array) return "f32";
  return array instanceof Int32Array ? "i32" : "u8";
}

function refuseLarge(bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw new DistributedError("too-large", `a frame of ${bytes} bytes; at most ${maxBytes} are taken: give fewer rows a job`);
}

function refuse(what: string): never {
  throw new DistributedError("bad-payload", `a frame was expected, and there are ${what}`);
}
