import type { Tokenizer } from "@cai/contracts";
import type { StepReport } from "@cai/training";
import type { DpoNumbers } from "./dpo-chunks.ts";
import type { DpoRow } from "./dpo-rows.ts";

/** The answers of a step's first pairs with their implicit rewards; the chosen one of each stands first. */
export function dpoSamples(
  pairs: readonly DpoRow[],
  parts: readonly DpoNumbers[],
  beta: number,
  tokenizer: Tokenizer,
  count = 2,
): StepReport["samples"] {
  const ratios = (own: "chosen" | "rejected", reference: "refChosen" | "refRejected") =>
    parts.flatMap((part) => Array.from(part[own], (logp, pair) => logp - part[reference][pair]!));
  const [chosen, rejected] = [ratios("chosen", "refChosen"), ratios("rejected", "refRejected")];
  const text = (ids: Int32Array) => tokenizer.decode(ids, { skipSpecialTokens: true });
  return pairs.slice(0, count).flatMap(({ promptIds, chosenIds, rejectedIds }, pair) => {
    const prompt = text(promptIds);
    return [
      { prompt, response: text(chosenIds), score: beta * chosen[pair]! },
      { prompt, response: text(rejectedIds), score: beta * rejected[pair]! },
    ];
  });
}
