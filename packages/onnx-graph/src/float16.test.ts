import fc from "fast-check";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { toBfloat16Bits, toFloat16Bits } from "./float16.ts";
import { GraphBuilder } from "./graph-builder.ts";

test.each([
  [0, 0],
  [-0, 0x8000],
  [1, 0x3c00],
  [-2, 0xc000],
  [65504, 0x7bff],
  [65519.99, 0x7bff],
  [65520, 0x7c00],
  [Number.NEGATIVE_INFINITY, 0xfc00],
  [Number.NaN, 0x7e00],
  [2 ** -14, 0x0400],
  [2 ** -24, 1],
  [2 ** -25, 0], // a tie: to the even neighbour
  [3 * 2 ** -25, 2],
  [1 + 2 ** -11, 0x3c00],
  [1 + 3 * 2 ** -11, 0x3c02],
])("%d has the half-precision bits %i", (value, bits) => {
  expect([...toFloat16Bits([value])]).toEqual([bits]);
});

test.each([
  [1, 0x3f80],
  [-1, 0xbf80],
  [1 + 2 ** -8, 0x3f80], // a tie: to the even neighbour
  [1 + 3 * 2 ** -8, 0x3f82],
  [3.4028234e38, 0x7f80],
  [Number.NaN, 0x7fc0],
])("%d has the bfloat16 bits %i", (value, bits) => {
  expect([...toBfloat16Bits([value])]).toEqual([bits]);
});

test("half-precision bits are those of ONNX Runtime's own Cast", async () => {
  const graph = new GraphBuilder();
  const x = graph.input("x", "float32", ["n"]);
  graph.output(graph.node("Cast", [x], { attributes: { to: { int: 10 } }, output: "y" }), "float16", ["n"]);
  const session = await InferenceSession.create(graph.toBytes());
  const halves = fc.float32Array({ min: -70_000, max: 70_000, noNaN: true, minLength: 1, maxLength: 50 });
  const tiny = fc.float32Array({ min: -Math.fround(2 ** -13), max: Math.fround(2 ** -13), noNaN: true, minLength: 1, maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(fc.oneof(halves, tiny), async (values) => {
      const { y } = await session.run({ x: new Tensor("float32", values, [values.length]) });
      expect([...toFloat16Bits(values)]).toEqual(
        [...new Uint16Array(new Uint8Array((y!.data as Uint16Array).buffer).buffer)].slice(0, values.length),
      );
    }),
    { numRuns: 200 },
  );
  await session.release();
});
