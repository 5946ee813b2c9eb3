import { countValid, type Rollout, type TokenBatch } from "@cai/contracts";
import { evaluateRows } from "@cai/training";
import type { Models } from "./ppo-parts.ts";

/**
 * The value of the text that each row was cut after, from which GAE goes on: that of a token that would follow the response's last one.
 *
 * @returns `[B]`, 0 for rows that were not cut at the length limit.
 */
export async function evaluateBootstrapValues(
  { policy, valueModel }: Models,
  { prompts, responses, finishReasons }: Pick<Rollout, "prompts" | "responses" | "finishReasons">,
  rowsAtOnce: number,
): Promise<Float32Array> {
  const cut = finishReasons.map((reason) => reason === "length");
  const { batch, lengths } = withOneTokenMore(responses, cut);
  const { values } = await evaluateRows<{ values: Float32Array }>({ prompts, responses: batch }, rowsAtOnce, (rows) => ({
    values: valueModel.values(rows, policy.hiddenStates(rows)),
  }));
  return Float32Array.from(lengths, (length, row) => (cut[row] ? values[row * batch.shape[1] + length]! : 0));
}

/** The responses, those that were cut with one token more: their last one again, since nothing reads it but its id must be one. */
function withOneTokenMore({ ids, mask, shape }: TokenBatch, cut: readonly boolean[]): { batch: TokenBatch; lengths: number[] } {
  const [rows, columns] = shape;
  const batch = {
    ids: new Int32Array(rows * (columns + 1)),
    mask: new Uint8Array(rows * (columns + 1)),
    shape: [rows, columns + 1] as const,
  };
  const lengths = cut.map((isCut, row) => {
    const [from, to] = [row * columns, row * (columns + 1)];
    const length = countValid(mask.subarray(from, from + columns));
    batch.ids.set(ids.subarray(from, from + columns), to);
    batch.mask.set(mask.subarray(from, from + columns), to);
    if (isCut) {
      batch.ids[to + length] = ids[from + length - 1]!;
      batch.mask[to + length] = 1;
    }
    return length;
  });
  return { batch, lengths };
}
