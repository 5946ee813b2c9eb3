import type { Tokenizer } from "@cai/contracts";
import { TrainingError } from "@cai/training";

/**
 * Where the first stop text begins in a text; undefined where there is none. Of several that begin together, and of one within another, it makes
 * no difference which is meant.
 *
 * @param behind a stop text that ends at this place or before it is passed over. Default 0.
 */
export function findStopText(text: string, stopTexts: readonly string[], behind = 0): number | undefined {
  const starts = stopTexts.map((stop) => text.indexOf(stop, Math.max(0, behind - stop.length + 1))).filter((start) => start >= 0);
  return starts.length === 0 ? undefined : Math.min(...starts);
}

/**
 * A text up to where the first stop text begins; all of it where there is none.
 *
 * @example
 * beforeStopText("Because.\n\nHuman: Really?", ["\nHuman:"]); // "Because.\n"
 */
export function beforeStopText(text: string, stopTexts: readonly string[]): string {
  return text.slice(0, findStopText(text, stopTexts));
}

/**
 * Refuses stop texts that would be found everywhere or nowhere.
 *
 * @throws TrainingError `invalid-option` for an empty one, one with U+FFFD, which stands for a character that is not whole, and one with a special
 *   token, which no response's text holds.
 */
export function refuseStopTexts(stopTexts: readonly string[], tokenizer: Pick<Tokenizer, "encode" | "decode">): void {
  for (const [index, stop] of stopTexts.entries()) {
    const refuse = (what: string) => {
      throw new TrainingError("invalid-option", `stopTexts[${index}] is ${JSON.stringify(stop)}${what}`);
    };
    if (typeof stop !== "string" || stop === "") refuse("; expected a text of one character at least");
    if (stop.includes("\uFFFD")) refuse(", which holds U+FFFD, the mark of a broken character; expected whole characters");
    const ids = tokenizer.encode(stop, { addSpecialTokens: false });
    if (ids.length > 0 && tokenizer.decode(ids) !== tokenizer.decode(ids, { skipSpecialTokens: true }))
      refuse(`, which holds a special token, and these are in no response's text; stop at its id, stopTokenIds (of [${ids.join(", ")}])`);
  }
}
