import { attributeKinds } from "./attribute.ts";
import { OnnxGraphError } from "./error.ts";
import { type AttributeProto, type GraphProto, type ModelProto, messages, type TensorProto, type ValueInfoProto } from "./schema.ts";
import { type DataType, dataTypes, type TensorData, type TypedArray } from "./tensor.ts";

/** An input or output of a graph; a size that is free has a name, or "" where the file gives none. */
export interface ValueDescription {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly (number | string)[];
}

/** A node as the file has it. */
export interface NodeDescription {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: {
    readonly [name: string]: number | string | readonly number[] | readonly string[] | TensorData | GraphDescription;
  };
}

/** A graph as the file has it. */
export interface GraphDescription {
  readonly name: string;
  readonly inputs: readonly ValueDescription[];
  readonly outputs: readonly ValueDescription[];
  readonly nodes: readonly NodeDescription[];
  readonly initializers: ReadonlyMap<string, TensorData>;
}

/** A model as the file has it. */
export interface ModelDescription extends GraphDescription {
  readonly irVersion: number;
  /** Versions by domain; ONNX's own is "". */
  readonly opsets: { readonly [domain: string]: number };
  readonly metadata: { readonly [key: string]: string };
}

/**
 * Reads the bytes of an ONNX file back: for tests, and to look into a model.
 *
 * @throws OnnxGraphError `invalid-model` where the bytes are no ONNX model, or use what is not read here (sparse tensors, strings, data in
 * files beside).
 */
export function readModel(bytes: Uint8Array): ModelDescription {
  let model: ModelProto;
  try {
    model = messages.model.toObject(messages.model.decode(bytes), { longs: Number });
  } catch (cause) {
    throw new OnnxGraphError("invalid-model", `these ${bytes.byteLength} bytes are no ONNX model: ${(cause as Error).message}`, { cause });
  }
  if (model.graph === undefined) throw new OnnxGraphError("invalid-model", `these ${bytes.byteLength} bytes are no ONNX model: no graph`);
  return {
    ...describeGraph(model.graph),
    irVersion: model.irVersion ?? 0,
    opsets: Object.fromEntries((model.opsetImport ?? []).map(({ domain = "", version = 0 }) => [domain, version])),
    metadata: Object.fromEntries((model.metadataProps ?? []).map(({ key = "", value = "" }) => [key, value])),
  };
}

function describeGraph(graph: GraphProto): GraphDescription {
  return {
    name: graph.name ?? "",
    inputs: (graph.input ?? []).map(describeValue),
    outputs: (graph.output ?? []).map(describeValue),
    nodes: (graph.node ?? []).map((node) => ({
      name: node.name ?? "",
      opType: node.opType ?? "",
      domain: node.domain ?? "",
      inputs: node.input ?? [],
      outputs: node.output ?? [],
      attributes: Object.fromEntries((node.attribute ?? []).map((attribute) => [attribute.name, describeAttribute(attribute)])),
    })),
    initializers: new Map((graph.initializer ?? []).map((tensor) => [tensor.name ?? "", describeTensor(tensor)])),
  };
}

function describeValue({ name = "", type }: ValueInfoProto): ValueDescription {
  const dimensions = type?.tensorType?.shape?.dim ?? [];
  return {
    name,
    type: dataTypeOf(type?.tensorType?.elemType, name),
    shape: dimensions.map(({ dimValue, dimParam }) => dimValue ?? dimParam ?? ""),
  };
}

function describeAttribute(attribute: AttributeProto): NodeDescription["attributes"][string] {
  const text = new TextDecoder();
  switch (attribute.type) {
    case attributeKinds.int:
      return attribute.i ?? 0;
    case attributeKinds.ints:
      return attribute.ints ?? [];
    case attributeKinds.float:
      return attribute.f ?? 0;
    case attributeKinds.floats:
      return attribute.floats ?? [];
    case attributeKinds.string:
      return text.decode(attribute.s);
    case attributeKinds.strings:
      return (attribute.strings ?? []).map((value) => text.decode(value));
    case attributeKinds.tensor:
      return describeTensor(attribute.t ?? {});
    case attributeKinds.graph:
      return describeGraph(attribute.g ?? {});
    default:
      throw new OnnxGraphError("invalid-model", `attribute ${attribute.name} is of kind ${attribute.type}, which is not read here`);
  }
}

function describeTensor(tensor: TensorProto): TensorData {
  const { name = "", dims = [], dataType, rawData } = tensor;
  const type = dataTypeOf(dataType, name);
  if (rawData === undefined) {
    const numbers = tensor.floatData ?? tensor.doubleData ?? tensor.int64Data ?? tensor.int32Data ?? [];
    const isBits = type === "float16" || type === "bfloat16";
    return { type, shape: dims, data: isBits ? Uint16Array.from(numbers) : numbers };
  }
  const Elements = dataTypes[type].array;
  if (rawData.byteLength !== dims.reduce((product, size) => product * size, Elements.BYTES_PER_ELEMENT)) {
    throw new OnnxGraphError("invalid-model", `tensor ${name}: ${rawData.byteLength} bytes for ${type} [${dims}]`);
  }
  const data: TypedArray = new Elements(new Uint8Array(rawData).buffer); // copied, because the bytes need not be aligned
  return { type, shape: dims, data };
}

function dataTypeOf(code: number | undefined, name: string): DataType {
  for (const [type, { code: own }] of Object.entries(dataTypes)) if (own === code) return type as DataType;
  throw new OnnxGraphError("invalid-model", `${name}: its type has the number ${code}, which is not read here`);
}
