import type { Tokenizer } from "@cai/contracts";
import { z } from "zod";
import { offsetsOf } from "./offsets-of.ts";
import type { ReadToken } from "./read-tokens.ts";
import { RequestError } from "./request-error.ts";
import type { AnswerForm, Route } from "./route.ts";
import { mostRows, mostTopLogprobs, samplingFields, whole } from "./sampling-fields.ts";
import { drawsOf, type ReadPrompt, refuseUnfit, samplingOf } from "./writing-request.ts";

const promptForms = "expected a text, a list of texts, a list of token ids, or a list of such lists";
const ids = z.array(whole(0, 2 ** 31 - 1, promptForms)).min(1, { error: promptForms });

const fields = z.object(
  {
    ...samplingFields,
    prompt: z.union([z.string(), z.array(z.string()).min(1), ids, z.array(ids).min(1)], { error: promptForms }),
    max_tokens: whole(0, 2 ** 31 - 1).nullish(),
    echo: z.boolean({ error: "expected true or false" }).nullish(),
    logprobs: whole(0, mostTopLogprobs).nullish(),
  },
  { error: "expected a JSON object" },
);

/** OpenAI's own default. */
const usualMaxTokens = 16;

/** `POST /v1/completions`: texts gone on with. */
export const completions: Route<typeof fields> = {
  name: "cmpl",
  fields,
  read(body, { policy, ...numbers }) {
    const { prompt, max_tokens: maxTokens, echo, logprobs } = body;
    const { stops, ...sampling } = samplingOf(body);
    const maxNewTokens = maxTokens ?? usualMaxTokens;
    if (maxNewTokens === 0 && !echo)
      throw new RequestError(400, "invalid_value", "max_tokens is 0: expected 1 at least, or echo", { param: "max_tokens" });
    const prompts = readPrompts(prompt, policy.tokenizer);
    if (prompts.length * sampling.n > mostRows)
      throw new RequestError(
        400,
        "invalid_value",
        `${prompts.length} prompts with ${sampling.n} answers each: expected ${mostRows} answers at most`,
        {
          param: "prompt",
        },
      );
    for (const [place, one] of prompts.entries()) {
      const param = prompts.length === 1 ? "prompt" : `prompt[${place}]`;
      const unknown = one.ids.find((id) => id >= policy.vocabSize);
      if (unknown !== undefined)
        throw new RequestError(400, "invalid_value", `${param} holds the id ${unknown}: expected ids below ${policy.vocabSize}`, { param });
      refuseUnfit(one.ids, maxNewTokens, policy.contextLength, param);
    }
    return {
      ...sampling,
      ...{ prompts, maxNewTokens, stopTexts: stops, trim: false, echo: echo ?? false, topLogprobs: logprobs ?? undefined },
      draws: drawsOf(body, numbers),
    };
  },
  form({ id, created, model }): AnswerForm {
    const base = { id, object: "text_completion", created, model };
    const choice = (index: number, text: string, rest: { logprobs?: object | null; finish_reason?: string | null } = {}) => ({
      ...base,
      choices: [{ index, text, logprobs: null, finish_reason: null, ...rest }],
    });
    return {
      whole: (choices) => ({
        ...base,
        choices: choices.map(({ text, finishReason, tokens }, index) => ({
          index,
          text,
          logprobs: logprobsOf(tokens),
          finish_reason: finishReason,
        })),
      }),
      begin: () => [],
      piece: (index, text) => choice(index, text),
      end: (index, { finishReason, tokens }) => choice(index, "", { logprobs: logprobsOf(tokens), finish_reason: finishReason }),
      usage: { ...base, choices: [] },
    };
  },
};

function readPrompts(given: z.output<typeof fields>["prompt"], tokenizer: Tokenizer): ReadPrompt[] {
  const all = typeof given === "string" || typeof given[0] === "number" ? [given as string | number[]] : (given as (string | number[])[]);
  return all.map((prompt) => {
    if (typeof prompt === "string") return { text: prompt, ids: tokenizer.encode(prompt) };
    const ids = Int32Array.from(prompt);
    return { text: tokenizer.decode(ids), ids };
  });
}

/** The old form of log-probabilities: a list for each property. */
function logprobsOf(tokens: readonly ReadToken[] | undefined) {
  if (tokens === undefined) return null;
  const texts = tokens.map(({ text }) => text);
  return {
    tokens: texts,
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ text, logprob, top }) => {
      if (logprob === null) return null;
      const alternatives = new Map<string, number>();
      for (const one of top) if (!alternatives.has(one.text)) alternatives.set(one.text, one.logprob);
      return Object.fromEntries(alternatives.set(text, logprob));
    }),
    text_offset: offsetsOf(texts),
  };
}
