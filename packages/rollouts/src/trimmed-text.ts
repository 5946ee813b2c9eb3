/**
 * A text that comes in pieces, without the white space before and behind it: what may stand at its end is held back until more follows.
 *
 * @example
 * const text = new TrimmedText();
 * [text.add(" \n"), text.add(" Yes "), text.add("or no.\n")]; // ["", "Yes", " or no."]
 */
export class TrimmedText {
  #held = "";
  #hasBegun = false;

  /** What can be shown now. */
  add(piece: string): string {
    const text = this.#hasBegun ? this.#held + piece : piece.trimStart();
    const shown = text.trimEnd();
    this.#held = text.slice(shown.length);
    this.#hasBegun ||= shown !== "";
    return shown;
  }
}
