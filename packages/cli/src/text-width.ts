import stringWidth from "string-width";

/** Cells that a text takes in a terminal: two for wide characters, none for what joins another. */
export const widthOf = (text: string): number => stringWidth(text);

/** With blanks behind it, so that it takes so many cells. */
export const padRight = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - widthOf(text)));

/** With blanks before it. */
export const padLeft = (text: string, width: number): string => " ".repeat(Math.max(0, width - widthOf(text))) + text;

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The characters as a reader counts them: a letter with its accents, an emoji with its joiners. */
export const graphemes = (text: string): string[] => Array.from(segmenter.segment(text), ({ segment }) => segment);
