// @ts-check
/** @typedef {{ text: string, isSign: boolean }} Part A piece of a text, or a sign that stands for what could not be seen. */

/** @type {Readonly<Record<string, string>>} */
const signs = { " ": "·", "\n": "↵", "\t": "⇥", "\r": "␍", "\u00a0": "⍽" };
/** What has no look of its own, or turns the direction of what follows. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\p{Zs}\p{Cf}]/u;

/** A token's text as it can be seen: blanks and line breaks as signs, control characters by their code. @param {string} text @returns {Part[]} */
export function visibleParts(text) {
  if (text === "") return [{ text: "∅", isSign: true }];
  /** @type {Part[]} */
  const parts = [];
  for (const character of text) {
    const isSign = unseen.test(character);
    const shown = isSign ? (signs[character] ?? codeOf(character)) : character;
    const last = parts.at(-1);
    if (last !== undefined && last.isSign === isSign) parts[parts.length - 1] = { text: last.text + shown, isSign };
    else parts.push({ text: shown, isSign });
  }
  return parts;
}

/** The same in one piece. @param {string} text */
export const visibleText = (text) =>
  visibleParts(text)
    .map(({ text }) => text)
    .join("");

/** How a screen reader says it: signs by their names, where there is nothing else. @param {string} text */
export function spokenText(text) {
  return text.trim() === "" ? [...visibleText(text)].map(nameOf).join(" ") : text.trim();
}

/** @param {string} sign */
const nameOf = (sign) =>
  ({ "·": "space", "↵": "line break", "⇥": "tab", "␍": "carriage return", "⍽": "hard space", "∅": "empty" })[sign] ?? sign;

/** @param {string} character */
const codeOf = (character) => `\\u{${/** @type {number} */ (character.codePointAt(0)).toString(16)}}`;
