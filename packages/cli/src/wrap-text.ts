/** The text on lines of at most `width` characters, broken at spaces where there are some. Runs of white space become one space. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line: string[] = [];
  for (const word of printable(text).split(" ")) {
    let letters = [...word];
    if (line.length > 0 && line.length + 1 + letters.length > width) {
      lines.push(line.join(""));
      line = [];
    }
    for (; letters.length > width; letters = letters.slice(width)) lines.push(letters.slice(0, width).join(""));
    line = line.length === 0 ? letters : [...line, " ", ...letters];
  }
  return [...lines, line.join("")];
}

/** On one line and without control characters: what a model writes must not steer the reader's terminal. */
export const printable = (text: string): string =>
  text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/\p{Cc}/gu, "·")
    .trim();
