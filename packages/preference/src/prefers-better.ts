/**
 * Whether chosen − rejected has the sign that the label says. A tie is not right.
 *
 * @param probability that the chosen answer is the better one. Default: 1.
 */
export function prefersBetter(margin: number, probability = 1): boolean {
  return probability >= 0.5 ? margin > 0 : margin < 0;
}
