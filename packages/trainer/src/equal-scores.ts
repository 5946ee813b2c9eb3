/**
 * Whether no score differs from the others of its group, in any group, so that they tell no response from another; false where nothing is
 * compared, in groups of one.
 *
 * @param scores `[B]`.
 * @param groupSize those that stand together and are compared with one another.
 */
export function hasEqualScores(scores: Float32Array, groupSize: number = scores.length): boolean {
  return groupSize > 1 && scores.every((score, row) => score === scores[row - (row % groupSize)]);
}
