import { graphemes, widthOf } from "./text-width.ts";

/**
 * The text on lines that take at most `width` cells of a terminal, two at least, broken at spaces where there are some. Runs of white space become
 * one space.
 */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of printable(text).split(" ")) {
    if (line !== "" && widthOf(`${line} ${word}`) > width) {
      lines.push(line);
      line = "";
    }
    const pieces = cutAtWidth(word, width);
    lines.push(...pieces.slice(0, -1));
    line = line === "" ? pieces.at(-1)! : `${line} ${pieces.at(-1)}`;
  }
  return [...lines, line];
}

/** A word in pieces that fit, one at least. */
function cutAtWidth(word: string, width: number): string[] {
  if (widthOf(word) <= width) return [word];
  const pieces = [""];
  for (const letter of graphemes(word)) {
    if (pieces.at(-1) !== "" && widthOf(pieces.at(-1) + letter) > width) pieces.push("");
    pieces[pieces.length - 1] += letter;
  }
  return pieces;
}

/** On one line and without control characters: what a model writes must not steer the reader's terminal. */
export const printable = (text: string): string =>
  text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/\p{Cc}/gu, "·")
    .trim();
