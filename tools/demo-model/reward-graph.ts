import { GraphBuilder } from "@cai/onnx-graph";
import { lengthFloor, type RewardParameters, window } from "./reward-network.ts";

/**
 * The reward model as an ONNX file: `input_ids` and `attention_mask` int64 [batch, sequence] → `logits` float32 [batch, 1], the score
 * bound·tanh(gain·s / bound), s as `rewardForward` computes it.
 */
export function rewardGraph({
  parameters,
  gain,
  bound,
}: {
  readonly parameters: RewardParameters;
  readonly gain: number;
  readonly bound: number;
}): Uint8Array {
  const graph = new GraphBuilder({ name: "warmth", metadata: { licence: "MIT", trained_by: "tools/demo-model/train-reward.ts" } });
  const constant = (...data: number[]) => graph.initializer({ type: "float32", shape: data.length === 1 ? [] : [data.length], data });
  const axes = (...data: number[]) => graph.initializer({ type: "int64", shape: [data.length], data });
  const weight = (name: string, shape: readonly number[], data: Float32Array) => graph.initializer({ type: "float32", shape, data }, name);

  const ids = graph.input("input_ids", "int64", ["batch", "sequence"]);
  const mask = graph.node("Cast", [graph.input("attention_mask", "int64", ["batch", "sequence"])], { attributes: { to: { int: 1 } } });

  const table = parameters.get("embedding")!;
  const tokens = graph.node("Mul", [
    graph.node("Gather", [weight("embedding", table.shape, values(table)), ids]),
    graph.node("Unsqueeze", [mask, axes(2)]),
  ]);
  const [kernel, hiddenSize] = convolutionKernel(parameters);
  const kernelWeight = weight("convolution", [hiddenSize, table.shape[1]!, kernel.length / hiddenSize / table.shape[1]!], kernel);
  const hidden = graph.node(
    "Conv",
    [
      graph.node("Transpose", [tokens], { attributes: { perm: { ints: [0, 2, 1] } } }),
      kernelWeight,
      weight("convolution.bias", [hiddenSize], values(parameters.get("convolution.bias")!)),
    ],
    { attributes: { pads: { ints: [window.before, window.after] } } },
  );
  const contribution = weight("contribution", [1, hiddenSize, 1], values(parameters.get("contribution")!));
  const contributions = graph.node("Squeeze", [graph.node("Conv", [graph.node("Relu", [hidden]), contribution]), axes(1)]);

  // How often each token stood in its text before: a repeated one counts where it stands first.
  const equal = graph.node("Equal", [graph.node("Unsqueeze", [ids, axes(2)]), graph.node("Unsqueeze", [ids, axes(1)])]);
  const equalTo = graph.node("Cast", [equal], { attributes: { to: { int: 1 } } });
  const diagonal = graph.initializer({ type: "int64", shape: [], data: [-1] });
  const earlier = graph.node("Trilu", [equalTo, diagonal], { attributes: { upper: { int: 0 } } });
  const repeats = graph.node("ReduceSum", [earlier, axes(2)], { attributes: { keepdims: { int: 0 } } });
  const first = graph.node("Sub", [constant(1), graph.node("Min", [repeats, constant(1)])]);
  const counted = graph.node("Mul", [graph.node("Mul", [contributions, mask]), first]);

  const rowSum = (tensor: string) => graph.node("ReduceSum", [tensor, axes(1)], { attributes: { keepdims: { int: 1 } } });
  const sum = graph.node("Div", [rowSum(counted), graph.node("Max", [rowSum(mask), constant(lengthFloor)])]);
  const bounded = graph.node("Tanh", [graph.node("Mul", [sum, constant(gain / bound)])]);
  graph.output(graph.node("Mul", [bounded, constant(bound)], { output: "logits" }), "float32", ["batch", 1]);
  return graph.toBytes();
}

/** [width·E, H] → [H, E, width], as Conv wants it. */
function convolutionKernel(parameters: RewardParameters): [Float32Array, number] {
  const { shape } = parameters.get("convolution")!;
  const [rows, hiddenSize] = shape as [number, number];
  const embeddingSize = parameters.get("embedding")!.shape[1]!;
  const width = rows / embeddingSize;
  const source = values(parameters.get("convolution")!);
  const kernel = new Float32Array(source.length);
  for (let hidden = 0; hidden < hiddenSize; hidden++)
    for (let input = 0; input < embeddingSize; input++)
      for (let offset = 0; offset < width; offset++)
        kernel[(hidden * embeddingSize + input) * width + offset] = source[(offset * embeddingSize + input) * hiddenSize + hidden]!;
  return [kernel, hiddenSize];
}

function values(parameter: { readonly value: { dataSync(): unknown } }): Float32Array {
  return parameter.value.dataSync() as Float32Array;
}
