import { createHash } from "node:crypto";
import type { ChatMessage, ScoreRequest } from "@cai/contracts";
import type { CausalPolicy } from "@cai/policy";
import { tokenRows } from "@cai/reward-model";
import { type Conversation, encodeCompletions, encodePrompt, encodeRows, type PromptCompletions } from "@cai/rollouts";
import { labelledPair, type PreferencePair } from "./preference-pair.ts";

/** A pair as reward training reads it. */
export interface RewardRow {
  /** The prompt with each answer, as the reward model reads it when it serves. */
  readonly chosenIds: Int32Array;
  readonly rejectedIds: Int32Array;
  readonly margin: number;
  readonly probability: number;
  readonly texts: PairTexts;
}

/** What a reward model is given when it serves: a prompt, and an answer without special tokens. */
interface PairTexts {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
}

type RewardTrunk = Pick<CausalPolicy, "tokenizer" | "vocabSize" | "eosTokenIds">;

/**
 * Pairs as tokens, by the very function that `OnnxRewardModel` of `@cai/reward-model` makes a request's tokens with: so what is scored when
 * the model serves is what it learned from. A conversation's texts are those that a rollout of it would have.
 *
 * @param maxLength what is longer loses its beginning, as there.
 * @param notice is told of texts that were cut.
 * @throws RolloutError `invalid-completions` for pairs that are none, by their number.
 */
export function encodeRewardRows(
  pairs: readonly PreferencePair[],
  trunk: RewardTrunk,
  { maxLength, notice }: { readonly maxLength: number; readonly notice: (message: string) => void },
): RewardRow[] {
  let cut = 0;
  const rows = encodeRows(pairs, (pair) => {
    const { answers, margin, probability } = labelledPair(pair);
    const texts = pairTexts(answers, trunk);
    const request = { prompts: [texts.prompt, texts.prompt], responses: [texts.chosen, texts.rejected] };
    const whole = encodeTexts(request, trunk, Number.POSITIVE_INFINITY);
    const long = whole.filter(({ length }) => length > maxLength).length;
    const [chosenIds, rejectedIds] = (long === 0 ? whole : encodeTexts(request, trunk, maxLength)) as [Int32Array, Int32Array];
    cut += long;
    return { chosenIds, rejectedIds, margin, probability, texts };
  });
  if (cut > 0) notice(`${cut} of ${2 * pairs.length} texts lost their beginning: they have more than ${maxLength} tokens (maxLength)`);
  return rows;
}

/** Prompts with their responses, `[N]`, as the reward model reads them. */
export function encodeTexts(
  request: Pick<ScoreRequest, "prompts" | "responses">,
  { tokenizer, vocabSize }: Pick<RewardTrunk, "tokenizer" | "vocabSize">,
  maxLength: number,
): Int32Array[] {
  return tokenRows({ ...request, promptIds: [], responseIds: [] }, { tokenizer, vocabSize, maxLength });
}

function pairTexts(answers: PromptCompletions, { tokenizer, eosTokenIds }: RewardTrunk): PairTexts {
  if (typeof answers.prompt === "string") {
    const [chosen, rejected] = answers.completions as readonly [string, string];
    return { prompt: answers.prompt, chosen, rejected };
  }
  const { prompt: messages, completions: _, ...options } = answers as Extract<PromptCompletions, { prompt: readonly ChatMessage[] }>;
  const conversation: Conversation = { messages, ...options };
  const texts = encodeCompletions(answers, tokenizer).completionIds.map((ids) => {
    const end = ids.findIndex((id) => eosTokenIds.includes(id));
    return tokenizer.decode(end < 0 ? ids : ids.subarray(0, end), { skipSpecialTokens: true });
  });
  return { prompt: tokenizer.decode(encodePrompt(conversation, tokenizer)), chosen: texts[0]!, rejected: texts[1]! };
}

/** SHA-256 of the pairs in their order: a resumed run must see the same data. */
export function digestRewardRows(rows: readonly RewardRow[]): string {
  const hash = createHash("sha256");
  for (const { chosenIds, rejectedIds, margin, probability } of rows)
    hash.update(`${chosenIds.join(" ")}|${rejectedIds.join(" ")}|${margin}|${probability}\n`);
  return hash.digest("hex");
}
