// @ts-check
/**
 * An exponential moving average: a value counts `weight` times less with every one that follows. What the first ones lack of a history is made
 * up for, so that a curve doesn't begin at 0. Gaps stay gaps.
 *
 * @param {readonly (number | null)[]} values
 * @param {number} weight 0 (as they are) … below 1
 * @returns {(number | null)[]}
 */
export function smooth(values, weight) {
  let [sum, share] = [0, 0];
  return values.map((value) => {
    if (value === null) return null;
    sum = weight * sum + value;
    share = weight * share + 1;
    return sum / share;
  });
}
