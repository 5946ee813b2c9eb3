import type { ChatMessage } from "@cai/contracts";
import type { Answered, AnswerLogprob, Choice, Completion, CompletionOptions, FeedbackModel } from "@cai/feedback";
import type { Principle } from "./principles/constitution.ts";

/** What a fake was asked, in order. */
export interface Asked {
  readonly completions: { readonly conversations: readonly (readonly ChatMessage[])[]; readonly options: CompletionOptions }[];
  readonly choices: (readonly Choice[])[];
  readonly answers: (readonly Answered[])[];
}

/**
 * A feedback model whose answers are functions of what it is asked; what isn't given, it can't do. It notes what it was asked. A text of it is
 * finished, unless `write` says how it ended.
 */
export function fakeFeedback({
  write = () => "",
  choose,
  logprob,
}: {
  readonly write?: (messages: readonly ChatMessage[], sample: number) => string | Completion;
  readonly choose?: (choice: Choice) => number[];
  readonly logprob?: (answered: Answered) => AnswerLogprob;
} = {}): FeedbackModel & { readonly asked: Asked } {
  const asked: Asked = { completions: [], choices: [], answers: [] };
  return {
    identity: "fake",
    asked,
    async complete(conversations, options) {
      options.signal?.throwIfAborted();
      asked.completions.push({ conversations, options });
      return conversations.map((messages, index): Completion => {
        const written = write(messages, (options.draws.firstSample ?? 0) + index);
        return typeof written === "string" ? { text: written, ending: "finished" } : written;
      });
    },
    ...(choose && {
      async choose(choices, { signal }) {
        signal?.throwIfAborted();
        asked.choices.push(choices);
        return choices.map(choose);
      },
    }),
    ...(logprob && {
      async logprobs(answers, { signal }) {
        signal?.throwIfAborted();
        asked.answers.push(answers);
        return answers.map(logprob);
      },
    }),
  };
}

export const calm: Principle = {
  name: "calm",
  critiqueRequest: "Say where the answer isn't calm.",
  revisionRequest: "Write it anew, calmly.",
  comparisonQuestion: "Which answer is calmer?",
  positivePersona: "You are calm.",
  negativePersona: "You are angry.",
  weight: 1,
};

export const draws = { seed: 7, stream: "label", step: 0 } as const;

export const textOf = (messages: readonly ChatMessage[]): string => messages.map(({ role, content }) => `${role}: ${content}`).join("\n");

/** A pair of answers to "Hello.". */
export const pairOf = (first: string, second: string) => ({
  prompt: [{ role: "user", content: "Hello." }],
  answers: [first, second] as const,
  principle: calm,
});
