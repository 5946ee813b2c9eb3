import type { ChatMessage } from "@cai/contracts";
import { ConstitutionError } from "../error.ts";
import { fieldOf } from "../principles/constitution.ts";
import type { AnswerPair } from "./labeller.ts";

/** What a judge is asked to do with two answers. */
export type VerdictForm =
  /** One letter and nothing else. */
  | "letter"
  /** Thoughts; the letter is asked for afterwards. */
  | "thoughts"
  /** Thoughts, and a line that `parseVerdict` reads. */
  | "thoughts-and-letter";

const requests: Readonly<Record<VerdictForm, string>> = {
  letter: "Answer with A or B only.",
  thoughts: "Think about both answers step by step, in a few sentences. Don't say yet which one is better.",
  "thoughts-and-letter":
    'Think about both answers step by step, in a few sentences. Then end with a line that is either "Answer: A" or "Answer: B".',
};

/**
 * The question which of two answers is better by the pair's principle, as one turn of the user: conversation, question, answers (A) and (B) in
 * the pair's order, and what is to be written; after Bai et al. 2022 (arXiv:2212.08073), section 4.1.
 */
export function comparisonOf({ prompt, answers, principle }: AnswerPair, form: VerdictForm): ChatMessage[] {
  const parts = [
    `Consider the following conversation:\n\n${conversationText(prompt)}`,
    fieldOf(principle, "comparisonQuestion"),
    ...["A", "B"].map((letter, index) => `(${letter}) ${answers[index]!.trim()}`),
    requests[form],
  ];
  return [{ role: "user", content: parts.join("\n\n") }];
}

/** The comparison with the thoughts that were written on it, and the question for the letter. */
export function afterThoughts(comparison: readonly ChatMessage[], thoughts: string): ChatMessage[] {
  return [
    ...comparison,
    { role: "assistant", content: thoughts },
    { role: "user", content: `So which answer is better? ${requests.letter}` },
  ];
}

/** The same pair with its answers exchanged. */
export function exchanged({ prompt, answers, principle }: AnswerPair): AnswerPair {
  return { prompt, answers: [answers[1], answers[0]], principle };
}

const speakers: Readonly<Record<string, string>> = { system: "", user: "Human: ", assistant: "Assistant: " };

function conversationText(messages: readonly ChatMessage[]): string {
  return messages.map(({ role, content }) => `${speakers[role] ?? `${role}: `}${textOf(content, role)}`).join("\n\n");
}

function textOf(content: ChatMessage["content"], role: string): string {
  if (typeof content === "string") return content.trim();
  throw new ConstitutionError(
    "bad-option",
    `a prompt's turn of role ${role} holds ${JSON.stringify(content)}: answers to texts can be compared, so give its content as text`,
  );
}
