import { setImmediate as nextTurn } from "node:timers/promises";
import type { Generation, SamplingOptions, TokenBatch } from "@cai/contracts";
import { drawTokens } from "@cai/kernels";
import { uniforms } from "@cai/random";
import { type DrawnTokens, type DrawOptions, drawTokens as drawFromNumbers } from "@cai/sampling";
import * as tf from "@tensorflow/tfjs-core";
import type { CausalModel } from "../model/causal-model.ts";
import { checkPrompts, longestRow } from "../model/check-batch.ts";
import { checkSampling } from "./check-sampling.ts";
import { DecodeSession, type DecodingModel } from "./decode-session.ts";
import { ResponseRecorder } from "./response-recorder.ts";

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
  const { maxNewTokens, minNewTokens = 0, temperature, topK, topP, stopTokenIds = [], recordKeptTokens = false, signal } = sampling;
  signal?.throwIfAborted();
  checkPrompts(prompts, vocabSize);
  checkSampling({ sampling, eosTokenIds, longestPrompt: longestRow(prompts), vocabSize, contextLength });

  const endIds = [...eosTokenIds, ...stopTokenIds];
  const endedBy = (id: number) => (eosTokenIds.includes(id) ? "eos" : stopTokenIds.includes(id) ? "stop" : undefined);
  const draws = drawnNumbers(sampling, prompts.shape[0]);
  const responses = new ResponseRecorder(prompts.shape[0], maxNewTokens);

  const session = new DecodeSession({ model, tokenModel, prompts, maxNewTokens });
  try {
    for (let token = 0; ; token++) {
      const drawn = await drawAndDispose(session.nextLogits(), {
        uniforms: Float64Array.from(responses.running, (row) => draws[row]![token]!),
        temperature,
        topK,
        topP,
        blockedIds: token < minNewTokens ? endIds : [],
      });
      responses.add(recordKeptTokens ? drawn : { ids: drawn.ids, logprobs: drawn.logprobs }, endedBy);
      if (responses.running.length === 0) return responses.result();
      session.append(responses.running, responses.lastIds);
      await nextTurn();
      signal?.throwIfAborted();
    }
  } finally {
    session.dispose();
  }
}

/** As `drawTokens` of @cai/sampling, where logits lie if that is possible. */
async function drawAndDispose(logits: tf.Tensor2D, options: Omit<DrawOptions, "logits" | "shape">): Promise<DrawnTokens> {
  const isFiltered = options.topK !== undefined || options.topP !== undefined;
  try {
    const drawn = isFiltered ? undefined : drawTokens(logits, options);
    return drawn ?? drawFromNumbers({ logits: (await logits.data()) as Float32Array, shape: logits.shape, ...options });
  } finally {
    tf.dispose(logits);
  }
}

/** For each row the uniform numbers of all its tokens: element t has the counters [step, sample, t]. */
function drawnNumbers({ draws: { seed, stream, step, firstSample = 0 }, maxNewTokens }: SamplingOptions, rows: number): Float64Array[] {
  return Array.from({ length: rows }, (_, row) => uniforms({ seed, stream, counters: [step, firstSample + row], count: maxNewTokens }));
}
