import type { DecoderSizes } from "./decoder-sizes.ts";
import type { ModelArchitecture, ParameterSpec } from "./family.ts";

/** A module of a block: a linear layer with its weight `[out, in]`, or a norm with its gains. */
export interface BlockModule {
  readonly name: string;
  readonly shape: readonly number[];
  /** Of a linear layer. */
  readonly bias?: boolean;
}

/** What an architecture is but for its computations and their positions. */
type Structure = Omit<ModelArchitecture, "block" | "finalNorm" | "rotaryFrequencies">;

/**
 * A model whose modules are named as Llama's: embedding, blocks, last norm and, where it is not the embedding, the output matrix, which are
 * `model.embed_tokens`, `model.layers.<n>.…` for each module of a block in its order, `model.norm`, `lm_head`.
 *
 * @param options.gain what the weights of norms start from; default 1
 */
export function decoderStructure(
  sizes: DecoderSizes,
  block: readonly BlockModule[],
  { gain = 1 }: { readonly gain?: number } = {},
): Structure {
  const { hiddenSize, vocabSize, contextLength, layerCount, headCount, keyValueHeadCount, headSize, tied } = sizes;
  const matrix = (name: string, layer: number, shape: readonly number[]): ParameterSpec => ({
    name,
    layer,
    shape,
    initial: { standardDeviation: sizes.initialDeviation },
  });
  const vector = (name: string, layer: number, shape: readonly number[], constant: number): ParameterSpec => ({
    name,
    layer,
    shape,
    initial: { constant },
  });
  const blocks = Array.from({ length: layerCount }, (_, layer) =>
    block.flatMap(({ name, shape, bias = false }) => {
      const module = `model.layers.${layer}.${name}`;
      if (shape.length === 1) return [vector(`${module}.weight`, layer, shape, gain)];
      const weight = matrix(`${module}.weight`, layer, shape);
      return bias ? [weight, vector(`${module}.bias`, layer, shape.slice(0, 1), 0)] : [weight];
    }),
  );
  const embedding = "model.embed_tokens.weight";
  const output = "lm_head.weight";
  return {
    hiddenSize,
    vocabSize,
    contextLength,
    layerCount,
    attention: { headCount, keyValueHeadCount, headSize },
    parameters: [
      matrix(embedding, -1, [vocabSize, hiddenSize]),
      ...blocks.flat(),
      vector("model.norm.weight", layerCount, [hiddenSize], gain),
      ...(tied ? [] : [matrix(output, layerCount, [vocabSize, hiddenSize])]),
    ],
    linearLayout: "output-input",
    embedding: { tokens: embedding },
    outputWeight: tied ? embedding : output,
    parameterName: (tensorName) => parameterName(tensorName, tied),
  };
}

/** Files of a trunk alone name tensors without the prefix; older ones hold the rotary frequencies, and some a tied output as well. */
function parameterName(tensorName: string, tied: boolean): string | undefined {
  if (tensorName === "lm_head.weight") return tied ? undefined : tensorName;
  const name = tensorName.startsWith("model.") ? tensorName : `model.${tensorName}`;
  return name.endsWith("rotary_emb.inv_freq") ? undefined : name;
}
