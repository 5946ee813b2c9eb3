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
export function encodeEvent(event: TensorBoardEvent, wallTimeSeconds: number): Buffer {
  const parts = [field(1, "fixed64"), double(wallTimeSeconds)];
  if (event.kind === "version") parts.push(message(3, Buffer.from("brain.Event:2")));
  else {
    parts.push(field(2, "varint"), varint(event.step));
    if (event.kind === "start") parts.push(message(7, Buffer.concat([field(1, "varint"), varint(1)])));
    else if (event.kind === "table") parts.push(message(5, table(event.tag, event.rows)));
    else parts.push(message(5, Buffer.concat(Object.entries(event.values).map(([tag, value]) => scalar(tag, value)))));
  }
  return tfRecord(Buffer.concat(parts));
}

function scalar(tag: string, value: number): Buffer {
  const number = Buffer.alloc(4);
  number.writeFloatLE(value);
  return message(1, Buffer.concat([message(1, Buffer.from(tag)), field(2, "fixed32"), number]));
}

function table(tag: string, rows: readonly (readonly string[])[]): Buffer {
  const size = (count: number) => message(2, Buffer.concat([field(1, "varint"), varint(count)]));
  const shape = Buffer.concat([size(rows.length), size(rows[0]?.length ?? 0)]);
  const cells = rows.flat().map((text) => message(8, Buffer.from(asPlain(text))));
  const tensor = Buffer.concat([field(1, "varint"), varint(7), message(2, shape), ...cells]);
  return message(
    1,
    Buffer.concat([message(1, Buffer.from(tag)), message(8, tensor), message(9, message(1, message(1, Buffer.from("text"))))]),
  );
}

/** TensorBoard shows texts as Markdown: what would be read as such is escaped, and a line break is shown as a sign. */
const asPlain = (text: string): string =>
  text.replaceAll(/[\\`*_{}[\]()<>#+\-.!|~&:=]/g, (sign) => `&#${sign.charCodeAt(0)};`).replaceAll(/\r?\n/g, " ⏎ ");

function tfRecord(body: Buffer): Buffer {
  const record = Buffer.alloc(16 + body.length);
  record.writeBigUInt64LE(BigInt(body.length), 0);
  record.writeUInt32LE(maskedCrc32c(record.subarray(0, 8)), 8);
  body.copy(record, 12);
  record.writeUInt32LE(maskedCrc32c(body), 12 + body.length);
  return record;
}

const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 };
const field = (number: number, type: keyof typeof wireTypes): Buffer => Buffer.from([(number << 3) | wireTypes[type]]);
const message = (number: number, body: Buffer): Buffer => Buffer.concat([field(number, "bytes"), varint(body.length), body]);

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}
