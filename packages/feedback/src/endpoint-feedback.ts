import type { ChatMessage } from "@cai/contracts";
import { abortTogether, EndpointError, type JsonEndpoint, jsonEndpoint } from "@cai/endpoint";
import { answerCache, noCache } from "./answer-cache.ts";
import { answerText } from "./answer-tokens.ts";
import { apiKeyHeader } from "./api-key.ts";
import { chatCompletion, chatTopLogprobs } from "./chat-answer.ts";
import { checkChoice, eachAsked, forEachAsked } from "./check-question.ts";
import { drawSeed } from "./draw-seed.ts";
import { answerLogprob, echoedTokens } from "./echoed-answer.ts";
import { checkEndpointOptions, type EndpointFeedbackOptions, type JsonFields } from "./endpoint-options.ts";
import { FeedbackError } from "./error.ts";
import type { FeedbackModel } from "./feedback-model.ts";
import { optionLogprobs, plainOptions } from "./option-logprobs.ts";
import { promptFormat } from "./prompt-format.ts";

/**
 * A model behind an OpenAI-compatible endpoint, by chat completions. Each sample has a seed of its own; whether the same seed gives the same answer
 * is the endpoint's affair, and the cache's. `choose` asks for one token with `top_logprobs`, and reads options as `optionLogprobs` says. What the
 * endpoint can is said by options, and never found out by trying.
 *
 * The key is taken from the environment, goes into the Authorization header, and into nothing else: no error, cache or `identity` holds it.
 *
 * @throws FeedbackError `bad-option`. The methods reject with `endpoint-failed`, `bad-answer`, `bad-question`, `unreadable-message` and
 *   `cannot-write`, and say in which conversation; the rest of the call is given up.
 * @example
 * const judge = endpointFeedback({ url: "http://localhost:8000/v1", model: "qwen3", cache: "feedback-cache" });
 * judge.identity; // "http://localhost:8000/v1 qwen3"
 */
export function endpointFeedback(options: EndpointFeedbackOptions): FeedbackModel {
  checkEndpointOptions(options);
  const { model, topLogprobs = 20, echoFormat, maxTokensField = "max_tokens", body: further } = options;
  const endpoint = openEndpoint(options);
  const base = endpoint.name.replace(/\/$/, "");
  const cache = options.cache === undefined ? noCache : answerCache(options.cache);
  const conversation = (messages: readonly ChatMessage[]) => conversationFields(messages, options.continuation);

  /**
   * @param how.read checks an answer, and takes out what is kept of it
   * @param how.kept what that is, where it was something else once: part of the cache's key, so that an older entry is not read for it
   */
  function ask<Value>(
    path: string,
    fields: JsonFields,
    {
      read,
      kept,
      signal,
    }: { readonly read: (answer: unknown, name: string) => Value; readonly kept?: string; readonly signal: AbortSignal },
  ): Promise<Value> {
    const body = { model, ...further, ...fields };
    return cache.answer({ url: base + path, body, ...(kept !== undefined && { kept }) }, async () =>
      read(await endpoint.post(body, { path, signal }).catch(throwAsOurs), `feedback endpoint ${base}${path}`),
    );
  }

  const complete: FeedbackModel["complete"] = (conversations, { draws, maxNewTokens, temperature, signal }) =>
    abortTogether(signal, async (together) => {
      const asked = conversations.map((messages) => ({ messages }));
      const fields = forEachAsked(asked, "conversation", ({ messages }) => conversation(messages));
      return eachAsked(asked, "conversation", (_, index) => {
        const seed = temperature > 0 && { seed: drawSeed(draws, index) };
        const drawn = { ...fields[index], temperature, [maxTokensField]: maxNewTokens, ...seed };
        return ask("/chat/completions", drawn, { read: chatCompletion, kept: "text and ending", signal: together });
      });
    });

  const choose: FeedbackModel["choose"] = (choices, { signal }) =>
    abortTogether(signal, async (together) => {
      const fields = forEachAsked(choices, "choice", (choice) => {
        checkChoice(choice);
        plainOptions(choice.options);
        return conversation(choice.messages);
      });
      return eachAsked(choices, "choice", async (choice, index) => {
        const first = { ...fields[index], temperature: 1, [maxTokensField]: 1, logprobs: true, top_logprobs: topLogprobs };
        const top = await ask("/chat/completions", first, { read: chatTopLogprobs, signal: together });
        return optionLogprobs(top, choice.options);
      });
    });

  const logprobs: FeedbackModel["logprobs"] = (answered, { signal }) =>
    abortTogether(signal, async (together) => {
      const format = promptFormat(echoFormat!);
      const texts = forEachAsked(answered, "answer", ({ messages, answer }) => ({
        prompt: format.promptOf(messages) as string,
        answer: answer === "" ? "" : answerText(answer, messages, format),
      }));
      return eachAsked(answered, "answer", async (_, index) => {
        const { prompt, answer } = texts[index]!;
        // Some servers take 0 tokens for no limit; what comes behind the text is left out.
        const echo = { prompt: prompt + answer, echo: true, logprobs: 1, max_tokens: 1, temperature: 1 };
        const echoed = await ask("/completions", echo, { read: echoedTokens, signal: together });
        return answerLogprob(echoed, { prompt, answer, name: `feedback endpoint ${base}/completions` });
      });
    });

  return {
    identity: `${base} ${model}${further === undefined ? "" : ` ${JSON.stringify(further)}`}`,
    complete,
    ...(topLogprobs > 0 && { choose }),
    ...(echoFormat !== undefined && { logprobs }),
  };
}

/** The fields of a conversation that is to be answered, or gone on with. */
function conversationFields(messages: readonly ChatMessage[], continuation: JsonFields | undefined): JsonFields {
  if (messages.at(-1)?.role !== "assistant") return { messages };
  if (continuation !== undefined) return { messages, ...continuation };
  throw new FeedbackError(
    "bad-question",
    "it ends with the assistant's turn; the option continuation says how the endpoint goes on with that",
  );
}

function openEndpoint({ url, apiKeyVariable, headers, ...options }: EndpointFeedbackOptions): JsonEndpoint {
  const all = { ...apiKeyHeader(apiKeyVariable), ...headers };
  try {
    return jsonEndpoint({ ...options, url, headers: all, kind: "feedback endpoint" });
  } catch (error) {
    return throwAsOurs(error);
  }
}

function throwAsOurs(error: unknown): never {
  if (!EndpointError.isInstance(error)) throw error;
  throw new FeedbackError(error.code, error.message, { cause: error });
}
