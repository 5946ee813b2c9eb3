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

/** One of what is asked in a call. */
interface Asked {
  readonly messages: readonly ChatMessage[];
}

/**
 * Does something for each of what is asked; an error of ours says in which it was, and how that begins.
 *
 * @param what as a message names one of them: "choice"
 */
export function forEachAsked<One extends Asked, Result>(asked: readonly One[], what: string, work: (one: One) => Result): Result[] {
  return asked.map((one, index) => {
    try {
      return work(one);
    } catch (cause) {
      throw named(cause, what, asked, index);
    }
  });
}

/** The same of work that takes its time: all of it is begun. */
export function eachAsked<One extends Asked, Result>(
  asked: readonly One[],
  what: string,
  work: (one: One, index: number) => Promise<Result>,
): Promise<Result[]> {
  return Promise.all(
    asked.map(async (one, index) => {
      try {
        return await work(one, index);
      } catch (cause) {
        throw named(cause, what, asked, index);
      }
    }),
  );
}

function named(cause: unknown, what: string, asked: readonly Asked[], index: number): unknown {
  if (!CaiError.isInstance(cause)) return cause;
  const code = FeedbackError.isInstance(cause) ? cause.code : "bad-question";
  return new FeedbackError(code, `${what} ${index + 1} of ${asked.length} (${beginningOf(asked[index]!)}): ${cause.message}`, { cause });
}

/** The last message's first words, to find it by. */
function beginningOf({ messages }: Asked): string {
  const content = messages.at(-1)?.content;
  const text = typeof content === "string" ? content : (JSON.stringify(content) ?? "no message");
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
