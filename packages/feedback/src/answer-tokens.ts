import type { ChatMessage, Tokenizer } from "@cai/contracts";
import { commonPrefix } from "@cai/rollouts";
import { FeedbackError } from "./error.ts";
import type { PromptFormat } from "./prompt-format.ts";

/** A conversation and answers to it, as tokens. */
export interface AnswerTokens {
  readonly promptIds: Int32Array;
  /** One for each answer, without the end of the turn; empty for an empty answer. */
  readonly answerIds: readonly Int32Array[];
}

/**
 * A conversation with each of several answers. Each is tokenised in one piece with the conversation, as the model would read it, and the answers
 * begin where the first of them parts from the conversation alone: a token that goes over the boundary is the answer's, and all answers have one
 * prompt. The prompt alone has the ids of `encodePrompt`.
 *
 * @throws FeedbackError `bad-question` for a conversation that has no tokens; what the format and the chat template throw
 */
export function encodeAnswers(
  messages: readonly ChatMessage[],
  answers: readonly string[],
  { format, tokenizer }: { readonly format: PromptFormat; readonly tokenizer: Tokenizer },
): AnswerTokens {
  const { text, hasSpecialTokens } = writePrompt(messages, format, tokenizer);
  const encode = (all: string) => tokenizer.encode(all, { addSpecialTokens: !hasSpecialTokens });
  const alone = encode(text);
  const answered = answers.map((answer) => (answer === "" ? alone : encode(text + answerText(answer, messages, format))));
  const shared = Math.min(alone.length, ...answered.map((ids) => commonPrefix(alone, ids)));
  if (shared === 0) throw new FeedbackError("bad-question", "it has no tokens before the answer: expected some text");
  // An empty answer has no tokens, also where those of another begin within the conversation's last one.
  return {
    promptIds: alone.slice(0, shared),
    answerIds: answered.map((ids, index) => (answers[index] === "" ? new Int32Array(0) : ids.slice(shared))),
  };
}

/** What follows the conversation's text: an answer that is begun in it goes on where that ends. */
export function answerText(answer: string, messages: readonly ChatMessage[], format: PromptFormat): string {
  const last = messages.at(-1);
  const isBegun = last?.role === "assistant" && last.content !== "";
  const completion = isBegun ? answer : format.completionOf(answer);
  return typeof completion === "string" ? completion : answer;
}

function writePrompt(messages: readonly ChatMessage[], format: PromptFormat, tokenizer: Tokenizer) {
  const prompt = format.promptOf(messages);
  if (typeof prompt === "string") return { text: prompt, hasSpecialTokens: false };
  const { messages: turns, ...options } = prompt;
  const isBegun = turns.at(-1)?.role === "assistant";
  const text = tokenizer.applyChatTemplate(turns, { ...options, addGenerationPrompt: !isBegun, continueFinalMessage: isBegun });
  return { text, hasSpecialTokens: true };
}
