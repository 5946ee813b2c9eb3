import { FeedbackError } from "./error.ts";
import type { Completion, Ending } from "./feedback-model.ts";
import type { TopLogprob } from "./option-logprobs.ts";

/** What may be in an answer of the chat completions route; nothing of it is certain. */
interface ChatAnswer {
  readonly choices?: readonly {
    readonly finish_reason?: unknown;
    readonly message?: { readonly content?: unknown; readonly refusal?: unknown } | null;
    readonly logprobs?: { readonly content?: readonly { readonly top_logprobs?: unknown }[] | null } | null;
  }[];
}

/** OpenAI's reasons; with another, or none, it is not known how the text ended. */
const endings: ReadonlyMap<unknown, Ending> = new Map([
  ["stop", "finished"],
  ["length", "cut"],
  ["content_filter", "cut"],
]);

/**
 * The text of a chat completion; where the model refused by a field of its own, what it said there.
 *
 * @param name how messages name the endpoint
 * @throws FeedbackError `bad-answer`
 */
export function chatCompletion(answer: unknown, name: string): Completion {
  const choice = firstChoice(answer, name);
  const { content, refusal } = choice.message ?? {};
  const ending = endings.get(choice.finish_reason) ?? "unknown";
  if (typeof content === "string") return { text: content.trim(), ending };
  if (typeof refusal === "string") return { text: refusal.trim(), ending };
  const reason = choice.finish_reason === "length" ? "; it was cut: raise maxNewTokens" : "";
  throw bad(
    name,
    `gave no text in choices[0].message.content but ${shown(content)} (finish_reason ${shown(choice.finish_reason)})${reason}`,
  );
}

/**
 * The likeliest first tokens of a chat completion.
 *
 * @throws FeedbackError `bad-answer`
 */
export function chatTopLogprobs(answer: unknown, name: string): TopLogprob[] {
  const top = firstChoice(answer, name).logprobs?.content?.[0]?.top_logprobs;
  if (!Array.isArray(top) || top.length === 0)
    throw bad(name, `gave no choices[0].logprobs.content[0].top_logprobs: if it can't, set the option topLogprobs to 0`);
  return top.map((one: Partial<TopLogprob> | null) => {
    const { token, logprob } = one ?? {};
    if (typeof token === "string" && typeof logprob === "number" && Number.isFinite(logprob)) return { token, logprob };
    throw bad(name, `gave ${shown(one)} in top_logprobs: expected a token and its logprob`);
  });
}

function firstChoice(answer: unknown, name: string) {
  const choice = (answer as ChatAnswer | null)?.choices?.[0];
  if (typeof choice === "object" && choice !== null) return choice;
  throw bad(name, `gave no choices: ${shown(answer)}`);
}

const bad = (name: string, what: string) => new FeedbackError("bad-answer", `${name} ${what}`);

/** JSON for a message. A server may say in any field what it was sent, so of an object its names are shown only, and no longer text. */
function shown(value: unknown): string {
  if (typeof value === "object" && value !== null) return `an object with ${Object.keys(value).slice(0, 5).join(", ") || "nothing"}`;
  if (typeof value === "string" && value.length > 20) return `a text of ${value.length} letters`;
  return JSON.stringify(value) ?? "nothing";
}
