/**
 * Groups rows of one length, or where they may be `mixed` of like length, so that little is padded; shortest first. Rows of one length keep
 * their order.
 *
 * @returns The indices of the rows of each batch.
 */
export function lengthBatches(
  lengths: readonly number[],
  { batchSize, mixed }: { readonly batchSize: number; readonly mixed: boolean },
): number[][] {
  const order = lengths.map((_, row) => row).sort((a, b) => lengths[a]! - lengths[b]!);
  const batches: number[][] = [];
  for (const row of order) {
    const batch = batches.at(-1);
    if (batch !== undefined && batch.length < batchSize && (mixed || lengths[batch[0]!] === lengths[row])) batch.push(row);
    else batches.push([row]);
  }
  return batches;
}
