import { rowLengths, type SequenceBatch, type TokenBatch } from "@cai/contracts";
import { PolicyError } from "../error.ts";

/** Throws PolicyError unless these are left-padded prompts, none of them empty, of ids below `vocabSize`. */
export function checkPrompts(prompts: TokenBatch, vocabSize: number): void {
  checkShape(prompts, "prompts");
  checkMask(prompts, "prompts", "left");
  const [rows, columns] = prompts.shape;
  for (let row = 0; row < rows; row++) {
    if (prompts.mask[row * columns + columns - 1] !== 1)
      throw new PolicyError("empty-prompt", `prompts, row ${row} holds no token (its mask is 0 throughout): give at least one`);
  }
  checkIds(prompts, "prompts", vocabSize);
}

/** Throws PolicyError unless these are right-padded responses of ids below `vocabSize`. */
export function checkResponses(responses: TokenBatch, vocabSize: number): void {
  checkShape(responses, "responses");
  checkMask(responses, "responses", "right");
  checkIds(responses, "responses", vocabSize);
}

/** Throws PolicyError unless prompts and responses fit together. */
export function checkSequences({ prompts, responses }: SequenceBatch, vocabSize: number): void {
  checkPrompts(prompts, vocabSize);
  checkResponses(responses, vocabSize);
  if (prompts.shape[0] !== responses.shape[0])
    throw new PolicyError("shape-mismatch", `${prompts.shape[0]} prompts with ${responses.shape[0]} responses: give one response a prompt`);
}

/** The number of valid tokens in the fullest row. */
export function longestRow({ mask, shape }: Pick<TokenBatch, "mask" | "shape">): number {
  return rowLengths(mask, shape).reduce((most, length) => Math.max(most, length), 0);
}

function checkShape({ ids, mask, shape: [rows, columns] }: TokenBatch, what: string): void {
  if (rows < 1 || columns < 1)
    throw new PolicyError("empty-batch", `${what} have shape [${rows}, ${columns}]: give at least one row and column`);
  for (const [field, length] of Object.entries({ ids: ids.length, mask: mask.length })) {
    if (length !== rows * columns)
      throw new PolicyError(
        "shape-mismatch",
        `${what}: ${field} hold ${length} elements, shape [${rows}, ${columns}] wants ${rows * columns}`,
      );
  }
}

function checkMask({ mask, shape: [rows, columns] }: TokenBatch, what: string, padding: "left" | "right"): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const here = mask[row * columns + column]!;
      const before = column === 0 ? here : mask[row * columns + column - 1]!;
      if (here > 1 || (padding === "left" ? here < before : here > before)) {
        const expected = padding === "left" ? "zeros, then ones" : "ones, then zeros";
        throw new PolicyError(
          "bad-mask",
          `${what}, row ${row}: mask ${here} in column ${column}; ${what} are padded on the ${padding}: ${expected}`,
        );
      }
    }
  }
}

function checkIds({ ids, mask, shape: [rows, columns] }: TokenBatch, what: string, vocabSize: number): void {
  for (let index = 0; index < rows * columns; index++) {
    const id = ids[index]!;
    if (mask[index] === 1 && (id < 0 || id >= vocabSize)) {
      const place = `${what}, row ${Math.floor(index / columns)}, column ${index % columns}`;
      throw new PolicyError(
        "id-out-of-vocabulary",
        `${place}: id ${id} is not within 0 … ${vocabSize - 1}: is this the model's own tokenizer?`,
      );
    }
  }
}
