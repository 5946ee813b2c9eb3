/**
 * Groups rows of like length, shortest first, so that little is padded. Rows of one length keep their order.
 *
 * @returns The indices of the rows of each batch.
 */
export function lengthBatches(lengths: readonly number[], batchSize: number): number[][] {
  const order = lengths.map((_, row) => row).sort((a, b) => lengths[a]! - lengths[b]!);
  const batches: number[][] = [];
  for (let start = 0; start < order.length; start += batchSize) batches.push(order.slice(start, start + batchSize));
  return batches;
}
