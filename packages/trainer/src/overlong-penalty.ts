import { type Rollout, rowLengths } from "@cai/contracts";

/**
 * Scores less what too long responses cost (DAPO's soft overlong punishment, https://arxiv.org/abs/2503.14476): nothing up to
 * `maxNewTokens − overlongBuffer` tokens, then in a line up to `overlongPenalty` at `maxNewTokens`.
 *
 * @returns `[B]`; `scores` itself where there is no buffer.
 */
export function withoutOverlong(
  scores: Float32Array,
  { responses: { mask, shape } }: Pick<Rollout, "responses">,
  { maxNewTokens, overlongBuffer, overlongPenalty }: Record<"maxNewTokens" | "overlongBuffer" | "overlongPenalty", number>,
): Float32Array {
  if (overlongBuffer === 0) return scores;
  const lengths = rowLengths(mask, shape);
  return scores.map((score, row) => {
    const excess = Math.max(0, lengths[row]! - (maxNewTokens - overlongBuffer));
    return score - (overlongPenalty * excess) / overlongBuffer;
  });
}
