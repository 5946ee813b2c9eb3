import type { DrawCounters } from "@cai/contracts";
import { RequestError } from "./request-error.ts";
import type { SamplingFields } from "./sampling-fields.ts";

/** A prompt as it was given, and as the policy reads it. */
export interface ReadPrompt {
  /** What `echo` gives back. */
  readonly text: string;
  readonly ids: Int32Array;
}

/** What a route asks the policy for. */
export interface WritingRequest {
  readonly prompts: readonly ReadPrompt[];
  /** Answers to each prompt. */
  readonly n: number;
  /** 0 where the prompts are only read. */
  readonly maxNewTokens: number;
  readonly temperature: number;
  readonly topP: number | undefined;
  readonly topK: number | undefined;
  readonly stopTexts: readonly string[];
  readonly draws: DrawCounters;
  /** Without the white space around an answer. */
  readonly trim: boolean;
  /** The prompt before its answer. */
  readonly echo: boolean;
  /** How many alternatives are told of each token, beside its own log-probability; undefined where none of both is asked for. */
  readonly topLogprobs: number | undefined;
}

/**
 * The draws of a request: those of its seed, whenever it comes; without one, those of its number.
 *
 * @param seed of the server, for requests that have none
 * @param request the number of the request
 */
export function drawsOf(
  { seed: given }: SamplingFields,
  { seed, request }: { readonly seed: number; readonly request: number },
): DrawCounters {
  return given == null ? { seed, stream: "serve", step: request } : { seed: given, stream: "serve with a seed", step: 0 };
}

/** The part of a request that both routes say alike. */
export function samplingOf(
  fields: SamplingFields,
): Pick<WritingRequest, "n" | "temperature" | "topP" | "topK"> & { readonly stops: readonly string[] } {
  const { n, temperature, top_p: topP, top_k: topK, stop } = fields;
  return {
    n: n ?? 1,
    temperature: temperature ?? 1,
    topP: topP ?? undefined,
    topK: topK == null || topK < 1 ? undefined : topK,
    stops: typeof stop === "string" ? [stop] : (stop ?? []),
  };
}

/**
 * Refuses a prompt that has no tokens, or with its answer more than the context.
 *
 * @param param the field that the prompt came in
 * @throws RequestError 400
 */
export function refuseUnfit({ length }: Int32Array, maxNewTokens: number, contextLength: number, param: string): void {
  if (length === 0) throw new RequestError(400, "invalid_value", `${param} has no tokens: expected some text`, { param });
  if (length + maxNewTokens <= contextLength) return;
  const wanted = `${length} tokens in ${param} and ${maxNewTokens} of the answer`;
  const advice = "shorten it, or ask for fewer with max_tokens";
  throw new RequestError(400, "context_length_exceeded", `${wanted} are more than the model's context of ${contextLength}: ${advice}`, {
    param,
  });
}
