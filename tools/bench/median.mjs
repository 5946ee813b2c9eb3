// @ts-check
/**
 * The middle of the sorted numbers; of an even count, the mean of the middle two.
 *
 * @param {readonly number[]} numbers at least one
 * @example
 * median([3, 1, 2, 10]); // 2.5
 */
export function median(numbers) {
  if (numbers.length === 0) throw new RangeError("the median of no numbers was asked for");
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? Number(sorted[middle]) : (Number(sorted[middle - 1]) + Number(sorted[middle])) / 2;
}
