import { countValid, type Rollout } from "@cai/contracts";

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
  return scores.map((score, row) => {
    const length = countValid(mask.subarray(row * shape[1], (row + 1) * shape[1]));
    const excess = Math.max(0, length - (maxNewTokens - overlongBuffer));
    return score - (overlongPenalty * excess) / overlongBuffer;
  });
}
