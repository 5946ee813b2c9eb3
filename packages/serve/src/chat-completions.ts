import type { ChatMessage } from "@cai/contracts";
import { encodePrompt } from "@cai/rollouts";
import { z } from "zod";
import type { ReadToken } from "./read-tokens.ts";
import { RequestError } from "./request-error.ts";
import type { AnswerForm, Route } from "./route.ts";
import { mostTopLogprobs, samplingFields, whole } from "./sampling-fields.ts";
import { drawsOf, refuseUnfit, samplingOf } from "./writing-request.ts";

const contents = "expected a text, or a list of text parts: this model reads text only";
const part = z.object({ type: z.literal("text", { error: contents }), text: z.string({ error: contents }) }, { error: contents });
const message = z.looseObject(
  {
    role: z.string({ error: "expected system, user, assistant, or another role that the model's chat template knows" }),
    content: z.union([z.string(), z.array(part)], { error: contents }).nullish(),
  },
  { error: "expected a message: { role, content }" },
);

const fields = z.object(
  {
    ...samplingFields,
    messages: z.array(message, { error: "expected a list of messages" }).min(1, { error: "expected one message at least" }),
    max_tokens: whole(1, 2 ** 31 - 1).nullish(),
    max_completion_tokens: whole(1, 2 ** 31 - 1).nullish(),
    logprobs: z.boolean({ error: "expected true or false" }).nullish(),
    top_logprobs: whole(0, mostTopLogprobs).nullish(),
    chat_template_kwargs: z.record(z.string(), z.unknown(), { error: "expected an object: variables of the chat template" }).nullish(),
  },
  { error: "expected a JSON object" },
);

/** `POST /v1/chat/completions`: conversations answered. */
export const chatCompletions: Route<typeof fields> = {
  name: "chatcmpl",
  fields,
  read(body, { policy, format, ...numbers }) {
    const { logprobs, top_logprobs: topLogprobs, max_tokens: maxTokens, max_completion_tokens: maxCompletionTokens } = body;
    const { stops, ...sampling } = samplingOf(body);
    if (topLogprobs != null && !logprobs)
      throw new RequestError(400, "invalid_value", `top_logprobs is ${topLogprobs}: expected logprobs true beside it`, {
        param: "top_logprobs",
      });
    const written = format.promptOf(body.messages.map(textMessage));
    const templateKwargs = body.chat_template_kwargs ?? undefined;
    const prompt = typeof written === "string" || !templateKwargs ? written : { ...written, chatTemplateKwargs: templateKwargs };
    const ids = encodePrompt(prompt, policy.tokenizer);
    const maxNewTokens = maxCompletionTokens ?? maxTokens ?? Math.max(policy.contextLength - ids.length, 1);
    refuseUnfit(ids, maxNewTokens, policy.contextLength, "messages");
    return {
      ...sampling,
      prompts: [{ text: "", ids }],
      ...{ maxNewTokens, stopTexts: [...stops, ...format.stopTexts], trim: true, echo: false },
      topLogprobs: logprobs ? (topLogprobs ?? 0) : undefined,
      draws: drawsOf(body, numbers),
    };
  },
  form({ id, created, model }): AnswerForm {
    const base = { id, object: "chat.completion", created, model };
    const chunk = { ...base, object: "chat.completion.chunk" };
    const delta = (index: number, part: object, rest: { logprobs?: object | null; finish_reason?: string | null } = {}) => ({
      ...chunk,
      choices: [{ index, delta: part, logprobs: null, finish_reason: null, ...rest }],
    });
    return {
      whole: (choices) => ({
        ...base,
        choices: choices.map(({ text, finishReason, tokens }, index) => ({
          index,
          message: { role: "assistant", content: text, refusal: null },
          logprobs: logprobsOf(tokens),
          finish_reason: finishReason,
        })),
      }),
      begin: (index) => [delta(index, { role: "assistant", content: "" })],
      piece: (index, text) => delta(index, { content: text }),
      end: (index, { finishReason, tokens }) => delta(index, {}, { logprobs: logprobsOf(tokens), finish_reason: finishReason }),
      usage: { ...chunk, choices: [] },
    };
  },
};

/** Parts of text as one. */
function textMessage({ content, ...rest }: z.output<typeof message>): ChatMessage {
  return { ...rest, content: Array.isArray(content) ? content.map(({ text }) => text).join("") : (content ?? "") };
}

function logprobsOf(tokens: readonly ReadToken[] | undefined) {
  if (tokens === undefined) return null;
  const encoder = new TextEncoder();
  const described = (text: string, logprob: number | null) => ({ token: text, logprob, bytes: [...encoder.encode(text)] });
  const content = tokens.map(({ text, logprob, top }) => ({
    ...described(text, logprob),
    top_logprobs: top.map((one) => described(one.text, one.logprob)),
  }));
  return { content, refusal: null };
}
