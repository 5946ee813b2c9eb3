import type { Generation, SamplingOptions } from "@cai/contracts";
import type { DrawnTokens } from "./draw.ts";
import type { FilterOptions } from "./filter.ts";
import { ResponseRecorder } from "./response-recorder.ts";

/** What continues texts a token at a time: a model, over a cache of what it has read. Whoever makes it disposes of it. */
export interface Decoder {
  /** The next token of each text that goes on, drawn with the numbers given, one a text, in the order of the texts. */
  draw(how: DecoderDraw): DrawnTokens | Promise<DrawnTokens>;
  /** The texts that go on, by their numbers in ascending order, and the token of each that is read next. Where it throws, decoding ends. */
  append(texts: Int32Array, ids: Int32Array): void | Promise<void>;
}

/** How a decoder draws. */
export interface DecoderDraw extends FilterOptions {
  /** In [0, 1). */
  readonly uniforms: Float64Array;
}

/** What is drawn, and until when. */
export interface ResponseOptions
  extends Pick<
    SamplingOptions,
    "maxNewTokens" | "minNewTokens" | "temperature" | "topK" | "topP" | "stopTokenIds" | "recordKeptTokens" | "onToken"
  > {
  /** For each text a number in [0, 1) for every token. */
  readonly uniforms: readonly Float64Array[];
  readonly eosTokenIds: readonly number[];
}

/**
 * The loop of every engine: draws a token for each text that goes on, until an end of text, a stop token or the limit has ended all of them.
 *
 * @example
 * // Says 7 twice, whatever it reads.
 * const decoder = { draw: () => ({ ids: Int32Array.of(7), logprobs: Float32Array.of(0) }), append() {} };
 * const { responses } = await drawResponses(decoder, { uniforms: [Float64Array.of(0.5, 0.5)], maxNewTokens: 2, eosTokenIds: [] });
 * console.log(responses.ids); // Int32Array(2) [ 7, 7 ]
 */
export async function drawResponses(decoder: Decoder, options: ResponseOptions): Promise<Generation> {
  const {
    uniforms,
    maxNewTokens,
    minNewTokens = 0,
    temperature,
    topK,
    topP,
    eosTokenIds,
    stopTokenIds = [],
    recordKeptTokens = false,
    onToken,
  } = options;
  const endIds = [...eosTokenIds, ...stopTokenIds];
  const endedBy = (id: number) => (eosTokenIds.includes(id) ? "eos" : stopTokenIds.includes(id) ? "stop" : undefined);
  const responses = new ResponseRecorder(uniforms.length, maxNewTokens);
  for (let token = 0; ; token++) {
    const { ids, logprobs, kept } = await decoder.draw({
      uniforms: Float64Array.from(responses.running, (text) => uniforms[text]![token]!),
      temperature,
      topK,
      topP,
      blockedIds: token < minNewTokens ? endIds : [],
    });
    responses.add({ ids, logprobs, ...(recordKeptTokens && kept && { kept }) }, endedBy, onToken);
    if (responses.running.length === 0) return responses.result();
    await decoder.append(responses.running, responses.lastIds);
  }
}
