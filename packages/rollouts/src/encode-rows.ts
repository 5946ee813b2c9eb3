import { CaiError, type Tokenizer } from "@cai/contracts";
import { RolloutError } from "./error.ts";

/**
 * Brings every row of the data into tokens. What goes wrong says in which row.
 *
 * @throws RolloutError `invalid-completions` where there are no rows, or `encode` throws an error of ours.
 */
export function encodeRows<Row, Encoded>(rows: readonly Row[], encode: (row: Row) => Encoded): Encoded[] {
  if (rows.length === 0) throw new RolloutError("invalid-completions", "the data are empty; expected at least one row");
  return rows.map((row, index) => {
    try {
      return encode(row);
    } catch (cause) {
      if (!CaiError.isInstance(cause)) throw cause;
      throw new RolloutError("invalid-completions", `row ${index + 1} of ${rows.length}: ${cause.message}`, { cause, row });
    }
  });
}

/**
 * Refuses tokens that the model can't read. A row may have one more than the context holds, since nothing is read behind its last one.
 *
 * @throws RolloutError `invalid-completions`
 */
export function refuseUnreadable(
  ids: Int32Array,
  { vocabSize, contextLength }: { readonly vocabSize: number; readonly contextLength: number },
): void {
  const refuse = (what: string) => {
    throw new RolloutError("invalid-completions", what);
  };
  const unknown = ids.find((id) => id < 0 || id >= vocabSize);
  if (unknown !== undefined) refuse(`it holds the token id ${unknown}, outside the policy's vocabulary of ${vocabSize}`);
  if (ids.length > contextLength + 1)
    refuse(`it has ${ids.length} tokens, more than the policy's context of ${contextLength}; shorten it, or give a maxLength to cut it at`);
}

/**
 * What a person should know of rows whose prompts read differently before their completions; undefined where there are none.
 *
 * @param leftOut of each row, as `encodeCompletion` gives it.
 */
export function describeLeftOut(leftOut: readonly Int32Array[], tokenizer: Tokenizer): string | undefined {
  const first = leftOut.findIndex(({ length }) => length > 0);
  if (first < 0) return undefined;
  const count = leftOut.filter(({ length }) => length > 0).length;
  return (
    `in ${count} of ${leftOut.length} rows the prompt's tokens are not the beginning of those of prompt and completion, and its end is left ` +
    `out (row ${first + 1}: ${JSON.stringify(tokenizer.decode(leftOut[first]!))}): what is learned has another context than the model sees ` +
    "when it is asked. End prompts where a token ends, or use a chat template that writes a prompt alike before its answer"
  );
}
