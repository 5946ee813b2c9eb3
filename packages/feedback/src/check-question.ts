import { CaiError, type ChatMessage } from "@cai/contracts";
import { FeedbackError } from "./error.ts";
import type { Choice } from "./feedback-model.ts";

/**
 * Refuses a choice that can't be made: fewer than two options, an empty one, or two that are the same.
 *
 * @throws FeedbackError `bad-question`
 */
export function checkChoice({ options }: Choice): void {
  const refuse = (what: string) => {
    throw new FeedbackError("bad-question", `its options are ${JSON.stringify(options)}: ${what}`);
  };
  if (options.length < 2) refuse("expected two at least");
  if (options.some((option) => option.trim() === "")) refuse("expected some text in each");
  if (new Set(options).size < options.length) refuse("expected each once");
}

/**
 * Does something for each of what is asked; an error of ours says in which it was, and how that begins.
 *
 * @param what as a message names one of them: "choice"
 */
export function forEachAsked<Asked extends { readonly messages: readonly ChatMessage[] }, Result>(
  asked: readonly Asked[],
  what: string,
  work: (one: Asked) => Result,
): Result[] {
  return asked.map((one, index) => {
    try {
      return work(one);
    } catch (cause) {
      if (!CaiError.isInstance(cause)) throw cause;
      const message = `${what} ${index + 1} of ${asked.length} (${beginningOf(one.messages)}): ${cause.message}`;
      throw new FeedbackError(FeedbackError.isInstance(cause) ? cause.code : "bad-question", message, { cause });
    }
  });
}

/** The last message's first words, to find it by. */
function beginningOf(messages: readonly ChatMessage[]): string {
  const content = messages.at(-1)?.content;
  const text = typeof content === "string" ? content : (JSON.stringify(content) ?? "no message");
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
