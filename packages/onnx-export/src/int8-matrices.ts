import type { GraphBuilder } from "@cai/onnx-graph";
import type { Matrices } from "./matrices.ts";
import type { ModelWeights } from "./model-weights.ts";
import { quantizeMatrix } from "./quantize-matrix.ts";

const float32 = { attributes: { to: { int: 1 } } };

/**
 * Matrices in int8, one scale an output (or row of a table), each kept once though it serve as embedding and as output. What they multiply
 * is rounded to 8 bits as it comes, with one scale a token: so one token's outliers don't coarsen the others, nor a row its neighbours,
 * as they do under ONNX's DynamicQuantizeLinear, which has one scale for the whole batch.
 */
export function int8Matrices(builder: GraphBuilder, weights: ModelWeights): Matrices {
  const quantized = memoized((name: string, perAxis: 0 | 1) => {
    const { matrix, shape } = weights.matrix(name);
    const { values, scales } = quantizeMatrix({ matrix, shape, perAxis });
    return {
      values: builder.initializer({ type: "int8", shape, data: values }, `${name}.int8`),
      scales: builder.initializer({ type: "float32", shape: [scales.length], data: scales }, `${name}.scales`),
    };
  });
  const zeroPoint = builder.initializer({ type: "uint8", shape: [], data: [128] });
  const rounded = memoized((input: string) => {
    const magnitudes = builder.node("ReduceMax", [builder.node("Abs", [input])], { attributes: { axes: { ints: [-1] } } });
    const scale = builder.node("Div", [builder.node("Max", [magnitudes, builder.number(1e-30)]), builder.number(127)]);
    const units = builder.node("Round", [builder.node("Div", [input, scale])]);
    const values = builder.node("Cast", [builder.node("Add", [units, builder.number(128)])], { attributes: { to: { int: 2 } } });
    return { values, scale };
  });
  return {
    rows(name, ids) {
      const { values, scales } = quantized(name, 0);
      const numbers = builder.node("Cast", [builder.node("Gather", [values, ids])], float32);
      return builder.node("Mul", [numbers, builder.node("Unsqueeze", [builder.node("Gather", [scales, ids]), builder.integers(-1)])]);
    },
    product(input, name, { transposed, bias }) {
      const { values, scales } = quantized(name, transposed ? 0 : 1);
      const matrix = transposed ? builder.node("Transpose", [values]) : values;
      const x = rounded(input);
      const sums = builder.node("MatMulInteger", [x.values, matrix, zeroPoint]);
      const product = builder.node("Mul", [builder.node("Mul", [builder.node("Cast", [sums], float32), scales]), x.scale]);
      return bias === undefined ? product : builder.node("Add", [product, weights.tensor(bias)]);
    },
  };
}

/** Made once for each first argument. */
function memoized<Key, Rest extends unknown[], Result>(make: (key: Key, ...rest: Rest) => Result): (key: Key, ...rest: Rest) => Result {
  const made = new Map<Key, Result>();
  return (key, ...rest) => {
    const result = made.get(key) ?? make(key, ...rest);
    made.set(key, result);
    return result;
  };
}
