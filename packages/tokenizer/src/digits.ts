import type { JsonObject } from "./files.ts";

/**
 * The `Digits` pre-tokenizer of the JavaScript library splits ASCII digits only; the reference splits whatever Unicode calls a number
 * (`\p{N}`: also ٣, ½, ²). Writes each `Digits`, also within a `Sequence`, as the `Split` that does the same.
 *
 * @returns The pre-tokenizer to use instead; the given one is left as it is.
 */
export function mendDigits(preTokenizer: unknown): unknown {
  const { type, pretokenizers, individual_digits } = (preTokenizer ?? {}) as JsonObject;
  if (type === "Sequence" && Array.isArray(pretokenizers)) {
    return { ...(preTokenizer as JsonObject), pretokenizers: pretokenizers.map(mendDigits) };
  }
  if (type !== "Digits") return preTokenizer;
  return { type: "Split", pattern: { Regex: individual_digits === true ? "\\p{N}" : "\\p{N}+" }, behavior: "Isolated", invert: false };
}
