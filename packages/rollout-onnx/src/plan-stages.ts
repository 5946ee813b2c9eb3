import { type DecoderArchitecture, unfolded } from "@cai/onnx-export";
import { RolloutError } from "./error.ts";
import { type Precision, StageGraph, type StageWeight } from "./stage-graph.ts";

/** A part of the model that is one session: its graph, what weights go into it, and the layers whose keys and values it caches. */
interface Stage {
  readonly model: Uint8Array;
  readonly weights: readonly StageWeight[];
  readonly layers: readonly number[];
}

/** A model cut into sessions that run one after the other; the last one gives the logits. */
export interface StagePlan {
  readonly stages: readonly Stage[];
  /** The tables whose rows add up to the first stage's input. */
  readonly embeddings: { readonly tokens: string; readonly positions?: string };
  /** What that sum is multiplied by. */
  readonly embeddingScale: number;
  readonly heads: { readonly headCount: number; readonly keyValueHeadCount: number; readonly headSize: number };
  /** The vocabulary's probabilities are summed in so many equal parts. */
  readonly blocks: number;
}

/** Numbers of the layers in a stage, at most, where the output matrix has fewer: a session's weights are held twice while it is made. */
const stageSize = 2 ** 25;

/**
 * Cuts a model into sessions of about one size: while one is made from new weights, only its own lie about in float32.
 *
 * @throws RolloutError `unsupported-model`
 */
export function planStages(architecture: DecoderArchitecture, precision: Precision): StagePlan {
  const { attention: heads, embedding, hiddenSize } = architecture;
  if (heads.headSize % 8 !== 0)
    throw new RolloutError("unsupported-model", `a head has ${heads.headSize} numbers; ONNX Runtime's attention takes multiples of 8`);
  const blocks = blocksOf(architecture.vocabSize);

  const stages = layerRuns(architecture).map((layers) => {
    const graph = new StageGraph({ architecture, precision });
    const operations = unfolded(graph);
    let hidden = graph.hiddenInput(hiddenSize);
    for (const layer of layers) hidden = architecture.block(layer, hidden, operations);
    graph.builder.node("Identity", [hidden], { output: "next_hidden" });
    graph.builder.output("next_hidden", "float32", ["tokens", hiddenSize]);
    return { model: graph.builder.toBytes(), weights: graph.weights, layers };
  });
  const last = new StageGraph({ architecture, precision });
  last.outputs(architecture.finalNorm(last.lastTokens(last.hiddenInput(hiddenSize)), unfolded(last)), blocks);
  stages.push({ model: last.builder.toBytes(), weights: last.weights, layers: [] });
  const { scale = 1, ...embeddings } = embedding;
  return { stages, embeddings, embeddingScale: scale, heads, blocks };
}

/** Layers one after another, in runs of about `stageSize` numbers. */
function layerRuns({ parameters, layerCount, vocabSize }: DecoderArchitecture): number[][] {
  const sizes = new Array<number>(layerCount).fill(0);
  for (const { layer, shape } of parameters) if (layer >= 0 && layer < layerCount) sizes[layer]! += shape.reduce((a, b) => a * b, 1);
  const most = Math.max(stageSize, vocabSize);
  const runs: number[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (let layer = 0; layer < layerCount; layer++) {
    if (size + sizes[layer]! > most) {
      runs.push([]);
      size = 0;
    }
    runs.at(-1)!.push(layer);
    size += sizes[layer]!;
  }
  return runs;
}

/** The divisor of the vocabulary's size that is nearest to its root, from above: few sums, and few tokens in each. */
export function blocksOf(vocabSize: number): number {
  for (let size = Math.ceil(Math.sqrt(vocabSize)); size < vocabSize; size++) if (vocabSize % size === 0) return vocabSize / size;
  return 1;
}
