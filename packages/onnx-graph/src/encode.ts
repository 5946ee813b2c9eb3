import protobuf from "protobufjs/light.js";
import { OnnxGraphError } from "./error.ts";
import { type GraphProto, type ModelProto, messages } from "./schema.ts";
import { type DataType, dataTypes } from "./tensor.ts";

/** A constant tensor with its bytes as they go into the file, or with the name of the file beside that holds them, and nothing else. */
export interface Initializer {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array | { readonly location: string };
}

/** ONNX's number for data that lies outside of the model. */
const external = 1;

const largest = 2 ** 31 - 1;

/**
 * The bytes of a model. protobufjs writes all but the large arrays: it would copy each several times, while fields of a message may be
 * joined as they are, in any order.
 */
export function encodeModel({
  model,
  graph,
  initializers,
}: {
  readonly model: ModelProto;
  readonly graph: GraphProto;
  readonly initializers: readonly Initializer[];
}): Uint8Array<ArrayBuffer> {
  const graphParts = [messages.graph.encode(graph).finish()];
  for (const { name, type, shape, bytes } of initializers) {
    const header = { name, dataType: dataTypes[type].code, dims: shape };
    if (bytes instanceof Uint8Array) {
      graphParts.push(...field(5, [messages.tensor.encode(header).finish(), ...field(9, [bytes])]));
    } else {
      const externalData = [{ key: "location", value: bytes.location }];
      graphParts.push(...field(5, [messages.tensor.encode({ ...header, externalData, dataLocation: external }).finish()]));
    }
  }
  return join([messages.model.encode(model).finish(), ...field(7, graphParts)]);
}

/** A length-delimited field. */
function field(id: number, parts: readonly Uint8Array[]): readonly Uint8Array[] {
  const tag = (id << 3) | 2;
  return [protobuf.Writer.create().uint32(tag).uint32(lengthOf(parts)).finish(), ...parts];
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(lengthOf(parts));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.byteLength;
  }
  return bytes;
}

function lengthOf(parts: readonly Uint8Array[]): number {
  const length = parts.reduce((sum, part) => sum + part.byteLength, 0);
  if (length <= largest) return length;
  throw new OnnxGraphError("too-large", `the model has ${length} bytes; an ONNX file holds at most ${largest}: use a smaller type`);
}
