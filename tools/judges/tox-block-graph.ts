import { GraphBuilder } from "../../packages/onnx-graph/src/index.ts";
import { toxBlockWeights, type WeightName } from "./tox-block-weights.ts";

const hidden = 50;

/**
 * tox-block's network in ONNX: `input_ids`, int64 [batch, 100], padded in front with 0, to `logits`, float32 [batch, 6], whose logistic is the
 * probability of each class. Words → embeddings → LSTM both ways → maximum over the words → a layer with ReLU → a linear one.
 *
 * @param file the bytes of `lstm_model_0.1.2.h5`
 */
export function toxBlockGraph(file: Uint8Array): Uint8Array<ArrayBuffer> {
  const weights = toxBlockWeights(file);
  const graph = new GraphBuilder({
    name: "tox-block",
    metadata: { source: "https://pypi.org/project/tox-block/0.1.2/", licence: "MIT, Copyright (c) 2020 Pascal Bliem" },
  });
  const constant = (name: WeightName) => graph.initializer({ type: "float32", ...weights[name] }, name);
  const ids = graph.input("input_ids", "int64", ["batch", 100]);
  const embedded = graph.node("Gather", [constant("embeddings"), ids]);
  const steps = graph.node("Transpose", [embedded], { attributes: { perm: { ints: [1, 0, 2] } } });
  const states = graph.node("LSTM", [steps, ...lstmWeights(graph, weights)], {
    attributes: {
      direction: { string: "bidirectional" },
      hidden_size: { int: hidden },
      // Keras's hard sigmoid of that time: 0.2 x + 0.5, held within 0 and 1.
      activations: { strings: ["HardSigmoid", "Tanh", "Tanh", "HardSigmoid", "Tanh", "Tanh"] },
      activation_alpha: { floats: [0.2, 0.2] },
      activation_beta: { floats: [0.5, 0.5] },
    },
  });
  const largest = graph.node("ReduceMax", [states], { attributes: { axes: { ints: [0] }, keepdims: { int: 0 } } });
  const byText = graph.node("Transpose", [largest], { attributes: { perm: { ints: [1, 0, 2] } } });
  const pooled = graph.node("Reshape", [byText, graph.integers(-1, 2 * hidden)]);
  const dense = graph.node("Relu", [graph.node("Gemm", [pooled, constant("dense"), constant("denseBias")])]);
  graph.output(graph.node("Gemm", [dense, constant("classes"), constant("classesBias")], { output: "logits" }), "float32", ["batch", 6]);
  return graph.toBytes();
}

/** ONNX's W [2, 4H, D], R [2, 4H, H] and B [2, 8H], forward before backward. */
function lstmWeights(graph: GraphBuilder, weights: ReturnType<typeof toxBlockWeights>): string[] {
  const both = (part: "Kernel" | "Recurrent") =>
    joined([gatesAsRows(weights[`forward${part}`].data), gatesAsRows(weights[`backward${part}`].data)]);
  const noRecurrentBias = new Float32Array(4 * hidden);
  const biases = [weights.forwardBias.data, noRecurrentBias, weights.backwardBias.data, noRecurrentBias];
  const shape = [2, 4 * hidden, hidden];
  return [
    graph.initializer({ type: "float32", shape, data: both("Kernel") }, "W"),
    graph.initializer({ type: "float32", shape, data: both("Recurrent") }, "R"),
    graph.initializer({ type: "float32", shape: [2, 8 * hidden], data: joined(biases.map(gatesAsRows)) }, "B"),
  ];
}

/** Keras's [D, 4H], gates in the order input, forget, cell, output, as ONNX's [4H, D] in the order input, output, forget, cell. */
function gatesAsRows(matrix: Float32Array): Float32Array {
  const columns = 4 * hidden;
  const rows = matrix.length / columns;
  const order = [0, 3, 1, 2];
  const turned = new Float32Array(matrix.length);
  for (const [place, gate] of order.entries()) {
    for (let unit = 0; unit < hidden; unit += 1) {
      for (let row = 0; row < rows; row += 1) turned[(place * hidden + unit) * rows + row] = matrix[row * columns + gate * hidden + unit]!;
    }
  }
  return turned;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
