import type { ScoreRequest, Tokenizer } from "@cai/contracts";
import { RewardModelError } from "./error.ts";

/** Which end of a row is cut off where it is too long. */
export type TruncationSide = "left" | "right";

/** How rows become ids. */
export interface TokenRowOptions {
  /** Undefined: the request's own ids are used. */
  readonly tokenizer: Tokenizer | undefined;
  /** Default: the response right after the prompt. */
  readonly template?: ((row: { readonly prompt: string; readonly response: string }) => string) | undefined;
  readonly maxLength: number;
  /** Default `left`. */
  readonly truncation?: TruncationSide | undefined;
  /** Ids are below it. */
  readonly vocabSize: number;
}

/**
 * The ids of each row, at most `maxLength`: what `OnnxRewardModel` feeds its model. Special tokens that the tokenizer itself puts around a text
 * are never cut off.
 *
 * @throws RewardModelError `bad-tokens` for a row without tokens, or with an id that the model doesn't have.
 */
export function tokenRows(request: ScoreRequest, options: TokenRowOptions): Int32Array[] {
  const { tokenizer, template = ({ prompt, response }) => prompt + response, maxLength, truncation = "left", vocabSize } = options;
  return request.prompts.map((prompt, row) => {
    const ids = tokenizer
      ? encodeWithin(template({ prompt, response: request.responses[row]! }), { tokenizer, maxLength, truncation })
      : cut(joined(request.promptIds[row]!, request.responseIds[row]!), maxLength, truncation);
    if (ids.length === 0) {
      const advice = tokenizer ? "a reward model needs one or more" : "they are read where a reward model has no tokenizer.json beside it";
      throw new RewardModelError("bad-tokens", `row ${row} has no ${tokenizer ? "tokens" : "token ids"}: ${advice}`);
    }
    const unknown = ids.find((id) => id < 0 || id >= vocabSize);
    if (unknown === undefined) return ids;
    throw new RewardModelError(
      "bad-tokens",
      `row ${row} has the id ${unknown}, the reward model's vocabulary has ${vocabSize}: ids only fit a reward model with the policy's tokenizer`,
    );
  });
}

function encodeWithin(
  text: string,
  { tokenizer, maxLength, truncation }: { tokenizer: Tokenizer; maxLength: number; truncation: TruncationSide },
): Int32Array {
  const ids = tokenizer.encode(text);
  if (ids.length <= maxLength) return ids;
  const plain = tokenizer.encode(text, { addSpecialTokens: false });
  const before = offsetOf(plain, ids);
  const after = ids.length - before - plain.length;
  const kept = cut(plain, Math.max(0, maxLength - before - after), truncation);
  return joined(joined(ids.subarray(0, before), kept), ids.subarray(ids.length - after));
}

/** Where `part` begins in `whole`. */
function offsetOf(part: Int32Array, whole: Int32Array): number {
  let offset = 0;
  while (offset + part.length < whole.length && !part.every((id, index) => whole[offset + index] === id)) offset += 1;
  return offset;
}

function cut(ids: Int32Array, length: number, side: TruncationSide): Int32Array {
  if (ids.length <= length) return ids;
  return side === "left" ? ids.subarray(ids.length - length) : ids.subarray(0, length);
}

function joined(first: Int32Array, second: Int32Array): Int32Array {
  const ids = new Int32Array(first.length + second.length);
  ids.set(first);
  ids.set(second, first.length);
  return ids;
}
