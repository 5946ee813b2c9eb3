import { isDeepStrictEqual } from "node:util";
import type { ChatMessage, ChatTemplateOptions } from "@cai/contracts";
import type { PromptCompletions } from "@cai/rollouts";
import { PreferenceError } from "./error.ts";

/** What is known of a pair beside its answers. */
interface PairLabel {
  /** By how much the chosen answer is to beat the other: in the unit of rewards. Only reward training reads it. */
  readonly margin?: number | undefined;
  /** That the chosen answer is the better one, from 0 to 1. Default: 1. */
  readonly probability?: number | undefined;
}

/**
 * Two answers to one prompt, in TRL's formats: text, or messages that the chat template writes. Without a prompt it is what both answers begin
 * with, which they then hold.
 */
export type PreferencePair =
  | ({ readonly prompt?: string; readonly chosen: string; readonly rejected: string } & PairLabel)
  | ({
      readonly prompt?: readonly ChatMessage[];
      readonly chosen: readonly ChatMessage[];
      readonly rejected: readonly ChatMessage[];
    } & Pick<ChatTemplateOptions, "tools" | "documents" | "chatTemplateKwargs"> &
      PairLabel);

/** A pair whose prompt is told apart, and whose label is complete. */
export interface LabelledPair {
  /** Its completions are the chosen answer and the rejected one. */
  readonly answers: PromptCompletions;
  readonly margin: number;
  readonly probability: number;
}

/**
 * A pair, checked. A prompt that is not there is the longest beginning that both answers share, less a space at its end, and less than the
 * whole of either, as in TRL.
 *
 * @throws PreferenceError `invalid-pairs` for answers that are neither both text nor both messages, and labels that are no such numbers.
 * @example
 * labelledPair({ chosen: "The sky is blue.", rejected: "The sky is green." }).answers.prompt; // "The sky is"
 */
export function labelledPair(pair: PreferencePair): LabelledPair {
  const refuse = (message: string): never => {
    throw new PreferenceError("invalid-pairs", message);
  };
  const { prompt, chosen, rejected, margin, probability, ...options } = { ...pair } as Readonly<Record<string, unknown>>;
  const given = [chosen, rejected, ...(isAbsent(prompt) ? [] : [prompt])];
  if (!given.every((part) => typeof part === "string") && !given.every(Array.isArray))
    refuse("chosen and rejected, and prompt where there is one, must all be text, or all lists of messages");
  if (!isAbsent(margin) && !Number.isFinite(margin)) refuse(`margin is ${JSON.stringify(margin)}; expected a finite number`);
  if (!isAbsent(probability) && !(typeof probability === "number" && probability >= 0 && probability <= 1))
    refuse(`probability is ${JSON.stringify(probability)}; expected a number from 0 to 1, that the chosen answer is the better one`);
  const told = isAbsent(prompt)
    ? extractPrompt(chosen as string, rejected as string)
    : { prompt: prompt as string, completions: [chosen as string, rejected as string] };
  return {
    answers: { ...(typeof chosen !== "string" && options), ...told } as PromptCompletions,
    margin: (margin ?? 0) as number,
    probability: (probability ?? 1) as number,
  };
}

/** JSON has null for what is not there. */
const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null;

/** Texts or lists of messages: both have lengths, places and slices. */
function extractPrompt<Answer extends string | readonly ChatMessage[]>(chosen: Answer, rejected: Answer) {
  const shortest = Math.min(chosen.length, rejected.length);
  if (shortest === 0) throw new PreferenceError("invalid-pairs", "an answer is empty, and there is no prompt; expected some text");
  let length = 0;
  while (length < shortest - 1 && isDeepStrictEqual(chosen[length], rejected[length])) length++;
  if (typeof chosen === "string" && (chosen[length - 1] === " " || isHighSurrogate(chosen, length - 1))) length--;
  return { prompt: chosen.slice(0, length), completions: [chosen.slice(length), rejected.slice(length)] };
}

/** Of a character of two code units the second may differ alone. */
function isHighSurrogate(text: string, place: number): boolean {
  return place >= 0 && (text.charCodeAt(place) & 0xfc00) === 0xd800;
}
