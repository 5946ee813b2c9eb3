// @ts-check
import { pairTokens } from "./compare-rows.js";
import { changeOf, differenceStrip, extentOf, heatOf, numberOf, stripsOf, tokensOf } from "./strips.js";

/** @typedef {import("../inspection.ts").Inspection} Inspection */
/** @typedef {import("../inspection.ts").InspectedToken} Token */
/** @typedef {import("./strips.js").Strip} Strip */
/** @typedef {{ strip: Strip, extent: number, numberAt: (row: number, token: number) => number | undefined }} ShownStrip */
/** @typedef {{ rows: Inspection["original"]["rows"], strips: ShownStrip[] }} ShownStep */

/**
 * What is to be seen of a step: as it was, as it is with the other option, or what that changes. Both makings have one scale, so that their colours
 * compare.
 *
 * @param {Inspection} inspection
 * @returns {Record<import("./inspector-view.js").Making, ShownStep>}
 */
export function shownSteps({ original, other = original }) {
  const both = [original, other];
  const strips = stripsOf(both);
  const tokens = tokensOf(both);
  const extents = strips.map((strip) => extentOf(strip, tokens.map((token) => numberOf(strip, token)))); // biome-ignore format: a line
  /** @param {Inspection["original"]} step @returns {ShownStep} */
  const plain = ({ rows }) => ({
    rows,
    strips: strips.map((strip, i) => ({
      strip,
      extent: extents[i] ?? 0,
      numberAt: (row, token) => valueAt(strip, rows[row]?.tokens[token]),
    })),
  });
  const pairs = original.rows.map((row, i) => pairTokens(row, other.rows[i]));
  /** @param {Strip} strip @returns {ShownStrip} */
  const changes = (strip) => {
    const values = original.rows.map(({ tokens }, row) => tokens.map((token, i) => changeOf(strip, token, pairs[row]?.[i])));
    const shown = differenceStrip(strip);
    return { strip: shown, extent: extentOf(shown, values.flat()), numberAt: (row, token) => values[row]?.[token] };
  };
  return { original: plain(original), changed: plain(other), difference: { rows: original.rows, strips: strips.map(changes) } };
}

/** @param {Strip} strip @param {Token | undefined} token */
const valueAt = (strip, token) => (token === undefined ? undefined : numberOf(strip, token));

/** The colour of a token's number. @param {ShownStrip} shown @param {number} row @param {number} token */
export const heatAt = ({ strip, extent, numberAt }, row, token) => heatOf(strip, numberAt(row, token), extent);
