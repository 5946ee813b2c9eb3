import { type DecodeAttention, mostSkinnyRows, type TokenLayer, type TokenPass, TokenProgram, type TokenValue } from "@cai/kernels";
import type * as tf from "@tensorflow/tfjs-core";
import type { BlockOperations } from "../families/block-operations.ts";
import type { ModelArchitecture } from "../families/family.ts";

/** A model's weights as one operation for a token reads them. */
export interface TokenWeights {
  /** Of embeddings and norms, by its full name. */
  weight(name: string): tf.Tensor;
  /** Of a linear layer, by its name. */
  layer(name: string): TokenLayer;
  /** The output matrix. */
  output(): TokenLayer;
}

/** With more texts than these, a token's time goes into arithmetic, which products made for many rows do best. */
export const mostTextsAtOnce = mostSkinnyRows;

/** The pass of a model over one more token of each text, to its logits; undefined where it can't be one operation. */
export function recordTokenPass(
  architecture: ModelArchitecture,
  { weight, layer, output }: TokenWeights,
  { kept }: Pick<DecodeAttention, "kept">,
): TokenPass | undefined {
  if (kept === undefined || !TokenProgram.isAvailable()) return undefined;
  const program = new TokenProgram();
  const { embedding, attention, rotaryFrequencies = [], layerCount } = architecture;
  const turns = new Map([...new Set(rotaryFrequencies)].map((frequencies) => [frequencies, program.constant(frequencies)]));
  const normWeights = (name: string) => ({ gain: weight(`${name}.weight`), bias: weight(`${name}.bias`) });
  const operations: BlockOperations<TokenValue> = {
    linear(name, input, { norm, activation, residual } = {}) {
      return program.linear(input, layer(name), {
        norm: norm && { ...normWeights(norm.name), epsilon: norm.epsilon },
        activation,
        residual,
      });
    },
    layerNorm(input, { name, epsilon }) {
      const { gain, bias } = normWeights(name);
      return program.layerNorm(input, gain, bias, epsilon);
    },
    rmsNorm: (name, input, { epsilon, gainOffset = 0 }) => program.rmsNorm(input, weight(`${name}.weight`), epsilon, { gainOffset }),
    gated: (activation, gate, up) => program.gated(activation, gate, up),
    add: (a, b) => program.add(a, b),
    scale: (input, factor) => program.scale(input, factor),
    attend: (block, projected) =>
      program.attend(projected, {
        heads: attention.headCount,
        keyValueHeads: attention.keyValueHeadCount,
        cache: kept.layer(block),
        frequencies: turns.get(rotaryFrequencies[block]!),
      }),
  };
  let hidden = program.embed(weight(embedding.tokens), "tokens");
  if (embedding.positions !== undefined) hidden = program.add(hidden, program.embed(weight(embedding.positions), "positions"));
  if (embedding.scale !== undefined) hidden = program.scale(hidden, embedding.scale);
  for (let block = 0; block < layerCount; block++) hidden = architecture.block(block, hidden, operations);
  return program.compile(program.linear(architecture.finalNorm(hidden, operations), output()));
}
