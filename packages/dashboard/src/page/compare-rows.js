// @ts-check
/** @typedef {import("../inspection.ts").InspectedRow} Row */

/**
 * The tokens of a response as the other making of the step has them: as long as both wrote the same. Where they part, what follows is of another
 * text and compares with nothing.
 *
 * @param {Row} row
 * @param {Row | undefined} other
 * @returns {(Row["tokens"][number] | undefined)[]} one for each of the row's tokens
 */
export function pairTokens(row, other) {
  let isSame = other !== undefined && JSON.stringify(row.promptTokens) === JSON.stringify(other.promptTokens);
  return row.tokens.map(({ id }, i) => {
    const token = other?.tokens[i];
    isSame &&= token?.id === id;
    return isSame ? token : undefined;
  });
}
