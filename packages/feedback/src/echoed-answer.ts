import { FeedbackError } from "./error.ts";
import type { AnswerLogprob } from "./feedback-model.ts";

/** The tokens of a text as the completions route echoes them; the first has no log-probability, as nothing predicts it. */
export interface EchoedTokens {
  readonly tokens: readonly string[];
  /** In nats, one a token. */
  readonly logprobs: readonly (number | null)[];
}

/**
 * The tokens of a completion with `echo`.
 *
 * @param name how messages name the endpoint
 * @throws FeedbackError `bad-answer`
 */
export function echoedTokens(answer: unknown, name: string): EchoedTokens {
  const choices = (answer as { choices?: readonly { logprobs?: { tokens?: unknown; token_logprobs?: unknown } | null }[] } | null)?.choices;
  const { tokens, token_logprobs: logprobs } = choices?.[0]?.logprobs ?? {};
  const areTokens = Array.isArray(tokens) && tokens.every((token) => typeof token === "string");
  const areLogprobs = Array.isArray(logprobs) && logprobs.every((one) => one === null || (typeof one === "number" && Number.isFinite(one)));
  if (areTokens && areLogprobs && tokens.length === logprobs.length) return { tokens, logprobs };
  const expected = "as many texts in choices[0].logprobs.tokens as numbers in token_logprobs";
  throw new FeedbackError(
    "bad-answer",
    `${name} echoed no tokens with log-probabilities: expected ${expected}. Leave out echoFormat if it can't`,
  );
}

/**
 * How likely an answer is behind its prompt. A token that goes over the boundary is the answer's; what the model added behind the text isn't.
 *
 * @param name how messages name the endpoint
 * @throws FeedbackError `bad-answer` where the tokens don't make up the text, or one of the answer has no log-probability
 * @example
 * const echoed = { tokens: ["<s>", "2 +", " 2", " =", " 4"], logprobs: [null, -3, -1, -2, -0.5] };
 * answerLogprob(echoed, { prompt: "2 + 2 =", answer: " 4", name: "endpoint" }); // { logprob: -0.5, tokens: 1 }
 */
export function answerLogprob(
  { tokens, logprobs }: EchoedTokens,
  { prompt, answer, name }: { readonly prompt: string; readonly answer: string; readonly name: string },
): AnswerLogprob {
  const refuse = (what: string) => new FeedbackError("bad-answer", `${name} echoed ${what}`);
  const joined = tokens.join("");
  // A tokenizer may put a beginning of text before.
  const start = [0, tokens[0]?.length ?? 0].find((place) => joined.startsWith(prompt + answer, place));
  if (start === undefined) throw refuse("tokens that don't make up the text: where the answer begins in them can't be told");
  const begin = start + prompt.length;
  const end = begin + answer.length;
  let [place, logprob, count] = [0, 0, 0];
  for (const [index, token] of tokens.entries()) {
    const [from, to] = [place, place + token.length];
    place = to;
    // A token without text is a part of the next one's letter.
    if (from >= end || (token === "" ? from < begin : to <= begin)) continue;
    const own = logprobs[index];
    if (typeof own !== "number") throw refuse(`no log-probability of ${JSON.stringify(token)}, a token of the answer`);
    logprob += own;
    count += 1;
  }
  return { logprob, tokens: count };
}
