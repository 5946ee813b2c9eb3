import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4FinishReason,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from "@ai-sdk/provider";
import type { FinishReason, Generator, Tokenizer } from "@cai/contracts";
import { describeUnknownOption } from "@cai/contracts/unknown-option";
import { concurrencyLimit } from "@cai/endpoint";
import { type PromptFormat, suitableFormat } from "@cai/feedback";
import { encodePrompt, type WritingOptions, type WrittenText, writeTexts } from "@cai/rollouts";
import { AiSdkError } from "./error.ts";
import { readPrompt } from "./read-prompt.ts";
import { unheededSettings } from "./unheeded-settings.ts";

/** What is asked of a policy here; every `TrainablePolicy` has it. */
export interface WritingPolicy extends Generator {
  readonly tokenizer: Tokenizer;
  readonly contextLength: number;
}

export interface PolicyLanguageModelOptions {
  /** Stays the caller's, who disposes of it. */
  readonly policy: WritingPolicy;
  /** The model's name in the AI SDK's results. Default: `policy`. */
  readonly modelId?: string;
  /** How conversations are written. Default: the policy's chat template, or `dialogue` where it has none. */
  readonly format?: PromptFormat;
  /** Of the draws of calls that bring no seed. Default 0. */
  readonly seed?: number;
}

/**
 * A policy as a language model of the AI SDK (`ai` 7: specification v4), for `generateText`, `streamText` and all that takes a model. Calls are
 * answered one after the other. A call with a `seed` has the same answer every time; without one each call draws anew. Temperature 0 is greedy; the
 * default is 1, and an answer may fill the context unless `maxOutputTokens` says less.
 *
 * Text only: images and other files, and calls of tools in a conversation are refused; tools, a JSON format and penalties are warned of.
 *
 * @throws AiSdkError `bad-option`. Calls reject with AiSdkError `unsupported` and `too-long`, and with what the prompt format, the tokenizer and the
 *   policy throw.
 * @example
 * const model = policyLanguageModel({ policy, modelId: "mine" }); // for generateText({ model, prompt: "Is the sky blue?" })
 * model.modelId; // "mine"
 */
export function policyLanguageModel(options: PolicyLanguageModelOptions): LanguageModelV4 {
  const { policy, modelId = "policy", seed = 0 } = checked(options);
  const { tokenizer } = policy;
  const { format = suitableFormat(tokenizer) } = options;
  const oneAtATime = concurrencyLimit(1);
  let calls = 0;

  /** What a call asks for. */
  function read(call: LanguageModelV4CallOptions) {
    const warnings = unheededSettings(call);
    const ids = encodePrompt(format.promptOf(readPrompt(call.prompt)), tokenizer);
    const { maxOutputTokens: maxNewTokens = Math.max(policy.contextLength - ids.length, 1), temperature = 1, topP, topK } = call;
    if (ids.length + maxNewTokens > policy.contextLength) {
      const wanted = `a prompt of ${ids.length} tokens and ${maxNewTokens} of the answer`;
      throw new AiSdkError(
        "too-long",
        `${wanted} are more than the model's context of ${policy.contextLength}: shorten it, or lower maxOutputTokens`,
      );
    }
    const draws =
      call.seed === undefined ? { seed, stream: "ai-sdk", step: ++calls } : { seed: call.seed, stream: "ai-sdk with a seed", step: 0 };
    const sampling: WritingOptions = {
      ...{ draws, maxNewTokens, temperature, trim: true, stopTexts: [...(call.stopSequences ?? []), ...format.stopTexts] },
      ...(topP !== undefined && { topP }),
      ...(topK !== undefined && { topK }),
    };
    return { ids, warnings, sampling };
  }

  const write = async (ids: Int32Array, sampling: WritingOptions): Promise<WrittenText> => {
    const [written] = await oneAtATime(() => writeTexts(policy, tokenizer, [ids], sampling), sampling.signal);
    return written!;
  };

  return {
    specificationVersion: "v4",
    provider: "cai",
    modelId,
    supportedUrls: {},

    async doGenerate(call): Promise<LanguageModelV4GenerateResult> {
      const { ids, warnings, sampling } = read(call);
      const { text, ...written } = await write(ids, { ...sampling, ...(call.abortSignal && { signal: call.abortSignal }) });
      const content = text === "" ? [] : [{ type: "text" as const, text }];
      return { content, ...endOf(ids, written), warnings, response: { modelId } };
    },

    async doStream(call) {
      const { ids, warnings, sampling } = read(call);
      const left = new AbortController();
      const signal = call.abortSignal === undefined ? left.signal : AbortSignal.any([call.abortSignal, left.signal]);
      const stream = new ReadableStream<LanguageModelV4StreamPart>({
        async start(controller) {
          const send = (part: LanguageModelV4StreamPart) => {
            if (!left.signal.aborted) controller.enqueue(part);
          };
          const part = { id: "0" };
          send({ type: "stream-start", warnings });
          send({ type: "response-metadata", modelId });
          send({ type: "text-start", ...part });
          try {
            const written = await write(ids, { ...sampling, signal, onText: (_, delta) => send({ type: "text-delta", delta, ...part }) });
            send({ type: "text-end", ...part });
            send({ type: "finish", ...endOf(ids, written) });
          } catch (error) {
            send({ type: "error", error });
          }
          if (!left.signal.aborted) controller.close();
        },
        cancel: () => left.abort(),
      });
      return { stream };
    },
  };
}

function checked(options: PolicyLanguageModelOptions): PolicyLanguageModelOptions {
  const refuse = (what: string) => {
    throw new AiSdkError("bad-option", what);
  };
  if (typeof options !== "object" || options === null) refuse("the options are missing: expected an object with policy");
  const unknown = describeUnknownOption(options, ["policy", "modelId", "format", "seed"]);
  if (unknown !== undefined) refuse(unknown);
  const { policy, seed = 0 } = options;
  if (typeof policy?.generate !== "function" || typeof policy.tokenizer?.encode !== "function")
    refuse("policy is none: expected a policy, as loadPolicy gives it");
  if (!Number.isSafeInteger(seed) || seed < 0) refuse(`seed is ${seed}: expected a whole number from 0`);
  return options;
}

const reasons: Readonly<Record<FinishReason, LanguageModelV4FinishReason["unified"]>> = { eos: "stop", stop: "stop", length: "length" };

function endOf({ length }: Int32Array, { finishReason, ids }: Pick<WrittenText, "finishReason" | "ids">) {
  const usage: LanguageModelV4Usage = {
    inputTokens: { total: length, noCache: length, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: ids.length, text: ids.length, reasoning: 0 },
  };
  return { finishReason: { unified: reasons[finishReason], raw: finishReason }, usage };
}
