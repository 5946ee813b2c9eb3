import { maskedCrc32c } from "./crc32c.ts";

/** One record of a TensorBoard file: its first line, the start of a session, the numbers of a step, or a table of texts. */
export type TensorBoardEvent =
  | { readonly kind: "version" }
  /** Numbers of this step and later ones in earlier files no longer count. */
  | { readonly kind: "start"; readonly step: number }
  | { readonly kind: "scalars"; readonly step: number; readonly values: Readonly<Record<string, number>> }
  /** Rows of as many cells each, the headings first; shown as they are, whatever Markdown or HTML they look like. */
  | { readonly kind: "table"; readonly step: number; readonly tag: string; readonly rows: readonly (readonly string[])[] };

/**
 * The event as a TFRecord: length, masked CRC of the length, the `tensorflow.Event` message, masked CRC of the message.
 *
 * Fields as in tensorflow/core/util/event.proto and framework/summary.proto: Event { 1 wall_time, 2 step, 3 file_version, 5 summary,
 * 7 session_log }, Summary { 1 value }, Value { 1 tag, 2 simple_value, 8 tensor, 9 metadata }, SessionLog { 1 status (1 = START) }; for texts
 * SummaryMetadata { 1 plugin_data { 1 plugin_name } }, TensorProto { 1 dtype (7 = string), 2 tensor_shape { 2 dim { 1 size } }, 8 string_val }.
 */
export function encodeEvent(event: TensorBoardEvent, wallTimeSeconds: number): Uint8Array<ArrayBuffer> {
  const parts = [field(1, "fixed64"), double(wallTimeSeconds)];
  if (event.kind === "version") parts.push(message(3, utf8("brain.Event:2")));
  else {
    parts.push(field(2, "varint"), varint(event.step));
    if (event.kind === "start") parts.push(message(7, concatenated([field(1, "varint"), varint(1)])));
    else if (event.kind === "table") parts.push(message(5, table(event.tag, event.rows)));
    else parts.push(message(5, concatenated(Object.entries(event.values).map(([tag, value]) => scalar(tag, value)))));
  }
  return tfRecord(concatenated(parts));
}

function scalar(tag: string, value: number): Uint8Array<ArrayBuffer> {
  const number = new Uint8Array(4);
  new DataView(number.buffer).setFloat32(0, value, true);
  return message(1, concatenated([message(1, utf8(tag)), field(2, "fixed32"), number]));
}

function table(tag: string, rows: readonly (readonly string[])[]): Uint8Array<ArrayBuffer> {
  const size = (count: number) => message(2, concatenated([field(1, "varint"), varint(count)]));
  const shape = concatenated([size(rows.length), size(rows[0]?.length ?? 0)]);
  const cells = rows.flat().map((text) => message(8, utf8(asPlain(text))));
  const tensor = concatenated([field(1, "varint"), varint(7), message(2, shape), ...cells]);
  return message(1, concatenated([message(1, utf8(tag)), message(8, tensor), message(9, message(1, message(1, utf8("text"))))]));
}

/** TensorBoard shows texts as Markdown: what would be read as such is escaped, and a line break is shown as a sign. */
const asPlain = (text: string): string =>
  text.replaceAll(/[\\`*_{}[\]()<>#+\-.!|~&:=]/g, (sign) => `&#${sign.charCodeAt(0)};`).replaceAll(/\r?\n/g, " ⏎ ");

function tfRecord(body: Uint8Array): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(16 + body.length);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(body.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(body, 12);
  view.setUint32(12 + body.length, maskedCrc32c(body), true);
  return record;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function concatenated(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}

const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 };
const field = (number: number, type: keyof typeof wireTypes): Uint8Array<ArrayBuffer> => Uint8Array.of((number << 3) | wireTypes[type]);
const message = (number: number, body: Uint8Array): Uint8Array<ArrayBuffer> =>
  concatenated([field(number, "bytes"), varint(body.length), body]);

function double(value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return bytes;
}

function varint(value: number): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Uint8Array.of(...bytes, rest);
}
