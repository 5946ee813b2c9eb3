import { maskedCrc32c } from "./crc32c.ts";

/** A TensorBoard event as the tests read it back. */
export interface DecodedEvent {
  wallTime?: number;
  step?: number;
  fileVersion?: string;
  sessionStatus?: number;
  scalars?: Record<string, number>;
  /** Cells by tag, row by row. */
  texts?: Record<string, string[]>;
}

/** Decodes the records of a TensorBoard file, checking both checksums of each. */
export function decodeEvents(bytes: Uint8Array): DecodedEvent[] {
  const file = Buffer.from(bytes);
  const events: DecodedEvent[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    if (file.readUInt32LE(at + 8) !== maskedCrc32c(file.subarray(at, at + 8))) throw new Error(`checksum of the length at ${at}`);
    const body = file.subarray(at + 12, at + 12 + length);
    if (file.readUInt32LE(at + 12 + length) !== maskedCrc32c(body)) throw new Error(`checksum of the record at ${at}`);
    events.push(decodeEvent(body));
    at += 16 + length;
  }
  return events;
}

function decodeEvent(body: Buffer): DecodedEvent {
  const event: DecodedEvent = {};
  for (const [field, value] of fields(body)) {
    if (field === 1) event.wallTime = (value as Buffer).readDoubleLE();
    if (field === 2) event.step = value as number;
    if (field === 3) event.fileVersion = String(value);
    if (field === 5) {
      const values = fields(value as Buffer).map(([, entry]) => fields(entry as Buffer));
      const isText = values.some((entry) => entry.some(([part]) => part === 8));
      if (isText) event.texts = Object.fromEntries(values.map(decodeText));
      else event.scalars = Object.fromEntries(values.map(decodeScalar));
    }
    if (field === 7) event.sessionStatus = fields(value as Buffer)[0]![1] as number;
  }
  return event;
}

type Fields = [number, number | Buffer][];

function decodeText(entry: Fields): [string, string[]] {
  const values = new Map(entry);
  const cells = fields(values.get(8) as Buffer).filter(([field]) => field === 8);
  return [String(values.get(1)), cells.map(([, text]) => String(text))];
}

function decodeScalar(entry: Fields): [string, number] {
  const values = new Map(entry);
  return [String(values.get(1)), (values.get(2) as Buffer).readFloatLE()];
}

/** Field numbers and values of a protobuf message: a number for a varint, bytes otherwise. */
function fields(message: Buffer): Fields {
  const found: Fields = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const bytes = (length: number): Buffer => {
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const key = varint();
    const read = { 0: varint, 1: () => bytes(8), 2: () => bytes(varint()), 5: () => bytes(4) }[key & 7]!;
    found.push([key >> 3, read()]);
  }
  return found;
}
