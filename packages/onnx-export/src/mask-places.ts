import type { GraphBuilder } from "@cai/onnx-graph";

/** The place of each token in its own text, int64 `[B, T]`: how many valid ones stand before it. Padding may stand on either side. */
export function positionsOf(builder: GraphBuilder, attentionMask: string): string {
  const [zero, one] = [integer(builder, 0), integer(builder, 1)] as const;
  return builder.node("Max", [builder.node("Sub", [builder.node("CumSum", [attentionMask, one]), one]), zero]);
}

/** The row of `[B · T]` that holds each text's last valid token, int64 `[B]`. */
export function lastTokens(builder: GraphBuilder, attentionMask: string): string {
  const [zero, one] = [integer(builder, 0), integer(builder, 1)] as const;
  const sizeOf = (axis: string) => builder.node("Gather", [builder.node("Shape", [attentionMask]), axis]);
  const [rows, columns] = [sizeOf(zero), sizeOf(one)];
  const validColumns = builder.node("Mul", [attentionMask, builder.node("Range", [zero, columns, one])]);
  const last = builder.node("ReduceMax", [validColumns], { attributes: { axes: { ints: [1] }, keepdims: { int: 0 } } });
  return builder.node("Add", [builder.node("Mul", [builder.node("Range", [zero, rows, one]), columns]), last]);
}

function integer(builder: GraphBuilder, value: number): string {
  return builder.once(`integer ${value}`, () => builder.initializer({ type: "int64", shape: [], data: [value] }));
}
