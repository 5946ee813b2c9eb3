// @ts-check
/** @typedef {{ row: number, token: number }} Place */

/**
 * Where a key leads from a token: left and right within all responses, up and down between them, Home and End within one.
 *
 * @param {Place} place
 * @param {string} key
 * @param {readonly number[]} lengths of the responses, in tokens
 * @returns {Place | undefined} undefined for a key that leads nowhere
 */
export function movedBy({ row, token }, key, lengths) {
  const last = (/** @type {number} */ of) => Math.max(0, (lengths[of] ?? 0) - 1);
  /** The next response in a direction that has a token at all; its own where there is none. @param {number} by */
  const next = (by) => {
    for (let one = row + by; one >= 0 && one < lengths.length; one += by) if ((lengths[one] ?? 0) > 0) return one;
    return row;
  };
  switch (key) {
    case "ArrowLeft":
      return token > 0 || next(-1) === row ? { row, token: Math.max(0, token - 1) } : { row: next(-1), token: last(next(-1)) };
    case "ArrowRight":
      return token < last(row) || next(1) === row ? { row, token: Math.min(last(row), token + 1) } : { row: next(1), token: 0 };
    case "ArrowUp":
      return { row: next(-1), token: Math.min(last(next(-1)), token) };
    case "ArrowDown":
      return { row: next(1), token: Math.min(last(next(1)), token) };
    case "Home":
      return { row, token: 0 };
    case "End":
      return { row, token: last(row) };
    default:
      return undefined;
  }
}
