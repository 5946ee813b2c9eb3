import type { ChatMessage, DrawCounters } from "@cai/contracts";
import type { FeedbackModel } from "@cai/feedback";
import { ConstitutionError } from "../error.ts";
import { fieldOf, type Principle } from "../principles/constitution.ts";
import { underPersona } from "../under-persona.ts";
import type { AnswerPair } from "./labeller.ts";

/** What pairs of answers are drawn with. */
export interface DrawnPairsOptions {
  /** Writes the answers: the policy that is to be trained, as a rule. */
  readonly feedback: FeedbackModel;
  readonly prompts: readonly (readonly ChatMessage[])[];
  /** One for each prompt. */
  readonly principles: readonly Principle[];
  /** Pair `i` draws as samples `2 · (firstSample + i)` and the one behind it. */
  readonly draws: DrawCounters;
  /** Longest answer. Default: 128. */
  readonly maxNewTokens?: number;
  /** Default: 1. */
  readonly temperature?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A pair whose first answer was written under the principle's positive persona, its second one under the negative one. */
export interface ContrastPair extends AnswerPair {
  readonly personas: readonly ["positive", "negative"];
}

/**
 * Two answers that the model draws to each prompt.
 *
 * @throws ConstitutionError `bad-option` where there is not a principle for each prompt
 * @example
 * const draws = { seed: 7, stream: "pairs", step: 0 };
 * const pairs = await sampledPairs({ feedback, prompts: [[{ role: "user", content: "Hello." }]], principles: [principle], draws });
 */
export async function sampledPairs(options: DrawnPairsOptions): Promise<AnswerPair[]> {
  return drawPairs(options, (prompt) => [prompt, prompt]);
}

/**
 * An answer to each prompt under each persona of its principle (RLCD, arXiv:2307.12950): which of the two is better is known by construction, as
 * far as the model follows a persona. What is learned from them is the prompt without personas.
 *
 * @throws ConstitutionError `bad-option` where there is not a principle for each prompt
 * @example
 * const draws = { seed: 7, stream: "pairs", step: 0 };
 * const pairs = await contrastPairs({ feedback, prompts: [[{ role: "user", content: "Hello." }]], principles: [principle], draws });
 */
export async function contrastPairs(options: DrawnPairsOptions): Promise<ContrastPair[]> {
  const pairs = await drawPairs(options, (prompt, principle) => [
    underPersona(fieldOf(principle, "positivePersona"), prompt),
    underPersona(fieldOf(principle, "negativePersona"), prompt),
  ]);
  return pairs.map((pair) => ({ ...pair, personas: ["positive", "negative"] }));
}

type Conversation = readonly ChatMessage[];

async function drawPairs(
  { feedback, prompts, principles, draws, maxNewTokens = 128, temperature = 1, signal }: DrawnPairsOptions,
  conversationsOf: (prompt: Conversation, principle: Principle) => readonly [Conversation, Conversation],
): Promise<AnswerPair[]> {
  if (principles.length !== prompts.length)
    throw new ConstitutionError("bad-option", `${principles.length} principles for ${prompts.length} prompts: give one for each`);
  const answers = await feedback.complete(
    prompts.flatMap((prompt, index) => conversationsOf(prompt, principles[index]!)),
    { draws: { ...draws, firstSample: 2 * (draws.firstSample ?? 0) }, maxNewTokens, temperature, ...(signal && { signal }) },
  );
  return prompts.map((prompt, index) => ({
    prompt,
    answers: [answers[2 * index]!.text, answers[2 * index + 1]!.text],
    principle: principles[index]!,
  }));
}
