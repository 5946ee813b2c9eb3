import type { ChatMessage } from "@cai/contracts";
import type { Principle, RevisionExample } from "../principles/constitution.ts";

/** An answer that is to be criticised by a principle. */
export interface CriticisedAnswer {
  readonly prompt: readonly ChatMessage[];
  readonly answer: string;
  readonly principle: Principle;
  /** What stands before it, with whose requests. */
  readonly examples: readonly (RevisionExample & { readonly requests: Pick<Principle, "critiqueRequest" | "revisionRequest"> })[];
}

/**
 * The conversation that a model answers with a critique: the prompt's system message, the examples, the prompt, the answer, and the principle's
 * request; after Bai et al. 2022 (arXiv:2212.08073), section 3.1. A `PromptFormat` writes it for models without a chat template.
 */
export function critiqueConversation({ prompt, answer, principle, examples }: CriticisedAnswer): ChatMessage[] {
  const system = prompt.filter(({ role }) => role === "system");
  const turns = prompt.filter(({ role }) => role !== "system");
  return [...system, ...examples.flatMap(exampleTurns), ...turns, assistant(answer), user(principle.critiqueRequest)];
}

/** The same conversation with the critique, and the request to revise, which a model answers with the revision. */
export function revisionConversation({ critique, ...criticised }: CriticisedAnswer & { readonly critique: string }): ChatMessage[] {
  return [...critiqueConversation(criticised), assistant(critique), user(criticised.principle.revisionRequest)];
}

const exampleTurns = ({ prompt, response, critique, revision, requests }: CriticisedAnswer["examples"][number]): ChatMessage[] => [
  user(prompt),
  assistant(response),
  user(requests.critiqueRequest),
  assistant(critique),
  user(requests.revisionRequest),
  assistant(revision),
];

const user = (content: string): ChatMessage => ({ role: "user", content });
const assistant = (content: string): ChatMessage => ({ role: "assistant", content });

/**
 * The revised answer in what a model wrote: without a first line that only announces it ("Sure, here is the rewritten answer:"), and without
 * quotation marks around the whole.
 *
 * @example
 * answerAlone('Here is the revised answer:\n\n"Gladly."'); // "Gladly."
 */
export function answerAlone(written: string): string {
  const answer = written.trim().replace(announcement, "").trim();
  const inside = /^(?:"([^"]*)"|“([^”]*)”)$/.exec(answer);
  return (inside?.[1] ?? inside?.[2] ?? answer).trim();
}

const announcement =
  /^(?:\*\*|#+ )?(?:(?:sure|certainly|of course|okay|ok)\b[^\n:]{0,100}|here(?:'s|’s| is)\b[^\n:]{0,100}|(?:the )?(?:revised|rewritten|new|improved)(?: (?:answer|response|version))?):(?:\*\*)?(?=\s)/i;
