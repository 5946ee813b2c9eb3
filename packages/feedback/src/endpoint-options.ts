import { describeUnknownOption } from "@cai/contracts/unknown-option";
import type { EndpointOptions } from "@cai/endpoint";
import { FeedbackError } from "./error.ts";
import { promptFormats } from "./prompt-format.ts";

/** Names and what JSON can say. */
export type JsonFields = Readonly<Record<string, unknown>>;

/** What an endpoint is, and what it can. */
export interface EndpointFeedbackOptions extends EndpointOptions {
  /** The model's name there. */
  readonly model: string;
  /** Of the environment: it holds the key. Default `OPENAI_API_KEY`, where that is set; "" for none. */
  readonly apiKeyVariable?: string;
  /** A folder for what was answered, made when needed: a call that was answered once costs nothing again. Default: none. */
  readonly cache?: string;
  /** How many tokens a place the endpoint gives log-probabilities of, in chat completions. 0: it gives none, and there is no `choose`. Default 20. */
  readonly topLogprobs?: number;
  /**
   * How conversations are written to the completions route, where that echoes a text with log-probabilities (`echo`, as vLLM does): `logprobs` asks
   * it. Default: there is no `logprobs`.
   */
  readonly echoFormat?: "dialogue" | "continuation";
  /**
   * Fields that make the endpoint go on with a final message of the assistant: `{ continue_final_message: true, add_generation_prompt: false }`
   * for vLLM, `{}` where it does so by itself. Default: such a conversation is refused.
   */
  readonly continuation?: JsonFields;
  /** What limits an answer's tokens: OpenAI's newer models want `max_completion_tokens`. Default `max_tokens`. */
  readonly maxTokensField?: "max_tokens" | "max_completion_tokens";
  /** Further fields of every request: `{ reasoning_effort: "low" }`. */
  readonly body?: JsonFields;
}

const names = [
  ...["url", "headers", "timeoutMs", "retries", "backoffMs", "longestWaitMs", "totalTimeoutMs", "concurrency", "maxAnswerBytes", "fetch"],
  ...["model", "apiKeyVariable", "cache", "topLogprobs", "echoFormat", "continuation", "maxTokensField", "body"],
];

/**
 * Refuses options that no endpoint could be asked by; address, headers and waits are checked where they are used.
 *
 * @throws FeedbackError `bad-option`
 */
export function checkEndpointOptions(options: EndpointFeedbackOptions): void {
  const refuse = (what: string) => {
    throw new FeedbackError("bad-option", what);
  };
  const unknown = describeUnknownOption(options, names);
  if (unknown !== undefined) refuse(unknown);
  const { model, topLogprobs = 0, echoFormat } = options;
  if (typeof model !== "string" || model === "") refuse(`model is ${JSON.stringify(model)}: expected its name at the endpoint`);
  if (!Number.isSafeInteger(topLogprobs) || topLogprobs < 0) refuse(`topLogprobs is ${topLogprobs}: expected a whole number from 0`);
  const textFormats = promptFormats.filter((name) => name !== "chat");
  if (echoFormat !== undefined && !textFormats.includes(echoFormat))
    refuse(`echoFormat is ${JSON.stringify(echoFormat)}: expected ${textFormats.join(" or ")}`);
}
