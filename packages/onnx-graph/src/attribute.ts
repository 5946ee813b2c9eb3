import { OnnxGraphError } from "./error.ts";
import type { GraphBuilder } from "./graph-builder.ts";
import type { AttributeProto } from "./schema.ts";
import { dataTypes, type TensorData, tensorBytes } from "./tensor.ts";

/**
 * An attribute of a node. Its kind is written out, because ONNX tells 1 from 1.0: `{ axis: { int: 1 }, alpha: { float: 1 } }`.
 * A `graph` is the body of an If, a Loop or a Scan; it may name values of the graph around it.
 */
export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly string: string }
  | { readonly strings: readonly string[] }
  | { readonly tensor: TensorData }
  | { readonly graph: GraphBuilder };

/** ONNX's number for each kind of attribute. */
export const attributeKinds = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, floats: 6, ints: 7, strings: 8 } as const;

export function attributeProto(name: string, attribute: Attribute): AttributeProto {
  const text = new TextEncoder();
  const requireIntegers = (values: readonly number[]) => {
    if (values.every(Number.isSafeInteger)) return values;
    throw new OnnxGraphError("invalid-attribute", `attribute ${name}: [${values}] are not all whole numbers: use float or floats`);
  };
  if ("int" in attribute) return { name, type: attributeKinds.int, i: requireIntegers([attribute.int])[0]! };
  if ("ints" in attribute) return { name, type: attributeKinds.ints, ints: requireIntegers(attribute.ints) };
  if ("float" in attribute) return { name, type: attributeKinds.float, f: attribute.float };
  if ("floats" in attribute) return { name, type: attributeKinds.floats, floats: attribute.floats };
  if ("string" in attribute) return { name, type: attributeKinds.string, s: text.encode(attribute.string) };
  if ("strings" in attribute) {
    return { name, type: attributeKinds.strings, strings: attribute.strings.map((value) => text.encode(value)) };
  }
  if ("tensor" in attribute) {
    const { type, shape } = attribute.tensor;
    const rawData = tensorBytes(attribute.tensor, `attribute ${name}`);
    return { name, type: attributeKinds.tensor, t: { dims: shape, dataType: dataTypes[type].code, rawData } };
  }
  if ("graph" in attribute) return { name, type: attributeKinds.graph, g: attribute.graph.toProto() };
  throw new OnnxGraphError(
    "invalid-attribute",
    `attribute ${name}: ${JSON.stringify(attribute)} has no kind, wanted one of ${Object.keys(attributeKinds).join(", ")}`,
  );
}
