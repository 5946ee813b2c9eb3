import type { GraphBuilder } from "@cai/onnx-graph";

/** Added to what may not be seen: exp of it is 0, and a row that sees nothing stays finite. */
const hidden = -1e9;

/**
 * What is added to attention's scores, `[B, 1, groupSize · T, P + T]`: 0 where a query may look, −1e9 at padding and at what comes later.
 * The rows are repeated for the query heads that share a key.
 *
 * @param inputIds `[B, T]`, the last T columns of
 * @param attentionMask int64 `[B, P + T]`, 1 counts
 */
export function attentionBias(
  builder: GraphBuilder,
  { inputIds, attentionMask, groupSize }: { readonly inputIds: string; readonly attentionMask: string; readonly groupSize: number },
): string {
  const integer = (value: number) => builder.initializer({ type: "int64", shape: [], data: [value] });
  const [zero, one] = [integer(0), integer(1)] as const;
  const columnsOf = (matrix: string) => builder.node("Gather", [builder.node("Shape", [matrix]), one]);

  const all = columnsOf(attentionMask);
  const past = builder.node("Sub", [all, columnsOf(inputIds)]);
  const keys = builder.node("Range", [zero, all, one]);
  const queries = builder.node("Unsqueeze", [builder.node("Range", [past, all, one]), builder.integers(1)]);
  const earlier = builder.node("LessOrEqual", [keys, queries]);
  const valid = builder.node("Cast", [builder.node("Unsqueeze", [attentionMask, builder.integers(1, 2)])], {
    attributes: { to: { int: 9 } },
  });
  const bias = builder.node("Where", [builder.node("And", [valid, earlier]), builder.number(0), builder.number(hidden)]);
  return groupSize === 1 ? bias : builder.node("Concat", Array(groupSize).fill(bias), { attributes: { axis: { int: 2 } } });
}
