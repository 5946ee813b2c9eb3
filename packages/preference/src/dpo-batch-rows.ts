import type { Tokenizer } from "@cai/contracts";
import type { DpoNumbers } from "./dpo-chunks.ts";
import type { DpoRow } from "./dpo-rows.ts";

/** Sums of log-probabilities that a pair is judged by. */
const sums = ["chosen", "rejected", "refChosen", "refRejected"] as const;

/** A step's pairs for a look, a plain object each: texts, tokens, label, and the log-probabilities of both answers in `logps`. */
export function dpoBatchRows(pairs: readonly DpoRow[], parts: readonly DpoNumbers[], tokenizer: Tokenizer): object[] {
  const logps = parts.flatMap((part) =>
    Array.from(part.chosen, (_, pair) => Object.fromEntries(sums.map((name) => [name, part[name][pair]!]))),
  );
  return pairs.map((row, pair) => ({
    prompt: tokenizer.decode(row.promptIds),
    chosen: tokenizer.decode(row.chosenIds),
    rejected: tokenizer.decode(row.rejectedIds),
    ...row,
    logps: logps[pair]!,
  }));
}
