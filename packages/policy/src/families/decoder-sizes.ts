import { PolicyError } from "../error.ts";
import type { ConfigFields } from "./config-fields.ts";

/** The sizes of a model whose configuration has Llama's field names, as most later ones have. */
export interface DecoderSizes {
  readonly hiddenSize: number;
  readonly innerSize: number;
  readonly headCount: number;
  readonly keyValueHeadCount: number;
  readonly headSize: number;
  readonly layerCount: number;
  readonly vocabSize: number;
  readonly contextLength: number;
  readonly initialDeviation: number;
  /** The output matrix is the embedding's. */
  readonly tied: boolean;
}

/** Rotary frequencies are made by it before any file of weights is looked at. */
const mostHeadNumbers = 65_536;

/**
 * What an absent field means differs between families: without `keyValueHeads` there must be a number of them; without `headSize` heads share
 * the hidden size; `tied` is false. Throws PolicyError.
 */
export function decoderSizes(
  config: ConfigFields,
  absent: { readonly keyValueHeads?: number; readonly headSize?: number; readonly tied?: boolean } = {},
): DecoderSizes {
  const hiddenSize = config.positiveInteger("hidden_size");
  const headCount = config.positiveInteger("num_attention_heads");
  const keyValueHeadCount = config.positiveInteger("num_key_value_heads", absent.keyValueHeads);
  const wrong = (what: string) => new PolicyError("bad-config", `${config.file}: ${what}`);
  if (headCount % keyValueHeadCount !== 0)
    throw wrong(`num_attention_heads ${headCount} is no multiple of num_key_value_heads ${keyValueHeadCount}`);
  if (config.json.head_dim == null && absent.headSize === undefined && hiddenSize % headCount !== 0)
    throw wrong(`hidden_size ${hiddenSize} is no multiple of num_attention_heads ${headCount}, and there is no head_dim`);
  const headSize = config.positiveInteger("head_dim", absent.headSize ?? hiddenSize / headCount);
  if (headSize > mostHeadNumbers) throw wrong(`a head has ${headSize} numbers, expected at most ${mostHeadNumbers}`);
  if (headSize % 2 !== 0) throw wrong(`a head has ${headSize} numbers, which rotary positions can't pair`);
  return {
    hiddenSize,
    headCount,
    keyValueHeadCount,
    headSize,
    innerSize: config.positiveInteger("intermediate_size"),
    layerCount: config.layerCount("num_hidden_layers"),
    vocabSize: config.positiveInteger("vocab_size"),
    contextLength: config.positiveInteger("max_position_embeddings"),
    initialDeviation: config.positiveNumber("initializer_range", 0.02),
    tied: config.flag("tie_word_embeddings", absent.tied),
  };
}
