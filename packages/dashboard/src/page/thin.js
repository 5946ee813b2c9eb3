// @ts-check
/**
 * Fewer points of a long curve that look the same: of each stretch of steps the lowest and the highest value, at their own places. Short ones stay
 * as they are.
 *
 * @param {readonly (readonly (number | null)[])[]} table x, values, curve
 * @param {number} most points, about
 * @param {[number, number] | undefined} range of x that is looked at; beyond it one point is kept on either side
 * @returns {(number | null)[][]}
 */
export function thin(table, most, range) {
  const [x = [], values = []] = table;
  const begin = range === undefined ? 0 : Math.max(0, firstFrom(x, range[0]) - 1);
  const end = range === undefined ? x.length : Math.min(x.length, firstFrom(x, range[1]) + 1);
  if (end - begin <= most) return table.map((column) => column.slice(begin, end));
  const stretches = Math.ceil(most / 2);
  /** @type {number[]} */
  const kept = [];
  for (let i = 0; i < stretches; i++) {
    const [from, to] = [i, i + 1].map((part) => begin + Math.floor(((end - begin) * part) / stretches));
    const [low, high] = extremes(values, from ?? 0, to ?? 0);
    kept.push(...(low === high ? [low] : low < high ? [low, high] : [high, low]));
  }
  if (kept.at(-1) !== end - 1) kept.push(end - 1); // the newest value is read off
  return table.map((column) => kept.map((i) => column[i] ?? null));
}

/** @param {readonly (number | null)[]} values @param {number} from @param {number} to @returns {[number, number]} */
function extremes(values, from, to) {
  let [low, high] = [from, from];
  for (let i = from + 1; i < to; i++) {
    const value = values[i];
    if (value === null || value === undefined) continue;
    if (value < (values[low] ?? Number.POSITIVE_INFINITY)) low = i;
    if (value > (values[high] ?? Number.NEGATIVE_INFINITY)) high = i;
  }
  return [low, high];
}

/** @param {readonly (number | null)[]} x rising @param {number} least */
function firstFrom(x, least) {
  let [low, high] = [0, x.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((x[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
