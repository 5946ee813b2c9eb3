import { createHash } from "node:crypto";
import type { Tokenizer } from "@cai/contracts";
import { cutCompletion, describeLeftOut, encodeCompletions, encodeRows, refuseUnreadable } from "@cai/rollouts";
import { PreferenceError } from "./error.ts";
import { labelledPair, type PreferencePair } from "./preference-pair.ts";

/** A pair as DPO reads it. */
export interface DpoRow {
  readonly promptIds: Int32Array;
  readonly chosenIds: Int32Array;
  readonly rejectedIds: Int32Array;
  readonly probability: number;
}

/**
 * Pairs as tokens: the prompt, and what each answer adds to it, cut behind `maxLength` tokens of both.
 *
 * @param maxLength 0: nothing is cut.
 * @param notice is told of answers that were cut, and of prompts that read differently before their answers.
 * @throws RolloutError `invalid-completions` for pairs that are none, and those that the policy can't read, by their number.
 */
export function encodeDpoRows(
  pairs: readonly PreferencePair[],
  model: { readonly tokenizer: Tokenizer; readonly vocabSize: number; readonly contextLength: number },
  { maxLength, notice }: { readonly maxLength: number; readonly notice: (message: string) => void },
): DpoRow[] {
  let cut = 0;
  const encoded = encodeRows(pairs, (pair) => {
    const { answers, probability } = labelledPair(pair);
    const { promptIds, completionIds, leftOut } = encodeCompletions(answers, model.tokenizer);
    const [chosenIds, rejectedIds] = completionIds.map((whole) => {
      if (maxLength === 0 || promptIds.length + whole.length <= maxLength) return whole;
      cut++;
      return cutCompletion({ promptIds, completionIds: whole }, maxLength)?.completionIds ?? refusePrompt(promptIds.length, maxLength);
    }) as [Int32Array, Int32Array];
    for (const ids of [chosenIds, rejectedIds]) refuseUnreadable(Int32Array.from([...promptIds, ...ids]), model);
    return { promptIds, chosenIds, rejectedIds, probability, leftOut };
  });
  if (cut > 0)
    notice(`${cut} of ${2 * pairs.length} answers were cut: with their prompts they have more than ${maxLength} tokens (maxLength)`);
  const leftOut = describeLeftOut(encoded.map((row) => row.leftOut), model.tokenizer); // biome-ignore format: a line
  if (leftOut !== undefined) notice(leftOut);
  return encoded.map(({ leftOut: _, ...row }) => row);
}

function refusePrompt(length: number, maxLength: number): never {
  throw new PreferenceError(
    "invalid-pairs",
    `its prompt has ${length} tokens, which leaves no room for an answer in maxLength ${maxLength}`,
  );
}

/** SHA-256 of the pairs in their order: a resumed run must see the same data. */
export function digestDpoRows(rows: readonly DpoRow[]): string {
  const hash = createHash("sha256");
  for (const { promptIds, chosenIds, rejectedIds, probability } of rows)
    hash.update(`${promptIds.join(" ")}|${chosenIds.join(" ")}|${rejectedIds.join(" ")}|${probability}\n`);
  return hash.digest("hex");
}
