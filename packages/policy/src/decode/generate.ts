import type { Generation, SamplingOptions, TokenBatch } from "@cai/contracts";
import { drawTokens } from "@cai/kernels";
import { type DecoderDraw, type DrawnTokens, drawTokens as drawFromNumbers, drawResponses } from "@cai/sampling";
import { nextTurn } from "@cai/whole-file/system";
import * as tf from "@tensorflow/tfjs-core";
import type { CausalModel } from "../model/causal-model.ts";
import { checkPrompts, longestRow } from "../model/check-batch.ts";
import { checkSampling } from "./check-sampling.ts";
import { DecodeSession, type DecodingModel } from "./decode-session.ts";
import { rowUniforms } from "./row-uniforms.ts";

interface GenerateOptions {
  readonly model: CausalModel;
  /** What reads the tokens that were drawn. Default: `model`. */
  readonly tokenModel?: DecodingModel | undefined;
  readonly eosTokenIds: readonly number[];
  readonly prompts: TokenBatch;
  readonly sampling: SamplingOptions;
}

/** As `Generator.generate`: the prompts are read once, then each step reads the token that was drawn last, over a key/value cache. */
export async function generate({ model, tokenModel, eosTokenIds, prompts, sampling }: GenerateOptions): Promise<Generation> {
  const { vocabSize, contextLength } = model.architecture;
  const { signal, ...options } = sampling;
  signal?.throwIfAborted();
  checkPrompts(prompts, vocabSize);
  checkSampling({ sampling, eosTokenIds, longestPrompt: longestRow(prompts), vocabSize, contextLength });
  const session = new DecodeSession({ model, tokenModel, prompts, maxNewTokens: sampling.maxNewTokens });
  const decoder = {
    draw: (how: DecoderDraw) => drawAndDispose(session.nextLogits(), how),
    async append(texts: Int32Array, ids: Int32Array) {
      session.append(texts, ids);
      await nextTurn();
      signal?.throwIfAborted();
    },
  };
  try {
    return await drawResponses(decoder, { ...options, uniforms: rowUniforms(sampling, prompts.shape[0]), eosTokenIds });
  } finally {
    session.dispose();
  }
}

/** As `drawTokens` of @cai/sampling, where logits lie if that is possible. */
async function drawAndDispose(logits: tf.Tensor2D, how: DecoderDraw): Promise<DrawnTokens> {
  const isFiltered = how.topK !== undefined || how.topP !== undefined;
  try {
    const drawn = isFiltered ? undefined : await drawTokens(logits, how);
    return drawn ?? drawFromNumbers({ logits: (await logits.data()) as Float32Array, shape: logits.shape, ...how });
  } finally {
    tf.dispose(logits);
  }
}
